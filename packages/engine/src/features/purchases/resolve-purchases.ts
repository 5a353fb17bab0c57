import { type ItemError, SluiceError } from '@sluice/panel-kind';
import type { HeldLease, PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { type Leases, panelLease, serviceLease } from '../../context/leases.js';
import type { Notice } from '../../kernel/run/notice.js';
import { isClockBelievedOn } from '../../context/clock-guard.js';
import type { Moment } from '../../context/panel-answers.js';
import type { Context } from '../../context/context.js';
import { countsIn } from '../../base/lifecycle.js';
import { placeServices } from '../../loop/place.js';
import { afterInvoice, chargePurchase, storeState, toProblem } from './charge.js';
import { findInvoice } from './find-invoice.js';
import { endedForPayerNotice, endForFormerPayer, isForPayer, leftForPayerNotice } from './former-payer.js';
import { isOwn, listUnfinished } from './list-unfinished.js';
import { checkClients } from '../billing/missing-clients.js';
import { refundPurchase, waitsForPerson } from './refund.js';
import { purchaseNotice, withNotice } from './purchase-notice.js';
import type { Following, PurchaseChange } from './store-purchase.js';
import { noticeInVain } from './without-effect.js';
import { endUnwanted, isCycleOver, isWanted } from './unfinished.js';

/** Which purchases to resolve. */
export interface ResolveRequest {
  panel: string;
  /** Only of this service. */
  service: string | null;
  /** Asks about paid purchases of open cycles, too: they may have been refunded. */
  all: boolean;
  leases: Leases;
  /** Id of the run. */
  run: string;
  /** When the run over the panel began. */
  start: Moment;
}

/** A purchase to be resolved, and its service as it is now. */
interface DuePurchase {
  row: PurchaseRecord;
  service: ServiceRecord;
}

/** What became of open purchases. */
export interface ResolvedPurchases {
  /** Became paid. */
  paid: number;
  /** Why a purchase is still open, by service. */
  problems: ReadonlyMap<string, ItemError>;
  notices: Notice[];
  /** Those that are stored already. */
  stored: Notice[];
}

/**
 * Asks the billing system about open purchases: finishes charges and refunds that were interrupted, and stores what was paid,
 * cancelled or refunded there since. Leaves out services that another run works on. With a wrong clock a refund would be sent again
 * too early: then all of them are left as they are.
 */
export async function resolvePurchases(context: Context, request: ResolveRequest): Promise<ResolvedPurchases> {
  const problems = new Map<string, ItemError>();
  const notices: Notice[] = [];
  const stored: Notice[] = [];
  const missing = new Set<string>();
  let paid = 0;
  const found = await findDue(context, request);
  if (found.length === 0) return { paid, problems, notices, stored };
  if (!(await isClockBelievedOn(context, request.panel, request.start)))
    return { paid, problems: toLeft(found), notices, stored };
  const due = await findChecked(context, request, found);
  for (const { row, service } of due) {
    if (context.deps.signal.aborted) break;
    const isMeant = await isForPayer(context, row, service);
    try {
      const { length: told } = stored;
      const isLate = (store: Pick<StoreTables, 'cycles'>): Promise<boolean> =>
        isCycleOver({ store, now: () => context.now() }, row);
      const onStored = (notice: Notice): number => stored.push(notice);
      const also = withNotice(context, { run: request.run, service, isLate, onStored });
      const after = await resolveUnderLease(context, request, row, isMeant ? also : undefined);
      if (after === null) continue;
      if (after.status === 'pending' && after.actor === 'auto') throw await waits(context, after);
      if (after.status === row.status && after.refundedAt === row.refundedAt) continue;
      if (!isMeant) {
        notices.push(endedForPayerNotice(service, after));
        continue;
      }
      if (after.status === row.status) continue;
      if (after.status === 'paid') paid++;
      const inVain = await noticeInVain(context, service, after);
      if (inVain !== null) notices.push(inVain);
      if (stored.length > told) continue;
      const late = after.status === 'paid' && (await isLate(context.store));
      notices.push(purchaseNotice(context.config, service, after, late));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      if (error.code === 'unknown_client' && row.client !== null) missing.add(row.client);
      // The service has ended or is another client's by now: it is metered and billed as if the purchase were not there.
      if (!isMeant) notices.push(leftForPayerNotice(service, row, error));
      else if (!waitsForPerson(row, error)) problems.set(service.id, toProblem(error));
    }
  }
  if (missing.size > 0) await checkClients(context, [...missing]);
  return { paid, problems, notices, stored };
}

/** Returns null for a purchase that another run works on, or has changed meanwhile. */
async function resolveUnderLease(
  context: Context,
  { panel, leases }: ResolveRequest,
  row: PurchaseRecord,
  also: Following | undefined,
): Promise<PurchaseRecord | null> {
  const name = serviceLease(row.service);
  if (!('lease' in (await leases.tryTake(name)))) return null;
  try {
    const current = await context.store.purchases.get(row.id);
    const service = await context.store.services.get(row.service);
    if (current?.status !== row.status || service === null) return null;
    return await resolve(context, leases.toHeld([panelLease(panel), name]), { row: current, service }, also);
  } finally {
    await leases.release(name);
  }
}

/** An automatic purchase is paid at once or not at all: what is left of it was changed by a person. */
async function waits(context: Context, { id, invoice }: PurchaseRecord): Promise<SluiceError> {
  const { title } = await context.billing();
  const message = `Purchase ${id} waits for the payment of invoice ${invoice}, which a person changed in ${title}. Pay it there, or remove the line of the purchase.`;
  return new SluiceError('billing_unavailable', message, { kind: 'billing', details: { purchase: id, invoice } });
}

/** Nothing more is bought for a service before it is known what its purchase has paid. */
function toLeft(due: readonly DuePurchase[]): ReadonlyMap<string, ItemError> {
  const pending = due.filter(({ row }) => row.status === 'pending');
  return new Map(
    pending.map(({ row, service }) => {
      const message = `Purchase ${row.id} is left as it is: the clock of another panel differs from the local clock, and panel "${service.panel}" does not return its time.`;
      return [service.id, { code: 'clock_wrong', message }];
    }),
  );
}

/** Finds what is due again where a payer who has the service no longer may have been merged into another client. */
async function findChecked(
  context: Context,
  request: ResolveRequest,
  due: readonly DuePurchase[],
): Promise<readonly DuePurchase[]> {
  for (const { row, service } of due) {
    if (row.status !== 'refunded' && (await isForPayer(context, row, service))) continue;
    await checkClients(context);
    return findDue(context, request);
  }
  return due;
}

async function findDue(context: Context, { panel, service, all }: ResolveRequest): Promise<DuePurchase[]> {
  const { store } = context;
  const filter = service === null ? {} : { service };
  const paid = all ? await store.purchases.list({ ...filter, status: 'paid' }) : [];
  const invoiced = paid.filter((row) => row.invoice !== null && isOwn(context, row));
  const unfinished = await listUnfinished(context, { service, all });
  return [
    ...(await withServices(context, panel, unfinished)),
    ...(await listCounting(context, await withServices(context, panel, invoiced))),
  ];
}

/** Returns purchases of the services of a panel. */
async function withServices(
  { store }: Context,
  panel: string,
  rows: readonly PurchaseRecord[],
): Promise<DuePurchase[]> {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.service))];
  const services = new Map((await store.services.list({ ids, panel })).map((found) => [found.id, found]));
  return rows.flatMap((row) => {
    const found = services.get(row.service);
    return found === undefined ? [] : [{ row, service: found }];
  });
}

