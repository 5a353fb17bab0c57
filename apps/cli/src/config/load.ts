import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { en } from 'zod/locales';
import type * as z from 'zod/mini';
import { usageError } from '@sluice/panel-kind';
import {
  checkRules,
  configJsonSchema,
  configSchema,
  type Config as EngineConfig,
  findNotBuilt,
  type JsonSchemaNode,
  suggestion,
} from '@sluice/engine';
import { KINDS } from '../kinds.js';
import { isSecretReference } from './secrets.js';
import { yamlMessage } from './yaml-message.js';

/** One finding of `config check`. */
export interface ConfigProblem {
  severity: 'error' | 'warning';
  /** Path of the key, such as `panels.dcim.token`. */
  path: string;
  line: number | null;
  message: string;
}

/** A config that holds, with the folder that its relative paths are relative to. */
export interface Config extends EngineConfig {
  file: string;
  dir: string;
  warnings: ConfigProblem[];
}

/** Where the config file is looked for: `--config` › `$SLUICE_CONFIG` › `./sluice.yaml` › XDG › `/etc/sluice`. */
export function findConfigFile(
  option: string | undefined,
  env: Record<string, string | undefined>,
  cwd: string,
): string {
  if (option !== undefined) return path.resolve(cwd, option);
  const fromEnv = env['SLUICE_CONFIG'];
  if (fromEnv !== undefined && fromEnv !== '') return path.resolve(cwd, fromEnv);
  const home = env['HOME'] ?? '/';
  const xdg = env['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  const places = [path.join(cwd, 'sluice.yaml'), path.join(xdg, 'sluice', 'sluice.yaml'), '/etc/sluice/sluice.yaml'];
  const found = places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile() === true);
  if (found === undefined) {
    throw usageError(
      'config_missing',
      `No config file: looked for ${places.join(', ')}. Write one with "sluice init", or name it with --config FILE`,
    );
  }
  return found;
}

/** Reads and checks a config; never throws for what stands in the file. */
export function checkConfigFile(file: string): { config: Config | null; problems: ConfigProblem[] } {
  const { text, mode } = readConfig(file);
  const readable: ConfigProblem[] = [];
  if ((mode & 0o004) !== 0 && /\b(token|password|apiKey|secret)\b/.test(text)) {
    readable.push({
      severity: 'warning',
      path: '',
      line: null,
      message: `${file} can be read by everybody on this machine: chmod 640 it`,
    });
  }
  const { config, problems } = checkConfigText(text, file);
  const all = [...readable, ...problems];
  return { config: config === null ? null : { ...config, warnings: all }, problems: all };
}

/** Checks the text of a config that stands, or is going to stand, in `file`. */
export function checkConfigText(text: string, file: string): { config: Config | null; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const lines = new LineCounter();
  const { document, raw } = readYaml(text, lines, problems);
  if (document === null) return { config: null, problems };
  const { findings, rest } = findNotBuilt(raw);
  for (const { path: keys, message } of findings) {
    problems.push({ severity: 'error', path: keys.join('.'), line: lineOf(document, lines, keys), message });
  }
  const parsed = configSchema(KINDS).safeParse(rest, { error: en().localeError });
  if (!parsed.success) {
    for (const issue of flatten(parsed.error.issues)) problems.push(...toProblems(issue, document, lines, raw));
    return { config: null, problems };
  }
  for (const found of [...checkRules(parsed.data, KINDS), ...literalSecrets(parsed.data)]) {
    problems.push({ ...found, line: lineOf(document, lines, found.path.split('.')) });
  }
  if (problems.some((problem) => problem.severity === 'error')) return { config: null, problems };
  const dir = path.dirname(file);
  return { config: { ...withFolders(parsed.data, dir), file, dir, warnings: problems }, problems };
}

/** Folders that the config names are relative to its file. */
function withFolders(config: EngineConfig, dir: string): EngineConfig {
  for (const { credentials } of Object.values(config.products)) {
    if (credentials !== undefined) credentials.writeTo = path.resolve(dir, credentials.writeTo);
  }
  return config;
}

/** Secrets that stand in the file itself. */
function literalSecrets(config: EngineConfig): { severity: 'warning'; path: string; message: string }[] {
  return Object.entries(config.panels).flatMap(([name, panel]) =>
    (KINDS.find(({ kind }) => kind === panel.kind)?.init.secrets ?? [])
      .filter((key) => {
        const value = panel[key];
        return typeof value === 'string' && !isSecretReference(value);
      })
      .map((key) => ({
        severity: 'warning' as const,
        path: `panels.${name}.${key}`,
        message: 'the secret stands in the file itself; ${env:NAME} or ${file:/path} keeps it out',
      })),
  );
}

