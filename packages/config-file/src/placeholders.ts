/** What a message to a customer may contain in double braces. */
export const PLACEHOLDERS = ['service', 'username', 'password', 'url', 'links', 'expiresAt'] as const;

/** A placeholder of a message. */
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Matches each placeholder, known or not. */
export const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
