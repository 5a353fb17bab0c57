import { isValid } from '../access/grants.js';
import type { Session } from '../session.js';
import { type Check, toChecks } from './check.js';

/** Lists what an older version permitted to clients: tokens that could operate, and automatic purchases without a link's maximum. */
export async function tokenChecks(session: Session): Promise<Check[]> {
  return [...(await formerScopes(session)), ...(await unboundPreferences(session))];
}

/** Lists tokens of one client that could operate in an older version, until they end. */
async function formerScopes(session: Session): Promise<Check[]> {
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

/** Lists automatic purchases that a link set in an older version: they neither count in its maximum nor end with it. */
async function unboundPreferences({ store }: Session): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { scope, subject, enabled, link } of await store.autoBuy.list()) {
    if (scope !== 'service' || enabled !== true || link !== null) continue;
    const [last] = await store.runs.list({ command: 'auto-buy set', service: subject, limit: 1 });
    if (last?.actor?.startsWith('client ') !== true) continue;
    const message = `${last.actor} set it with a link of an older version: it does not end with the link, nor count in its maximum`;
    checks.push(toChecks('automatic purchase', subject)('warning', message, 'auto_buy_unbound'));
  }
  return checks;
}
