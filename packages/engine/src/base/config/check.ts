import { duration, usageError, type PanelKind } from '@sluice/panel-kind';
import type * as z from 'zod/mini';
import { suggestion } from '../suggestion.js';
import { configJsonSchema, type JsonSchemaNode } from './json-schema.js';
import { findEntry } from './find-entry.js';
import { describeIssue } from './issue-message.js';
import { checkLogNames } from './log-names.js';
import { checkNotify } from './notify-rules.js';
import { findBrokenReferences, isMap, withoutBroken } from './references.js';
import type { RuleFinding } from './rule.js';
import { checkRules } from './rules.js';
import { configSchema, type Config, type KnownKinds } from './schema.js';

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
  ...known: KnownKinds
): { config: Config | null; findings: ConfigFinding[] } {
  const [kinds, billing = [], channels = []] = known;
  const rest: unknown = structuredClone(values);
  const findings = removeLimits(rest);
  const schema = configSchema(...known);
  copyInterval(rest);
  const parsed = schema.safeParse(rest);
  const wrong = parsed.success ? [] : flatten(parsed.error.issues).flatMap((issue) => toFindings(issue, known, values));
  findings.push(...wrong, ...findBrokenReferences(rest));
  const paths = wrong.map(({ path }) => path);
  const checked = parsed.success ? parsed : schema.safeParse(withoutBroken(rest, paths));
  if (checked.success) {
    const broken = [
      ...checkRules(checked.data, kinds, billing),
      ...checkNotify(checked.data, channels),
      ...checkLogNames(checked.data, billing, channels),
    ];
    findings.push(...broken.map(toRuleFinding));
  }
  const isValid = parsed.success && findings.every(({ severity }) => severity !== 'error');
  return { config: isValid ? withGraceDays(parsed.data, kinds) : null, findings };
}

/** Returns the config whose products have the days of grace that the section of their kind states. */
function withGraceDays(config: Config, kinds: readonly PanelKind[]): Config {
  for (const product of Object.values(config.products)) {
    const kind = kinds.find((known) => known.kind === findEntry(config.panels, product.panel)?.kind);
    const days = kind?.graceDays?.(product) ?? 0;
    if (days > 0) product.graceDays = days;
  }
  return config;
}

/** Limits of all products are not built: accepting them without effect would suggest that they work. */
function removeLimits(values: unknown): ConfigFinding[] {
  if (!isMap(values) || values['limits'] === undefined) return [];
  const { limits } = values;
  if (Array.isArray(limits) && limits.length === 0) return [];
  Reflect.deleteProperty(values, 'limits');
  const message = 'Limits of all products are not available yet. Move them to the products.';
  return [{ severity: 'error', path: ['limits'], message }];
}

/** Sets `poll.interval` to a valid `schedule.poll` where it is not stated. */
function copyInterval(values: unknown): void {
  if (!isMap(values) || !isMap(values['schedule'])) return;
  const { poll: interval } = values['schedule'];
  const poll = values['poll'] ?? {};
  if (!isMap(poll) || 'interval' in poll || !duration.safeParse(interval).success) return;
  values['poll'] = { ...poll, interval };
}

function toRuleFinding({ severity, path, message }: RuleFinding): ConfigFinding {
  return { severity, path: path.split('.'), message };
}

/**
 * Parses a config for the engine (docs/config.md): sizes, durations and percentages are texts, secrets are literal.
 *
 * @throws SluiceError `bad_config` of kind `usage`; `details.problems` names the path and the message of each problem
 */
export function parseConfig(values: unknown, ...known: KnownKinds): Config {
  const { config, findings } = checkConfig(values, ...known);
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
    return branches.sort((a, b) => strange(a, issue) - strange(b, issue) || depth(b) - depth(a))[0] ?? [issue];
  });
}

/** Counts the keys that a member of a union does not know; a member of another type is the least like the value. */
function strange(branch: z.core.$ZodIssue[], { path }: z.core.$ZodIssue): number {
  const isOther = branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === path.length);
  if (isOther) return Number.MAX_VALUE;
  return branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);
}

function toFindings(issue: z.core.$ZodIssue, known: KnownKinds, raw: unknown): ConfigFinding[] {
  const keys = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const near = knownKeysAt(known, keys, raw);
    return issue.keys.map((key) => ({
      severity: 'error',
      path: [...keys, key],
      message: `unknown key "${key}"${suggestion(key, near)}`,
    }));
  }
  const { nodes, value } = findNodes(known, keys, raw);
  const description = nodes.map((node) => node.description).find((text) => text !== undefined) ?? '';
  const message = describeIssue({ issue: withOptions(issue, known[0]), value, description });
  return [{ severity: 'error', path: keys, message }];
}

/** Adds the kinds of panels to the issue of an unknown kind. */
function withOptions(issue: z.core.$ZodIssue, kinds: readonly PanelKind[]): z.core.$ZodIssue {
  return issue.code === 'invalid_union' && issue.path.at(-1) === 'kind'
    ? Object.assign({}, issue, { options: kinds.map(({ kind }) => kind) })
    : issue;
}

const jsonSchemas = new WeakMap<object, JsonSchemaNode>();

/** Returns the JSON Schema of a config: one for all problems, since building it is slow. */
function toJsonSchema(known: KnownKinds): JsonSchemaNode {
  const schema = configSchema(...known);
  const built = jsonSchemas.get(schema) ?? configJsonSchema(...known);
  jsonSchemas.set(schema, built);
  return built;
}

/** Returns the nodes of the schema at a path, and the value there. */
function findNodes(known: KnownKinds, keys: string[], raw: unknown): { nodes: JsonSchemaNode[]; value: unknown } {
  let nodes: JsonSchemaNode[] = [toJsonSchema(known)];
  let value: unknown = raw;
  for (const key of keys) {
    nodes = nodes.flatMap(expand).flatMap((node) => {
      const next = node.properties?.[key] ?? node.items ?? node.additionalProperties;
      return typeof next === 'object' ? [next] : [];
    });
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return { nodes: nodes.flatMap(expand), value };
}

function expand(node: JsonSchemaNode): JsonSchemaNode[] {
  return [node, ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(expand)];
}

function knownKeysAt(known: KnownKinds, keys: string[], raw: unknown): string[] {
  const { nodes: candidates, value } = findNodes(known, keys, raw);
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  const ofKind = candidates.filter((node) => node.properties?.['kind']?.const === kind && kind !== undefined);
  return (ofKind.length > 0 ? ofKind : candidates).flatMap((node) => Object.keys(node.properties ?? {}));
}
