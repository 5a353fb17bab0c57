/** The code of a client whom the billing system has no longer, and of whom something is not finished. */
export const CLIENT_MISSING = 'client_missing';

/** Returns the key of the condition that a client is missing. */
export function missingKey(client: string): string {
  return `${CLIENT_MISSING}:${client}`;
}
