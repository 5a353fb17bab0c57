import { staffText } from '@sluice/messages/staff';
import type { PurchaseRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { isRefunding } from './refund-state.js';

/** Lists the purchases whose charge, payment or refund is not finished, whatever billing system has them. */
export async function listOpen(
  { purchases }: Pick<Context['store'], 'purchases'>,
  service: string | null,
): Promise<PurchaseRecord[]> {
  const filter = service === null ? {} : { service };
  const pending = await purchases.list({ ...filter, status: 'pending' });
  const refunded = await purchases.list({ ...filter, status: 'refunded' });
  return [...pending, ...refunded.filter(isRefunding)];
}

/** Returns the purchases or bills that the billing system of the config has: another one can't be asked. */
export function filterOwn<Row extends Pick<PurchaseRecord, 'billing'>>(
  { config }: { config: Pick<Context['config'], 'billing'> },
  rows: readonly Row[],
): Row[] {
  return rows.filter(({ billing }) => billing === null || billing === config.billing);
}

/** The code of a purchase that another billing system than the config's has charged. */
export const BILLED_ELSEWHERE = 'billed_elsewhere';

/** A charge or a refund that no run finishes while the config names another billing system. */
export interface UnfinishedElsewhere {
  row: PurchaseRecord;
  /** The billing system that has it. */
  billing: string;
  message: string;
}

/** Lists the purchases whose charge or refund is not finished in another billing system than the config's: it can't be asked. */
export async function listElsewhere(
  { store, config }: Pick<Context, 'store' | 'config'>,
  service: string | null = null,
): Promise<UnfinishedElsewhere[]> {
  const rows = await listOpen(store, service);
  return rows.flatMap((row) => {
    const { billing, status, package: name } = row;
    if (billing === null || billing === config.billing) return [];
    const key = status === 'pending' ? 'staff.elsewhere.purchase' : 'staff.elsewhere.refund';
    const message = staffText(key, { package: name, billing, purchase: row.id, now: config.billing });
    return [{ row, billing, message }];
  });
}