/** The parsed text, or null where it can't be parsed: then `problems` says why. */
function readYaml(
  text: string,
  lines: LineCounter,
  problems: ConfigProblem[],
): { document: Document | null; raw: unknown } {
  const add = (error: unknown, line: number | null): void => {
    problems.push({ severity: 'error', path: '', line, message: yamlMessage(error) });
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    for (const error of document.errors) add(error, lines.linePos(error.pos[0]).line);
    if (problems.length === 0) return { document, raw: document.toJS() ?? {} };
  } catch (error) {
    add(error, null);
  }
  return { document: null, raw: null };
}

/** The config, or one usage error that lists every problem with its line. */
export function loadConfig(option: string | undefined, env: Record<string, string | undefined>, cwd: string): Config {
  const file = findConfigFile(option, env, cwd);
  const { config, problems } = checkConfigFile(file);
  if (config) return config;
  const errors = problems.filter((problem) => problem.severity === 'error');
  throw usageError(
    'config_invalid',
    `${file} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}; nothing was called:`,
    { problems },
    errors.map(formatProblem),
  );
}

/** `line 12: panels.dcim.token: …` */
export function formatProblem(problem: ConfigProblem): string {
  const place = [problem.line === null ? '' : `line ${problem.line}`, problem.path].filter((part) => part !== '');
  return [...place, problem.message].join(': ');
}

function readConfig(file: string): { text: string; mode: number } {
  try {
    const handle = openSync(file, 'r');
    try {
      return { text: readFileSync(handle, 'utf8'), mode: fstatSync(handle).mode };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unknown';
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw usageError('config_missing', `${file}: ${reason}; name the config with --config FILE`);
  }
}

/** An issue of a union is reported by the member that went furthest into the value. */
function flatten(issues: z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
    const branches = issue.errors.map((branch) =>
      flatten(branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))),
    );
    const depth = (branch: z.core.$ZodIssue[]): number => Math.max(...branch.map((inner) => inner.path.length));
    return branches.sort((a, b) => depth(b) - depth(a))[0] ?? [issue];
  });
}

function toProblems(issue: z.core.$ZodIssue, document: Document, lines: LineCounter, raw: unknown): ConfigProblem[] {
  const keys = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(keys, raw);
    return issue.keys.map((key) => ({
      severity: 'error',
      path: [...keys, key].join('.'),
      line: lineOf(document, lines, [...keys, key]),
      message: `unknown key "${key}"${suggestion(key, known)}`,
    }));
  }
  return [
    {
      severity: 'error',
      path: keys.join('.'),
      line: lineOf(document, lines, keys),
      message: issue.message,
    },
  ];
}

function knownKeysAt(keys: string[], raw: unknown): string[] {
  let nodes: JsonSchemaNode[] = [configJsonSchema(KINDS)];
  let value: unknown = raw;
  const expand = (node: JsonSchemaNode): JsonSchemaNode[] =>
    [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((each) => (each === node ? [each] : expand(each)));
  for (const key of keys) {
    nodes = nodes.flatMap(expand).flatMap((node) => {
      const next = node.properties?.[key] ?? node.items ?? node.additionalProperties;
      return typeof next === 'object' ? [next] : [];
    });
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  const kind = (value as { kind?: unknown } | undefined)?.kind;
  const candidates = nodes.flatMap(expand);
  const ofKind = candidates.filter((node) => node.properties?.['kind']?.const === kind && kind !== undefined);
  return (ofKind.length > 0 ? ofKind : candidates).flatMap((node) => Object.keys(node.properties ?? {}));
}

function lineOf(document: Document, lines: LineCounter, keys: string[]): number | null {
  for (let length = keys.length; length > 0; length--) {
    const key = keys[length - 1];
    const parent = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1).map(asKey), true);
    const items = (parent as { items?: { key?: { value?: unknown; range?: [number, number, number] } }[] } | null)
      ?.items;
    const pair = items?.find((item) => String(item.key?.value) === key);
    const offset = pair?.key?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return null;
}

function asKey(key: string): string | number {
  return /^\d+$/.test(key) ? Number(key) : key;
}
