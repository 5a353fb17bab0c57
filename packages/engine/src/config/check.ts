import { duration, usageError, type BillingKind, type NoticeChannelKind, type PanelKind } from '@sluice/panel-kind';
import type * as z from 'zod/mini';
import { suggestion } from '../suggestion.js';
import { configJsonSchema, type JsonSchemaNode } from './json-schema.js';
import { describeIssue } from './issue-message.js';
import { findNotBuilt, isMap } from './not-built.js';
import { checkLogNames } from './log-names.js';
import { checkNotify } from './notify-rules.js';
import { findBrokenReferences, withoutBroken } from './references.js';
import { checkRules, type RuleFinding } from './rules.js';
import { configSchema, type Config } from './schema.js';

/** An error or a warning about a config. */
export interface ConfigFinding {
  severity: 'error' | 'warning';
  /** Keys from the top level. */
  path: string[];
  message: string;
}

/** The kinds that a config may name. */
interface KnownKinds {
  kinds: readonly PanelKind[];
  billing?: readonly BillingKind[] | undefined;
  channels?: readonly NoticeChannelKind[] | undefined;
}

/** Checks the values of a config and returns every finding; the config is null if one of them is an error. */
export function checkConfig(
  values: unknown,
  kinds: readonly PanelKind[],
  billing?: readonly BillingKind[],
  channels?: readonly NoticeChannelKind[],
): { config: Config | null; findings: ConfigFinding[] } {
  const known = { kinds, billing, channels };
  const { findings: notBuilt, rest } = findNotBuilt(values);
  const findings: ConfigFinding[] = notBuilt.map(({ path, message }) => ({ severity: 'error', path, message }));
  const schema = configSchema(kinds, billing, channels);
  copyInterval(rest);
  const parsed = schema.safeParse(rest);
  const wrong = parsed.success ? [] : flatten(parsed.error.issues).flatMap((issue) => toFindings(issue, known, values));
  findings.push(...wrong, ...findBrokenReferences(rest));
  const paths = wrong.map(({ path }) => path);
  const checked = parsed.success ? parsed : schema.safeParse(withoutBroken(rest, paths));
  if (checked.success) {
    const broken = [
      ...checkRules(checked.data, kinds, billing),
      ...checkNotify(checked.data, channels ?? []),
      ...checkLogNames(checked.data, billing ?? [], channels ?? []),
    ];
    findings.push(...broken.map(toRuleFinding));
  }
  const isValid = parsed.success && findings.every(({ severity }) => severity !== 'error');
  return { config: isValid ? parsed.data : null, findings };
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
export function parseConfig(
  values: unknown,
  kinds: readonly PanelKind[],
  billing?: readonly BillingKind[],
  channels?: readonly NoticeChannelKind[],
): Config {
  const { config, findings } = checkConfig(values, kinds, billing, channels);
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

function toFindings(issue: z.core.$ZodIssue, kinds: KnownKinds, raw: unknown): ConfigFinding[] {
  const keys = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(kinds, keys, raw);
    return issue.keys.map((key) => ({
      severity: 'error',
      path: [...keys, key],
      message: `unknown key "${key}"${suggestion(key, known)}`,
    }));
  }
  const { nodes, value } = findNodes(kinds, keys, raw);
  const description = nodes.map((node) => node.description).find((text) => text !== undefined) ?? '';
  const message = describeIssue({ issue: withOptions(issue, kinds.kinds), value, description });
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
function jsonSchemaOf({ kinds, billing, channels }: KnownKinds): JsonSchemaNode {
  const schema = configSchema(kinds, billing, channels);
  const known = jsonSchemas.get(schema) ?? configJsonSchema(kinds, billing, channels);
  jsonSchemas.set(schema, known);
  return known;
}

/** Returns the nodes of the schema at a path, and the value there. */
function findNodes(known: KnownKinds, keys: string[], raw: unknown): { nodes: JsonSchemaNode[]; value: unknown } {
  let nodes: JsonSchemaNode[] = [jsonSchemaOf(known)];
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

function knownKeysAt(kinds: KnownKinds, keys: string[], raw: unknown): string[] {
  const { nodes: candidates, value } = findNodes(kinds, keys, raw);
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  const ofKind = candidates.filter((node) => node.properties?.['kind']?.const === kind && kind !== undefined);
  return (ofKind.length > 0 ? ofKind : candidates).flatMap((node) => Object.keys(node.properties ?? {}));
}
