import * as z from 'zod/mini';
import { describeKeys } from './descriptions.js';
import { configSchema, type KnownKinds } from './schema.js';

/** A node of a JSON Schema, with the members that the config uses. */
export interface JsonSchemaNode {
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchemaNode>;
  additionalProperties?: JsonSchemaNode | boolean;
  items?: JsonSchemaNode;
  anyOf?: JsonSchemaNode[];
  oneOf?: JsonSchemaNode[];
  const?: unknown;
  required?: string[];
}

/** Returns the JSON Schema of the config (draft 2020-12). */
export function configJsonSchema(...known: KnownKinds): JsonSchemaNode {
  const options = { io: 'input', unrepresentable: 'any' } as const;
  const schema = z.toJSONSchema(configSchema(...known), options) as JsonSchemaNode;
  const panels = schema.properties?.['panels']?.additionalProperties;
  for (const node of typeof panels === 'object' ? (panels.oneOf ?? []) : []) {
    const { credentials } = known[0].find(({ kind }) => kind === node.properties?.['kind']?.const) ?? {};
    if (credentials !== undefined) node.oneOf = credentials.map((keys) => ({ required: [...keys] }));
  }
  return schema;
}

/** Returns the JSON Schema of the config with a description of each key. */
export function describedSchema(...known: KnownKinds): JsonSchemaNode {
  const schema = configJsonSchema(...known);
  describe(schema, [''], describeKeys(...known));
  return schema;
}

/** Adds descriptions; paths are tried in order: first that of one kind of panel, then that of all kinds. */
function describe(node: JsonSchemaNode, paths: readonly string[], texts: Record<string, string>): void {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const own = paths.map((path) => (path === '' ? key : `${path}.${key}`));
    const text = own.map((path) => texts[path]).find((found) => found !== undefined);
    if (text !== undefined)
      child.description = child.description === undefined ? text : `${text} (${child.description})`;
    describe(child, own, texts);
  }
  for (const branch of [...(node.anyOf ?? []), ...(node.oneOf ?? [])])
    describe(branch, kindPaths(branch, paths), texts);
  if (node.items !== undefined) describe(node.items, paths, texts);
  if (typeof node.additionalProperties === 'object')
    describe(
      node.additionalProperties,
      paths.map((path) => `${path}.*`),
      texts,
    );
}

function kindPaths(branch: JsonSchemaNode, paths: readonly string[]): readonly string[] {
  const kind = branch.properties?.['kind']?.const;
  return typeof kind === 'string' ? [...paths.map((path) => path.replace(/\*$/, kind)), ...paths] : paths;
}
