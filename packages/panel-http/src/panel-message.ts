import type { PanelErrorField } from './errors.js';
import { printable } from './printable.js';

const keys = ['error', 'message', 'detail', 'details', 'reason', 'msg'];

/** The panel's own words in the body of a refusal: the first of the usual keys that says something; objects as JSON. */
export function defaultMessageIn(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  for (const key of keys) {
    const value = (json as Record<string, unknown>)[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      return defaultMessageIn(value) ?? JSON.stringify(value);
    }
  }
  return null;
}

/** The fields of a validation refusal, `{errors: {field: [text, ...]}}`. */
export function fieldsIn(json: unknown): PanelErrorField[] | undefined {
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

/** Panel text made fit for one line of a message. */
export function oneLine(text: string, longest = 300): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  // A cut may leave half of a pair behind.
  return line.length <= longest ? line : `${printable(line.slice(0, longest)).trimEnd()}...`;
}
