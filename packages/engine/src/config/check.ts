import { usageError, type PanelKind } from '@sluice/panel-kind';
import { en } from 'zod/locales';
import type * as z from 'zod/mini';
import { suggestion } from '../suggestion.js';
import { configJsonSchema, type JsonSchemaNode } from './json-schema.js';
import { findNotBuilt } from './not-built.js';
import { checkRules } from './rules.js';
import { configSchema, type Config } from './schema.js';

/** An error or a warning about a config. */
export interface ConfigFinding {
  severity: 'error' | 'warning';
  /** Keys from the top level. */
  path: string[];
  message: string;
}

/** Checks the values of a config and returns every finding; the config is null if one of them is an error. */
export function checkConfig(
  values: unknown,
  kinds: readonly PanelKind[],
): { config: Config | null; findings: ConfigFinding[] } {
  const { findings: notBuilt, rest } = findNotBuilt(values);
  const findings: ConfigFinding[] = notBuilt.map(({ path, message }) => ({ severity: 'error', path, message }));
  const parsed = configSchema(kinds).safeParse(rest, { error: en().localeError });
  if (!parsed.success) {
    findings.push(...flatten(parsed.error.issues).flatMap((issue) => toFindings(issue, kinds, values)));
    return { config: null, findings };
  }
  findings.push(...checkRules(parsed.data, kinds).map((found) => ({ ...found, path: found.path.split('.') })));
  return { config: findings.some(({ severity }) => severity === 'error') ? null : parsed.data, findings };
}

/**
 * Parses a config for the engine (docs/config.md): sizes, durations and percentages are texts, secrets are literal.
 *
 * @throws SluiceError `bad_config` of kind `usage`; `details.problems` names the path and the message of each problem
 */
export function parseConfig(values: unknown, kinds: readonly PanelKind[]): Config {
  const { config, findings } = checkConfig(values, kinds);
  if (config !== null) return config;
  const problems = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => ({ path: path.join('.'), message }));
  throw usageError(
    'bad_config',
    `The config has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}:`,
    { problems },
    problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
  );
}

/** Reports an issue of a union by the member that matched the value furthest. */
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

function toFindings(issue: z.core.$ZodIssue, kinds: readonly PanelKind[], raw: unknown): ConfigFinding[] {
  const keys = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(kinds, keys, raw);
    return issue.keys.map((key) => ({
      severity: 'error',
      path: [...keys, key],
      message: `unknown key "${key}"${suggestion(key, known)}`,
    }));
  }
  return [{ severity: 'error', path: keys, message: issue.message }];
}

function knownKeysAt(kinds: readonly PanelKind[], keys: string[], raw: unknown): string[] {
  let nodes: JsonSchemaNode[] = [configJsonSchema(kinds)];
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
