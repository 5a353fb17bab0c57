import path from 'node:path';
import { suggestion } from '@sluice/engine';
import { isTimeZone, type PanelKind } from '@sluice/panel-kind';

/** The answer as it is taken, or an Error whose message says what is wrong with it. */
export type Check<T> = (answer: string) => T;

/** Returns the check of a kind's word. */
export function checkKind(kinds: readonly PanelKind[]): Check<PanelKind> {
  return (answer) => {
    const found = kinds.find(({ kind }) => kind === answer);
    const known = kinds.map(({ kind }) => kind);
    if (found === undefined) throw new Error(`"${answer}" is no kind of panel${suggestion(answer, known)}`);
    return found;
  };
}

export const checkName: Check<string> = (answer) => {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(answer)) {
    throw new Error(`"${answer}" is no name for a panel: use letters, figures, dots and dashes`);
  }
  return answer;
};

/** Gives whether the address needs `allowHttp`. */
export const checkUrl: Check<{ url: string; http: boolean }> = (answer) => {
  const parsed = URL.canParse(answer) ? new URL(answer) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new Error('the address has to begin with https:// (or http://)');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new Error('the address may not have a name or password in it');
  }
  return { url: answer, http: parsed.protocol === 'http:' };
};

export const checkTimeZone: Check<string> = (answer) => {
  if (!isTimeZone(answer)) throw new Error(`"${answer}" is no IANA time zone such as Europe/Berlin`);
  return answer;
};

export const checkCurrency: Check<string> = (answer) => {
  if (!/^[A-Z]{3}$/.test(answer)) {
    throw new Error(`"${answer}" is no currency: write three capital letters such as EUR`);
  }
  return answer;
};

export const checkEnvName: Check<string> = (answer) => {
  if (!/^[A-Za-z_]\w*$/.test(answer)) throw new Error('that is no name of an environment variable');
  return answer;
};

export const checkCredentialName: Check<string> = (answer) => {
  if (!/^[\w.@-]+$/.test(answer)) throw new Error('that is no name of a systemd credential');
  return answer;
};

export const checkSecret: Check<string> = (answer) => {
  if (answer === '' || answer !== answer.trim() || /[\r\n]/.test(answer)) {
    throw new Error('the secret is empty, has blanks around it or several lines');
  }
  return answer;
};

/** A path as the operator sees it from `cwd`, as the config in `dir` states it. */
export function pathInConfig(answer: string, from: { cwd: string; home: string | undefined }, dir: string): string {
  if (answer === '' || /[{}\r\n]/.test(answer)) throw new Error('that is no path that the config could name');
  const expanded = answer.startsWith('~/') && from.home !== undefined ? path.join(from.home, answer.slice(2)) : answer;
  const absolute = path.resolve(from.cwd, expanded);
  const relative = path.relative(dir, absolute);
  return relative.startsWith('..') || path.isAbsolute(relative) ? absolute : `./${relative}`;
}
