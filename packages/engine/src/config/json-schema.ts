import * as z from 'zod/mini';
import type { PanelKind } from '@sluice/panel-kind';
import { configSchema } from './schema.js';

/** A node of a JSON Schema, as far as the config uses it. */
export interface JsonSchemaNode {
  description?: string;
  properties?: Record<string, JsonSchemaNode>;
  additionalProperties?: JsonSchemaNode | boolean;
  items?: JsonSchemaNode;
  anyOf?: JsonSchemaNode[];
  oneOf?: JsonSchemaNode[];
  const?: unknown;
}

/** The JSON Schema of the config (draft 2020-12). */
export function configJsonSchema(kinds: readonly PanelKind[]): JsonSchemaNode {
  return z.toJSONSchema(configSchema(kinds), { io: 'input', unrepresentable: 'any' }) as JsonSchemaNode;
}
