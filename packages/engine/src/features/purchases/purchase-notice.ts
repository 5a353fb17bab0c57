import { formatMoney } from '@sluice/quota-core';
import type { PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { describeService } from '../../base/describe-service.js';
import { packageName } from '../../base/config/package-name.js';
import type { Config } from '../../base/config/schema.js';
import type { Context } from '../../context/context.js';
import { addNotices, type Notice, noticeRows } from '../../kernel/run/notice.js';
import type { Following } from './store-purchase.js';

/** Whose change is reported, and by which run. */
interface Reporting {
  run: string;
  service: ServiceRecord;
  /** Reads whether it is paid after its billing cycle. */
  isLate?: (tables: StoreTables) => Promise<boolean>;
  /** Receives the notice once it is stored. */
  onStored: (notice: Notice) => unknown;
}

/** Stores the notice of a purchase with its change: a run that is killed later has reported it. */
export function withNotice(context: Context, { run, service, isLate, onStored }: Reporting): Following {
  return async (tables, row) => {
    const late = row.status === 'paid' && (await isLate?.(tables)) === true;
    const notice = purchaseNotice(context.config, service, row, late);
    await addNotices(context, tables, noticeRows(context, run, [notice]));
    return () => onStored(notice);
  };
}

/** Returns the notice of a purchase that was resolved; `late`: it was paid after its billing cycle. */
export function purchaseNotice(
  config: Pick<Config, 'packages'>,
  { id, panel, name }: ServiceRecord,
  row: PurchaseRecord,
  late = false,
): Notice {
  const words = { paid: 'is paid', failed: 'was not bought', cancelled: 'was cancelled', refunded: 'was refunded' };
  const what = row.status === 'pending' ? 'is waiting for payment' : words[row.status];
  const after = late ? '; its billing cycle is over, so it counts in the current one' : '';
  return {
    code: row.status === 'paid' ? 'purchase' : 'purchase_ended',
    key: `purchase:${row.id}:${row.status}`,
    panel,
    service: id,
    message: `${describeService({ id, name })}: package ${packageName(config, row.package)} for ${formatMoney(row.charged ?? row.price, row.currency)} ${what} (${row.id})${after}`,
  };
}
