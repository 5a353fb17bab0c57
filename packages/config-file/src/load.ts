import path from 'node:path';
import { checkConfig, type Config as EngineConfig, type ConfigFinding } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { readWhole } from './read-whole.js';
import { exposedConfig, namesProgram } from './exposed.js';
import type { FoundConfig } from './find-config-file.js';
import { isMap } from './is-map.js';
import type { ConfigKinds } from './kinds.js';
import { literalSecrets } from './literal-secrets.js';
import { readImage, readLogo } from './logo.js';
import { findMessageProblems } from './messages.js';
import { type ConfigProblem, formatProblem } from './problem.js';
import { readIncluded } from './included.js';
import { parseYaml } from './yaml-document.js';
import { readConfig, systemUser } from './read-config.js';
import { isStoreOnServer } from './readers.js';

/** A valid config, with the folder that its relative paths are relative to. */
export interface Config extends EngineConfig {
  /** Absolute path of the file. */
  file: string;
  dir: string;
  /** Absolute path of the file whose image `brand.logo` is; null without one. */
  logoFile: string | null;
  /** The warnings about the permissions of the file: every program that loads it is to print them. */
  exposed: ConfigProblem[];
  /** All warnings, in the order of the lines. */
  warnings: ConfigProblem[];
}

/** How a config was found. */
export type ConfigSearch = Partial<Pick<FoundConfig, 'byFolder'>>;

/**
 * Loads a config whose warnings are returned with it.
 *
 * @throws SluiceError `config_invalid` that lists every problem with its line, `config_missing`
 */
export function loadConfigFile(file: string, known: ConfigKinds, { byFolder = false }: ConfigSearch = {}): Config {
  const { config, problems } = readAndCheck(file, known, { onlyChecks: false, byFolder });
  if (config) return config;
  const errors = problems.filter((problem) => problem.severity === 'error');
  throw usageError(
    'config_invalid',
    `${file} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}; no panel was called:`,
    { problems },
    errors.map(formatProblem),
  );
}

/** A config as checked: null if one of the problems is an error. */
export interface CheckedConfig {
  config: Config | null;
  problems: ConfigProblem[];
}

/**
 * Reads and checks a config; problems in the file are returned, not thrown. For programs that run nothing that the config
 * names: root is only warned of a config whose owner also owns its folder, which `loadConfigFile` refuses.
 *
 * @throws SluiceError `config_missing` for a file that can't be read
 */
export function checkConfigFile(
  file: string,
  known: ConfigKinds,
  { byFolder = false }: ConfigSearch = {},
): CheckedConfig {
  return readAndCheck(file, known, { onlyChecks: true, byFolder });
}

/**
 * Returns a text that changes with what `loadConfigFile` would find different: the file and those that it includes, with their permissions,
 * and the messages and the logo that the config names; null for one that can't be read.
 */
export function configState({
  file,
  include,
  products,
  logoFile = null,
}: Pick<Config, 'file' | 'include' | 'products'> & Partial<Pick<Config, 'logoFile'>>): string | null {
  try {
    const messages = Object.values(products).map(({ credentials }) => credentials?.message);
    const texts = messages.map((message) => (message === undefined ? null : readWhole(message).text));
    const logo = logoFile === null ? null : readImage(logoFile).bytes.toString('base64');
    return JSON.stringify([readConfig(file), include.map(readConfig), texts, logo]);
  } catch {
    return null;
  }
}

function readAndCheck(
  file: string,
  known: ConfigKinds,
  { onlyChecks, byFolder }: Required<ConfigSearch> & { onlyChecks: boolean },
): CheckedConfig {
  const { text, access } = readConfig(file);
  const { config, problems, raw, parts } = check(text, file, known);
  const user = systemUser(onlyChecks);
  const exposed = [{ access: { ...access, byFolder }, raw }, ...parts].flatMap((part) =>
    exposedConfig(part.access, user, part.raw, known),
  );
  const all = [...exposed, ...problems];
  const isRefused = exposed.some(({ severity }) => severity === 'error');
  return { config: config === null || isRefused ? null : { ...config, exposed, warnings: all }, problems: all };
}

/** Checks the text of a config whose relative paths are relative to the folder of `file`, which need not exist. */
export function checkConfigText(text: string, file: string, known: ConfigKinds): CheckedConfig {
  const { config, problems } = check(text, file, known);
  return { config, problems };
}

/** As `checkConfigText`; `raw` are the values as written, and `parts` those of the included files. */
function check(
  text: string,
  file: string,
  known: ConfigKinds,
): CheckedConfig & Pick<ReturnType<typeof readIncluded>, 'raw' | 'parts'> {
  const problems: ConfigProblem[] = [];
  const written = parseYaml(text, problems);
  if (written.document === null) return { config: null, problems, raw: written.raw, parts: [] };
  const absolute = path.resolve(file);
  const dir = path.dirname(absolute);
  const { files, parts, findPlace, ...included } = readIncluded(written, dir);
  problems.push(...included.problems);
  const { raw, ...logo } = readLogo(included.raw, dir);
  const { config, findings } = checkConfig(raw, known.kinds, known.billing, known.channels);
  const secrets = config === null ? [] : literalSecrets(raw, known).map(toSecretWarning);
  const programs = config === null ? [] : programWarnings(raw, known);
  const unread = [...findMessageProblems(raw, dir), ...logo.problems];
  for (const { severity, path: keys, message } of [...unread, ...secrets, ...programs, ...findings])
    problems.push({ severity, path: keys.join('.'), ...findPlace(keys), message });
  const order = ({ file: name }: ConfigProblem): number =>
    name === undefined ? -1 : files.indexOf(path.resolve(dir, name));
  problems.sort((a, b) => order(a) - order(b) || (a.line ?? 0) - (b.line ?? 0));
  const isRefused = config === null || unread.length + included.problems.length > 0;
  if (isRefused) return { config: null, problems, raw: written.raw, parts };
  resolveFiles(config, dir, known);
  const whole = {
    ...config,
    include: files,
    logoFile: logo.file,
    file: absolute,
    dir,
    exposed: [],
    warnings: problems,
  };
  return { config: whole, problems, raw: written.raw, parts };
}

function toSecretWarning(keys: string[]): ConfigFinding {
  const message = 'the secret is written in the file itself; use ${env:NAME} or ${file:/path} instead';
  return { severity: 'warning', path: keys, message };
}

/** Warns that programs get less than in earlier versions, until the config says what they need. */
function programWarnings(raw: unknown, known: ConfigKinds): ConfigFinding[] {
  if (!namesProgram(raw, known) || (isMap(raw) && 'childEnv' in raw)) return [];
  const message =
    'programs get PATH, HOME, USER, LANG, LC_*, TZ and XDG_* only, no longer the whole environment: name the others that they need, or state [] for none';
  return [{ severity: 'warning', path: ['childEnv'], message }];
}

/** Resolves the files and folders that a config names against its own folder, which is the default for those of a store on a server. */
function resolveFiles(config: EngineConfig, dir: string, { billing = [] }: ConfigKinds): void {
  if (isStoreOnServer(config)) config.stateFolder = path.resolve(dir, config.stateFolder ?? '.');
  for (const { credentials } of Object.values(config.products)) {
    const isFolder = !billing.some(({ kind, storesCredentials }) => storesCredentials && kind === credentials?.writeTo);
    if (credentials?.writeTo !== undefined && isFolder) credentials.writeTo = path.resolve(dir, credentials.writeTo);
    if (credentials?.message !== undefined) credentials.message = path.resolve(dir, credentials.message);
  }
}
