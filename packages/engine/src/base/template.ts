/** What a template of a notice may contain, in braces. */
export const PLACEHOLDERS = [
  'message',
  'event',
  'code',
  'service',
  'name',
  'panel',
  'client',
  'time',
  'at',
  'used',
  'allowed',
  'percent',
  'remaining',
  'until',
  'runsOut',
  'link',
  'package',
  'price',
] as const;

/** One of `PLACEHOLDERS`. */
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** A text, or one by language. */
export type TemplateText = string | Readonly<Record<string, string>>;

/** Texts of notices: one for all, or by event (`default` for all others) or language. */
export type Template = string | Readonly<Record<string, TemplateText>>;

const IN_BRACES = /\{([^{}]*)\}/g;

/** Returns the names in braces that a template may not contain; by default `known` are those of notices. */
export function unknownPlaceholders(template: string, known: readonly string[] = PLACEHOLDERS): string[] {
  return listPlaceholders(template).filter((name) => !known.includes(name));
}

/** Returns the names in braces of a template. */
export function listPlaceholders(template: string): string[] {
  return [...template.matchAll(IN_BRACES)].map(([, name = '']) => name);
}

/** Returns a template with its placeholders replaced; a value is never read for placeholders itself. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | null>>): string {
  return template.replace(IN_BRACES, (text, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '-') : text,
  );
}

/** Returns the text of an event in a language: that of the event, else of all others, else of the language; null where none is stated. */
export function findTemplate(template: Template | undefined, event: string, language: string): string | null {
  if (template === undefined || typeof template === 'string') return template ?? null;
  for (const name of [event, 'default', language]) {
    const own = Object.hasOwn(template, name) ? template[name] : undefined;
    if (typeof own === 'string') return own;
    if (own !== undefined && Object.hasOwn(own, language)) return own[language] ?? null;
  }
  return null;
}
