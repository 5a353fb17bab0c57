import { staffText } from '@sluice/messages/staff';
import { printable } from '@sluice/panel-http/printable';
import { formatMoney } from '@sluice/quota-core';
import type { PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { describeService } from '../../base/describe-service.js';
import { packageName } from '../../base/config/package-name.js';
import type { Context } from '../../context/context.js';
import { addNotices, type Notice, noticeRows } from '../../kernel/run/notice.js';
import { toServiceFigures, type NoticeFacts, type ServiceFigures } from '../../kernel/run/notice-data.js';
import type { Planned } from '../../kernel/subject/stages.js';
import { withPurchases } from '../../loop/load.js';
import { invoiceUrl } from '../billing/billing-pages.js';
import { toPurchaseState } from '../billing/refund-state.js';
import type { Following } from './store-purchase.js';

/** Whose change is reported, and by which run. */
interface Reporting {
  run: string;
  service: ServiceRecord;
  /** Reads whether it is paid after its billing cycle. */
  isLate?: (tables: StoreTables) => Promise<boolean>;
  /** Returns the figures of the service with a purchase; absent: those that are stored. */
  figures?: (row: PurchaseRecord) => ServiceFigures;
  /** Receives the notice once it is stored. */
  onStored: (notice: Notice) => unknown;
}

/** Stores the notice of a purchase with its change: a run that is killed later has reported it. */
export function withNotice(context: Context, { run, service, isLate, figures, onStored }: Reporting): Following {
  return async (tables, row) => {
    const late = row.status === 'paid' && (await isLate?.(tables)) === true;
    const notice = purchaseNotice(context, service, row, late);
    const decided = new Map(figures === undefined ? [] : [[service.id, figures(row)]]);
    await addNotices(context, tables, noticeRows(context, run, [notice]), decided);
    return () => onStored(notice);
  };
}

const SAID = {
  paid: 'staff.purchase.paid',
  failed: 'staff.purchase.failed',
  cancelled: 'staff.purchase.cancelled',
  refunded: 'staff.purchase.refunded',
  pending: 'staff.purchase.pending',
} as const;

/** Returns the notice of a purchase that was resolved; `late`: it was paid after its billing cycle. */
export function purchaseNotice(
  context: Pick<Context, 'config' | 'deps'>,
  { id, panel, name }: ServiceRecord,
  row: PurchaseRecord,
  late = false,
): Notice {
  const key = row.status === 'paid' && late ? 'staff.purchase.paidLate' : SAID[row.status];
  const message = staffText(key, {
    ...{ service: describeService({ id, name }), package: packageName(context.config, row.package), purchase: row.id },
    price: formatMoney(row.charged ?? row.price, row.currency),
  });
  return {
    code: row.status === 'paid' ? 'purchase' : 'purchase_ended',
    key: `purchase:${row.id}:${row.status}`,
    panel,
    service: id,
    message,
    facts: {
      ...boughtFacts(context, row),
      ...{ purchase: row.id, status: toPurchaseState(row).status, late },
      ...{ invoice: row.invoice, invoiceUrl: invoiceUrl(context, row) },
    },
  };
}

/** Returns the package of a purchase and its price, as the notices of it state them. */
export function boughtFacts(
  { config }: Pick<Context, 'config'>,
  { package: id, bytes, price, charged, currency }: PurchaseRecord,
): NoticeFacts {
  return {
    package: { id, name: printable(packageName(config, id)), bytes },
    ...{ price: charged ?? price, currency },
  };
}

/** Returns the figures of a service with those of its drafts that are paid. */
export function figuresWith(work: Planned, paid: readonly PurchaseRecord[]): ServiceFigures {
  const isPaid = ({ id }: PurchaseRecord): boolean => paid.some((row) => row.id === id);
  const isDraft = ({ id }: PurchaseRecord): boolean => work.buys.some((row) => row.id === id);
  return toServiceFigures(
    withPurchases(
      work,
      work.purchases.filter((row) => !isDraft(row) || isPaid(row)),
    ),
  );
}
