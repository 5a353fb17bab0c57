import type { PanelErrorField } from './errors.js';
import { printable } from './printable.js';

const KEYS = ['error', 'message', 'detail', 'details', 'reason', 'msg'];

/** Returns the text of a refusal from the first of the usual keys that has one; objects as JSON. */
export function findMessage(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  for (const key of KEYS) {
    const value = (json as Record<string, unknown>)[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      return findMessage(value) ?? JSON.stringify(value);
    }
  }
  return null;
}

/** Returns the fields of a validation refusal, `{errors: {field: [text, ...]}}`. */
export function findFields(json: unknown): PanelErrorField[] | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { errors } = json as { errors?: unknown };
  if (typeof errors !== 'object' || errors === null || Array.isArray(errors)) return undefined;
  const fields = Object.entries(errors).flatMap(([path, texts]) =>
    (Array.isArray(texts) ? texts : [texts])
      .filter((text): text is string => typeof text === 'string')
      .map((message) => ({ path, message })),
  );
  return fields.length === 0 ? undefined : fields;
}

/** Shortens a panel's text to one line of a message. */
export function oneLine(text: string, longest = 300): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  // A cut may leave half of a pair behind.
  return line.length <= longest ? line : `${printable(line.slice(0, longest)).trimEnd()}...`;
}
