import type { PanelKind } from '@sluice/panel-kind';
import { descriptionsOf } from './descriptions.js';
import { configJsonSchema, type JsonSchemaNode } from './json-schema.js';

/** The JSON Schema of the config with what each key is for. */
export function describedSchema(kinds: readonly PanelKind[]): JsonSchemaNode {
  const schema = configJsonSchema(kinds);
  describe(schema, [''], descriptionsOf(kinds));
  return schema;
}

/** Paths are tried in their order: what is said of one kind of panel, then what is said of all. */
function describe(node: JsonSchemaNode, paths: readonly string[], texts: Record<string, string>): void {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const own = paths.map((path) => (path === '' ? key : `${path}.${key}`));
    const text = own.map((path) => texts[path]).find((found) => found !== undefined);
    if (text !== undefined)
      child.description = child.description === undefined ? text : `${text} (${child.description})`;
    describe(child, own, texts);
  }
  for (const branch of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) describe(branch, ofKind(branch, paths), texts);
  if (node.items !== undefined) describe(node.items, paths, texts);
  if (typeof node.additionalProperties === 'object')
    describe(
      node.additionalProperties,
      paths.map((path) => `${path}.*`),
      texts,
    );
}

function ofKind(branch: JsonSchemaNode, paths: readonly string[]): readonly string[] {
  const kind = branch.properties?.['kind']?.const;
  return typeof kind === 'string' ? [...paths.map((path) => path.replace(/\*$/, kind)), ...paths] : paths;
}
