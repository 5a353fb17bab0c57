import path from 'node:path';
import { suggestion } from '@sluice/engine/words';
import { checkPanelUrl, isTimeZone, type PanelKind } from '@sluice/panel-kind';

/** Returns the accepted answer; throws an Error whose message names the problem. */
export type Check<T> = (answer: string) => T;

/** Returns the check for the name of a kind. */
export function checkKind(kinds: readonly PanelKind[]): Check<PanelKind> {
  return (answer) => {
    const found = kinds.find(({ kind }) => kind === answer);
    const known = kinds.map(({ kind }) => kind);
    if (found === undefined) throw new Error(`"${answer}" is not a kind of panel${suggestion(answer, known)}`);
    return found;
  };
}

export const checkName: Check<string> = (answer) => checkNameOf('panel', answer);
export const checkProductName: Check<string> = (answer) => checkNameOf('product', answer);

function checkNameOf(what: string, answer: string): string {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(answer)) {
    throw new Error(
      `"${answer}" is not a valid ${what} name: use letters, digits, dots, dashes and underscores, and begin with a letter or digit`,
    );
  }
  return answer;
}

/** Returns the check for the address of a panel: the address, and whether it needs `allowHttp`. */
export function checkUrl(kind: PanelKind): Check<{ url: string; http: boolean }> {
  return (answer) => {
    checkPanelUrl(kind, answer);
    return { url: answer, http: new URL(answer).protocol === 'http:' };
  };
}

/** Checks the name of a time zone. */
export const checkTimeZone: Check<string> = (answer) => {
  if (isTimeZone(answer)) return answer;
  const city = answer.toLowerCase().replaceAll(' ', '_');
  const found = Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().split('/').at(-1) === city);
  const hint = found === undefined ? 'such as Europe/Berlin' : `; did you mean "${found}"?`;
  throw new Error(`"${answer}" is not an IANA time zone${found === undefined ? ' ' : ''}${hint}`);
};

/** Checks the code of a currency. */
export const checkCurrency: Check<string> = (answer) => {
  if (!/^[A-Z]{3}$/.test(answer)) {
    throw new Error(`"${answer}" is not a currency code: use three capital letters such as EUR`);
  }
  return answer;
};

export const checkEnvName: Check<string> = (answer) => {
  if (!/^[A-Za-z_]\w*$/.test(answer))
    throw new Error('not a valid name of an environment variable: use letters, digits and underscores');
  return answer;
};

export const checkCredentialName: Check<string> = (answer) => {
  if (!/^[\w.@-]+$/.test(answer))
    throw new Error('not a valid name of a systemd credential: use letters, digits, dots, dashes, underscores and @');
  return answer;
};

export const checkSecret: Check<string> = (answer) => {
  if (answer === '' || answer !== answer.trim() || /[\r\n]/.test(answer)) {
    throw new Error('the secret is empty, begins or ends with a space, or has several lines');
  }
  return answer;
};

/** Converts a path relative to `cwd` to one relative to the config in `dir`, or to an absolute one outside it. */
export function pathInConfig(answer: string, from: { cwd: string; home: string | undefined }, dir: string): string {
  if (answer === '' || /[{}\r\n]/.test(answer))
    throw new Error('the path is empty or contains a brace or a line break: use another path');
  const expanded = answer.startsWith('~/') && from.home !== undefined ? path.join(from.home, answer.slice(2)) : answer;
  const absolute = path.resolve(from.cwd, expanded);
  const relative = path.relative(dir, absolute);
  return relative.startsWith('..') || path.isAbsolute(relative) ? absolute : `./${relative}`;
}
