import type { StoreTables } from '@sluice/state-store';

/** Returns the account of a client's credit. */
export function toAccount(client: string): string {
  return `client:${client}`;
}

/**
 * Returns whether a client has or had a service, or whether anything of its money is stored: a booking, an invoice or a bill. One who is
 * the agent of a panel alone is none.
 */
export async function isKnownClient(
  tables: Pick<StoreTables, 'services' | 'ownership' | 'ledger' | 'invoices' | 'callBills'>,
  client: string,
): Promise<boolean> {
  return (
    (await tables.services.list({ client, limit: 1 })).length > 0 ||
    (await tables.ownership.list({ client, limit: 1 })).length > 0 ||
    (await tables.ledger.balances(toAccount(client))).length > 0 ||
    (await tables.invoices.list({ client })).length > 0 ||
    (await tables.callBills.list({ client })).length > 0
  );
}
