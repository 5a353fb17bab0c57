import { suggestion } from '@sluice/engine/words';
import type { InitQuestions, PanelKind } from '@sluice/panel-kind';
import { usageError, type SluiceError } from '@sluice/panel-kind/errors';
import { kebab, type PanelAnswer, type SecretAnswer } from './answers.js';
import {
  type Check,
  checkCredentialName,
  checkEnvName,
  checkKind,
  checkName,
  checkSecret,
  checkUrl,
} from './check-answers.js';

/** Where descriptions of panels get their secrets and paths from. */
export interface PanelPairsSources {
  /** How messages name the option that the descriptions come from. */
  option: string;
  /** Reads the secret of `…-stdin`; only one description can have it. */
  stdin: () => Promise<string>;
  pathInConfig: Check<string>;
  kinds: readonly PanelKind[];
}

const SOURCES = ['env', 'file', 'credential', 'cmd', 'stdin'] as const;

/**
 * Parses panels such as `name=dcim,kind=easydcim,url=https://…,token-env=DCIM_TOKEN`. They never contain a secret
 * themselves: others on the machine can see command lines.
 *
 * @throws SluiceError `bad_option` that names the key
 */
export async function parsePanels(specs: readonly string[], sources: PanelPairsSources): Promise<PanelAnswer[]> {
  const { option } = sources;
  let isRead = false;
  const stdin = (): Promise<string> => {
    if (isRead) throw refusal(option, 'only one secret can be read from standard input');
    isRead = true;
    return sources.stdin();
  };
  const panels: PanelAnswer[] = [];
  for (const spec of specs) {
    const panel = await parsePanel(new Pairs(spec, option), { ...sources, stdin });
    if (panels.some(({ name }) => name === panel.name)) throw refusal(option, `the name "${panel.name}" is used twice`);
    panels.push(panel);
  }
  return panels;
}

function refusal(label: string, message: string): SluiceError {
  return usageError('bad_option', `${label}: ${message}; nothing was written`);
}

/** The pairs of one description, each read once. Messages do not repeat them: they may contain a secret by mistake. */
class Pairs {
  readonly #pairs: Map<string, string>;
  readonly #label: string;

  constructor(spec: string, option: string) {
    this.#pairs = split(spec, option);
    const name = this.#pairs.get('name') ?? this.#pairs.get('kind') ?? '';
    this.#label = name === '' ? option : `${option} (${name})`;
  }

  /** Returns the keys that were not read. */
  keys(): string[] {
    return [...this.#pairs.keys()];
  }

  has(key: string): boolean {
    return this.#pairs.has(key);
  }

  take(key: string): string | null {
    const value = this.#pairs.get(key) ?? null;
    this.#pairs.delete(key);
    return value;
  }

  require<T>(key: string, check: Check<T>): T {
    return this.check(key, this.take(key) ?? this.fail(`${key}=… is missing`), check);
  }

  check<T>(key: string, value: string, check: Check<T>): T {
    try {
      return check(value);
    } catch (error) {
      return this.fail(`${key}: ${(error as Error).message}`);
    }
  }

  fail(message: string): never {
    throw refusal(this.#label, message);
  }
}

/** Splits pairs at commas; a comma without `key=` after it belongs to the value. */
function split(spec: string, option: string): Map<string, string> {
  const pairs = new Map<string, string>();
  let last: string | null = null;
  for (const part of spec.split(',')) {
    const [, key, value] = /^\s*([a-z][a-z-]*)=(.*)$/s.exec(part) ?? [];
    if (key !== undefined && value !== undefined) {
      if (pairs.has(key)) throw refusal(option, `${key} is repeated`);
      pairs.set(key, value.trim());
      last = key;
    } else if (last !== null) pairs.set(last, `${pairs.get(last) ?? ''},${part}`);
    else throw refusal(option, 'use key=value pairs separated by commas');
  }
  return pairs;
}

async function parsePanel(pairs: Pairs, sources: PanelPairsSources): Promise<PanelAnswer> {
  const kind = pairs.require('kind', checkKind(sources.kinds));
  const questions = kind.init;
  const name = pairs.check('name', pairs.take('name') ?? questions.defaultName, checkName);
  const { url, http } = pairs.require('url', checkUrl(kind));
  const allowHttp = pairs.check('allow-http', pairs.take('allow-http') ?? 'false', yesOrNo);
  if (http && !allowHttp) {
    pairs.fail('url: plain http sends the credentials unencrypted; use https, or add allow-http=true');
  }
  const unused = unusedCredentials(kind, pairs);
  const texts: Record<string, string> = {};
  for (const { key, default: fallback } of questions.texts) {
    const value = unused.has(key) ? null : (pairs.take(kebab(key)) ?? fallback);
    if (value !== null) texts[key] = value;
  }
  const secrets: Record<string, SecretAnswer> = {};
  for (const key of questions.secrets) if (!unused.has(key)) secrets[key] = await readSecret(key, pairs, sources);
  for (const key of pairs.keys()) pairs.fail(unknown(key, questions));
  return { name, kind, url, allowHttp: http, texts, secrets };
}

/** Returns the keys of the alternative credentials that the pairs don't use; without any of them, the first is used. */
function unusedCredentials({ credentials = [] }: PanelKind, pairs: Pairs): Set<string> {
  const isGiven = (key: string): boolean =>
    ['', ...SOURCES.map((source) => `-${source}`)].some((ending) => pairs.has(`${kebab(key)}${ending}`));
  const given = credentials.filter((keys) => keys.some(isGiven));
  if (given.length > 1) pairs.fail(`use ${given.map((keys) => keys.join(' and ')).join(', or ')}, not both`);
  const used = given[0] ?? credentials[0];
  return new Set(credentials.filter((keys) => keys !== used).flat());
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
  key: string,
  pairs: Pairs,
  { stdin, pathInConfig }: PanelPairsSources,
): Promise<SecretAnswer> {
  const given = SOURCES.flatMap((source) => {
    const value = pairs.take(`${kebab(key)}-${source}`);
    return value === null ? [] : [{ source, value }];
  });
  const [one, another] = given;
  if (!one || another) return pairs.fail(`name one source of the ${key}: ${ways(key)}`);
  const { source, value } = one;
  switch (source) {
    case 'env':
      return { from: source, name: pairs.check(key, value, checkEnvName) };
    case 'credential':
      return { from: source, name: pairs.check(key, value, checkCredentialName) };
    case 'file':
      return { from: source, path: pairs.check(key, value, pathInConfig) };
    case 'cmd':
      return { from: source, program: pairs.check(key, value, checkProgram) };
    case 'stdin': {
      const keep = pairs.check(key, value, checkPlace);
      const text = (await stdin()).replace(/\r?\n$/, '');
      return { from: 'typed', value: pairs.check(key, text, checkSecret), keep };
    }
  }
}

const checkProgram: Check<string> = (answer) => {
  if (answer === '' || /[{}\r\n]/.test(answer))
    throw new Error('the program is empty or contains a brace or a line break: use another one');
  return answer;
};

const checkPlace: Check<'file' | 'config'> = (answer) => {
  if (answer !== 'file' && answer !== 'config')
    throw new Error('use file or config, the place where the secret is saved');
  return answer;
};
