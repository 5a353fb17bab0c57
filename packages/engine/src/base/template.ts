/** What a template may contain, in braces. */
export const PLACEHOLDERS = ['message', 'event', 'code', 'service', 'panel', 'client', 'time', 'at'] as const;

const IN_BRACES = /\{([^{}]*)\}/g;

/** Returns the names in braces that a template may not contain; by default `known` are those of notices. */
export function unknownPlaceholders(template: string, known: readonly string[] = PLACEHOLDERS): string[] {
  const names = [...template.matchAll(IN_BRACES)].map(([, name = '']) => name);
  return names.filter((name) => !known.includes(name));
}

/** Returns a template with its placeholders replaced; a value is never read for placeholders itself. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | null>>): string {
  return template.replace(IN_BRACES, (text, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '-') : text,
  );
}
