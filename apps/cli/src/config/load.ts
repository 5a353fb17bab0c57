import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import {
  billingSettings,
  channelKindOf,
  checkConfig,
  type Config as EngineConfig,
  type ConfigFinding,
} from '@sluice/engine';
import type { PanelKind } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import type { Deps } from '../context.js';
import { toErrno } from '../files/read-text.js';
import { yamlMessage } from '../files/yaml-message.js';
import { BILLING, CHANNELS, KINDS, knownKinds } from '../kinds.js';
import { type ConfigAccess, exposedConfig, type SystemUser } from './exposed.js';
import { findConfigFile } from './find-config-file.js';
import { compileParsers } from './plain-zod.js';
import type { ConfigProblem } from './problem.js';
import { findMessageProblems } from './messages.js';
import { isSecretReference } from './secrets.js';

/** A valid config, with the folder that its relative paths are relative to. */
export interface Config extends EngineConfig {
  file: string;
  dir: string;
  /** Warnings about the permissions of the file, which every command prints. */
  exposed: ConfigProblem[];
  warnings: ConfigProblem[];
}

/** Reads and checks a config; problems in the file are returned, not thrown. */
export function checkConfigFile(
  file: string,
  kinds: readonly PanelKind[],
): { config: Config | null; problems: ConfigProblem[] } {
  const { text, access } = readConfig(file);
  const { config, problems, raw } = checkConfigText(text, file, kinds);
  const exposed = exposedConfig(access, systemUser(), raw, kinds);
  const all = [...exposed, ...problems];
  const isRefused = exposed.some(({ severity }) => severity === 'error');
  return { config: config === null || isRefused ? null : { ...config, exposed, warnings: all }, problems: all };
}

/** Checks the text of a config whose relative paths are relative to the folder of `file`. */
export function checkConfigText(
  text: string,
  file: string,
  kinds: readonly PanelKind[] = KINDS,
): { config: Config | null; problems: ConfigProblem[]; raw: unknown } {
  const problems: ConfigProblem[] = [];
  const lines = new LineCounter();
  const { document, raw } = parseYaml(text, lines, problems);
  if (document === null) return { config: null, problems, raw };
  const { config, findings } = checkConfig(raw, kinds, BILLING, CHANNELS);
  const dir = path.dirname(file);
  const messages = findMessageProblems(raw, dir);
  const secrets = config === null ? [] : findLiteralSecrets(config, kinds);
  const all = [...messages, ...secrets, ...findings];
  for (const { severity, path: keys, message } of all) {
    problems.push({ severity, path: keys.join('.'), line: findLine(document, lines, keys), message });
  }
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (config === null || messages.length > 0) return { config: null, problems, raw };
  resolveFiles(config, dir);
  return { config: { ...config, file, dir, exposed: [], warnings: problems }, problems, raw };
}

/** Resolves the files and folders of products against the folder of the config file. */
function resolveFiles(config: EngineConfig, dir: string): void {
  for (const { credentials } of Object.values(config.products)) {
    const isFolder = !BILLING.some(({ kind, storesCredentials }) => storesCredentials && kind === credentials?.writeTo);
    if (credentials?.writeTo !== undefined && isFolder) credentials.writeTo = path.resolve(dir, credentials.writeTo);
    if (credentials?.message !== undefined) credentials.message = path.resolve(dir, credentials.message);
  }
}

/** Lists warnings about secrets that are written in the file itself. */
function findLiteralSecrets(config: EngineConfig, kinds: readonly PanelKind[]): ConfigFinding[] {
  const ofPanels = Object.entries(config.panels).flatMap(([name, panel]) =>
    literalSecrets(panel, kinds.find(({ kind }) => kind === panel.kind)?.init.secrets ?? []).map((key) => [
      'panels',
      name,
      key,
    ]),
  );
  const ofBilling = BILLING.flatMap(({ kind, secrets }) =>
    literalSecrets(billingSettings(config, kind), secrets).map((key) => [kind, key]),
  );
  const ofChannels = (config.notify ?? []).flatMap((entry, index) =>
    literalSecrets(entry, channelKindOf(CHANNELS, entry)?.secrets ?? []).map((key) => ['notify', String(index), key]),
  );
  return [...ofPanels, ...ofBilling, ...ofChannels].map((keys) => ({
    severity: 'warning' as const,
    path: keys,
    message: 'the secret is written in the file itself; use ${env:NAME} or ${file:/path} instead',
  }));
}

/** Returns the keys whose secret is written in the config itself. */
function literalSecrets(section: Record<string, unknown> | undefined, keys: readonly string[]): string[] {
  return keys.filter((key) => {
    const value = section?.[key];
    return typeof value === 'string' && !isSecretReference(value);
  });
}

/** Parses the text; on failure adds the errors to `problems` and returns null. */
function parseYaml(
  text: string,
  lines: LineCounter,
  problems: ConfigProblem[],
): { document: Document | null; raw: unknown } {
  const add = (error: unknown, line: number | null): void => {
    problems.push({ severity: 'error', path: '', line, message: yamlMessage(error, text) });
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const { errors } = document;
    // A parser without stack left reports more than once, and what it reports besides means nothing.
    const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
    for (const error of exhausted ? [exhausted] : errors) add(error, lines.linePos(error.pos[0]).line);
    if (problems.length === 0) return { document, raw: document.toJS() ?? {} };
  } catch (error) {
    add(error, null);
  }
  return { document: null, raw: null };
}

/** What loading a config needs from outside. */
export type LoadDeps = Pick<Deps, 'env' | 'cwd' | 'kinds' | 'onConfig'>;

/**
 * Loads the config without a warning.
 *
 * @throws SluiceError `config_invalid` that lists every problem with its line
 */
export function requireConfig(option: string | undefined, deps: LoadDeps): Config {
  const file = findConfigFile(option, deps.env, deps.cwd);
  const { config, problems } = checkConfigFile(file, knownKinds(deps));
  if (config) {
    compileParsers();
    deps.onConfig?.(config);
    return config;
  }
  const errors = problems.filter((problem) => problem.severity === 'error');
  throw usageError(
    'config_invalid',
    `${file} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}; no panel was called:`,
    { problems },
    errors.map(formatProblem),
  );
}

/** Returns `line 12: panels.dcim.token: …`. */
export function formatProblem(problem: ConfigProblem): string {
  const place = [problem.line === null ? '' : `line ${problem.line}`, problem.path].filter((part) => part !== '');
  return [...place, problem.message].join(': ');
}

function systemUser(): SystemUser | null {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? null : { uid, gid };
}

function readConfig(file: string): { text: string; access: ConfigAccess } {
  try {
    const handle = openSync(file, 'r');
    try {
      const { mode, uid, gid } = fstatSync(handle);
      const folder = statSync(path.dirname(path.resolve(file)));
      return { text: readFileSync(handle, 'utf8'), access: { file, mode, uid, gid, folder } };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const code = toErrno(error);
    const reason = code === 'ENOENT' ? 'there is no such file' : `the file can't be read (${code})`;
    throw usageError('config_missing', `${file}: ${reason}`);
  }
}

function findLine(document: Document, lines: LineCounter, keys: string[]): number | null {
  for (let length = keys.length; length > 0; length--) {
    const key = keys[length - 1];
    const parent = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1).map(toKey), true);
    const items = (parent as { items?: { key?: { value?: unknown; range?: [number, number, number] } }[] } | null)
      ?.items;
    const pair = items?.find((item) => String(item.key?.value) === key);
    const offset = pair?.key?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return null;
}

function toKey(key: string): string | number {
  return /^\d+$/.test(key) ? Number(key) : key;
}
