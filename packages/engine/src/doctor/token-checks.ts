import { isValid } from '../access/grants.js';
import type { Session } from '../session.js';
import { type Check, toChecks } from './check.js';

/** Lists tokens of one client that could operate in an older version, until they end. */
export async function tokenChecks(session: Session): Promise<Check[]> {
  const now = session.now();
  const tokens = await session.store.apiTokens.list();
  return tokens
    .filter((token) => token.scopesBefore !== null && isValid(token, now))
    .map(({ id, name, scopes, scopesBefore }) => {
      const was = (scopesBefore ?? []).join(', ');
      const message = `it had the scopes ${was} and has ${scopes.join(', ')} now: what is the provider's it can't do any more. Make another token for its program, and revoke it`;
      return { ...toChecks('token', name)('warning', message, 'scopes_changed'), details: { token: id } };
    });
}
