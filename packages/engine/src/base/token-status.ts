import type { TokenView } from '@sluice/contract/documents';

/** Returns what a token or link still opens at an instant (ISO UTC): only an active one opens anything. */
export function tokenStatus(
  { revokedAt, expiresAt }: Pick<TokenView, 'revokedAt' | 'expiresAt'>,
  now: string,
): 'active' | 'expired' | 'revoked' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}
