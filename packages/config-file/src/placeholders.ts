/** What a message to a customer may contain in double braces. */
export const PLACEHOLDERS = ['service', 'username', 'password', 'url', 'links', 'expiresAt'] as const;

/** A placeholder of a message. */
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Matches each placeholder, known or not. */
export const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** Replaces each known placeholder once: what stands in a value is not replaced again. */
export function fillPlaceholders(template: string, values: Readonly<Record<Placeholder, string>>): string {
  return template.replace(PLACEHOLDER, (found, text: string) => {
    const known = PLACEHOLDERS.find((name) => name === text.trim());
    return known === undefined ? found : values[known];
  });
}

/** Returns whether a message contains a placeholder. */
export function hasPlaceholder(template: string, name: Placeholder): boolean {
  return [...template.matchAll(PLACEHOLDER)].some(([, text = '']) => text.trim() === name);
}
