import type { TokenView } from '@sluice/contract/documents';

/** Returns what a token or link still opens at an instant (ISO UTC): only an active one opens anything. */
export function tokenStatus(
  { revokedAt, expiresAt }: Pick<TokenView, 'revokedAt' | 'expiresAt'>,
  now: string,
): 'active' | 'expired' | 'revoked' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

/** Returns whether a stored token still opens anything. */
export function isValid(record: Parameters<typeof tokenStatus>[0], now: string): boolean {
  return tokenStatus(record, now) === 'active';
}

/** The name of the token that is not stored. */
export const MASTER_NAME = 'serve.token';

/** Returns whether an id is that of a token that is not stored. */
export function isMaster(id: string): boolean {
  return id.startsWith(`${MASTER_NAME} `);
}