/** Returns the paid purchases that count in the cycle in which their service is now. */
async function listCounting(context: Context, paid: readonly DuePurchase[]): Promise<DuePurchase[]> {
  if (paid.length === 0) return [];
  const services = new Map(paid.map(({ service }) => [service.id, service]));
  const placements = await placeServices(context, [...services.values()]);
  return paid.filter(({ row, service }) => {
    const placed = placements.get(service.id);
    return placed !== undefined && countsIn({ service, ...placed }, row);
  });
}

/** Resolves one purchase as far as the billing system shows, and returns its row. */
async function resolve(
  context: Context,
  fences: HeldLease[],
  { row, service }: DuePurchase,
  also: Following | undefined,
): Promise<PurchaseRecord> {
  if (row.status === 'refunded') return refundPurchase(context, fences, row);
  if (row.invoice === null) {
    const wanted = await isWanted(context, row, service);
    return wanted ? chargePurchase(context, fences, row, { also }) : endUnwanted(context, fences, row, service);
  }
  if (row.status !== 'paid' && !(await isForPayer(context, row, service)))
    return endForFormerPayer(context, fences, row);
  const found = await findInvoice(context, row);
  // A paid purchase stays paid where its invoice can't be found.
  if (found === null && row.status === 'paid') return row;
  const change: PurchaseChange = found === null ? { status: 'cancelled' } : afterInvoice(row, found, context.now());
  return storeState(context, fences, { row, change }, also);
}
