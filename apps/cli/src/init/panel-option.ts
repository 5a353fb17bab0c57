import { suggestion } from '@sluice/engine';
import type { InitQuestions, PanelKind } from '@sluice/panel-kind';
import { usageError, type SluiceError } from '@sluice/panel-kind/errors';
import { kebab, type PanelAnswer, type SecretAnswer } from './answers.js';
import { checkCredentialName, checkEnvName, checkKind, checkName, checkSecret, checkUrl } from './check-answers.js';

/** Where a description of a panel gets its secret and paths from. */
export interface PanelOptionSources {
  /** Reads the secret of `…-stdin`. */
  stdin: () => Promise<string>;
  pathInConfig: (answer: string) => string;
  kinds: readonly PanelKind[];
}

const SOURCES = ['env', 'file', 'credential', 'cmd', 'stdin'] as const;

/**
 * Parses `--panel name=dcim,kind=easydcim,url=https://…,token-env=DCIM_TOKEN`. It never contains a secret itself: others
 * on the machine can see command lines.
 *
 * @throws SluiceError `bad_option` that names the key
 */
export async function parsePanelOption(spec: string, sources: PanelOptionSources): Promise<PanelAnswer> {
  const pairs = split(spec);
  const take = (key: string): string | null => {
    const value = pairs.get(key) ?? null;
    pairs.delete(key);
    return value;
  };
  // The message does not repeat the description, which may contain a secret by mistake.
  const label = pairs.get('name') ?? pairs.get('kind') ?? '';
  const fail = (message: string): never => {
    throw refusal(label, message);
  };
  const checked = <T>(key: string, value: string, check: (answer: string) => T): T => {
    try {
      return check(value);
    } catch (error) {
      return fail(`${key}: ${(error as Error).message}`);
    }
  };
  const required = <T>(key: string, check: (answer: string) => T): T =>
    checked(key, take(key) ?? fail(`${key}=… is missing`), check);

  const kind = required('kind', checkKind(sources.kinds));
  const questions = kind.init;
  const name = checked('name', take('name') ?? questions.defaultName, checkName);
  const { url, http } = required('url', checkUrl);
  const allowHttp = checked('allow-http', take('allow-http') ?? 'false', yesOrNo);
  if (http && !allowHttp) {
    fail('url: plain http sends the credentials unencrypted; use https, or add allow-http=true');
  }
  const unused = unusedCredentials(kind, pairs, fail);
  const texts: Record<string, string> = {};
  for (const { key, default: fallback } of questions.texts) {
    if (unused.has(key)) continue;
    const value = take(kebab(key)) ?? fallback;
    if (value === null) continue;
    texts[key] = value;
  }
  const secrets: Record<string, SecretAnswer> = {};
  for (const key of questions.secrets) {
    if (unused.has(key)) continue;
    const given = SOURCES.flatMap((source) => {
      const value = take(`${kebab(key)}-${source}`);
      return value === null ? [] : [{ source, value }];
    });
    const [one, another] = given;
    if (!one || another) fail(`name one source of the ${key}: ${ways(key)}`);
    else secrets[key] = await readSecret(one.source, sources, (check) => checked(key, one.value, check));
  }
  for (const key of pairs.keys()) fail(unknown(key, questions));
  return { name, kind, url, allowHttp: http, texts, secrets };
}

/** Returns the keys of the alternative credentials that the pairs don't use; without any of them, the first is used. */
function unusedCredentials(
  { credentials = [] }: PanelKind,
  pairs: ReadonlyMap<string, string>,
  fail: (message: string) => never,
): Set<string> {
  const isGiven = (key: string): boolean =>
    ['', ...SOURCES.map((source) => `-${source}`)].some((ending) => pairs.has(`${kebab(key)}${ending}`));
  const given = credentials.filter((keys) => keys.some(isGiven));
  if (given.length > 1) fail(`use ${given.map((keys) => keys.join(' and ')).join(', or ')}, not both`);
  const used = given[0] ?? credentials[0];
  return new Set(credentials.filter((keys) => keys !== used).flat());
}

function refusal(label: string, message: string): SluiceError {
  const panel = label === '' ? '--panel' : `--panel (${label})`;
  return usageError('bad_option', `${panel}: ${message}; nothing was written`);
}

/** Splits pairs at commas; a comma without `key=` after it belongs to the value. */
function split(spec: string): Map<string, string> {
  const pairs = new Map<string, string>();
  let last: string | null = null;
  for (const part of spec.split(',')) {
    const [, key, value] = /^\s*([a-z][a-z-]*)=(.*)$/s.exec(part) ?? [];
    if (key !== undefined && value !== undefined) {
      if (pairs.has(key)) throw refusal('', `${key} is repeated`);
      pairs.set(key, value.trim());
      last = key;
    } else if (last !== null) pairs.set(last, `${pairs.get(last) ?? ''},${part}`);
    else throw refusal('', 'use key=value pairs separated by commas');
  }
  return pairs;
}

function yesOrNo(answer: string): boolean {
  if (answer !== 'true' && answer !== 'false') throw new Error('use true or false');
  return answer === 'true';
}

function ways(key: string): string {
  const option = kebab(key);
  return `${option}-env=NAME, ${option}-file=PATH, ${option}-credential=NAME, ${option}-cmd=PROGRAM, or ${option}-stdin=file (read from standard input and saved in a file beside the config; =config saves it in the config itself)`;
}

function unknown(key: string, questions: InitQuestions): string {
  if (questions.secrets.some((secret) => kebab(secret) === key)) {
    return `${key}: others can see a secret on the command line; use ${ways(key)}`;
  }
  const known = [
    'name',
    'kind',
    'url',
    'allow-http',
    ...questions.texts.map((text) => kebab(text.key)),
    ...questions.secrets.flatMap((secret) => SOURCES.map((source) => `${kebab(secret)}-${source}`)),
  ];
  return `unknown key "${key}"${suggestion(key, known)}`;
}

async function readSecret(
  source: (typeof SOURCES)[number],
  { stdin, pathInConfig }: PanelOptionSources,
  checked: <T>(check: (answer: string) => T) => T,
): Promise<SecretAnswer> {
  switch (source) {
    case 'env':
      return { from: 'env', name: checked(checkEnvName) };
    case 'credential':
      return { from: 'credential', name: checked(checkCredentialName) };
    case 'file':
      return { from: 'file', path: checked(pathInConfig) };
    case 'cmd':
      return {
        from: 'cmd',
        program: checked((answer) => {
          if (answer === '' || /[{}\r\n]/.test(answer))
            throw new Error('the program is empty or contains a brace or a line break: use another one');
          return answer;
        }),
      };
    default: {
      const keep = checked((answer) => {
        if (answer !== 'file' && answer !== 'config')
          throw new Error('use file or config, the place where the secret is saved');
        return answer;
      });
      const text = (await stdin()).replace(/\r?\n$/, '');
      return { from: 'typed', value: checked(() => checkSecret(text)), keep };
    }
  }
}
