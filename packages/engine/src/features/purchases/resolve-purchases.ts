import { type ItemError, SluiceError } from '@sluice/panel-kind';
import type { HeldLease, PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { type Leases, panelLease, serviceLease } from '../../context/leases.js';
import type { Notice } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { countsIn } from '../../base/lifecycle.js';
import { placeServices } from '../../loop/place.js';
import { chargePurchase, storeShown, toProblem } from './charge.js';
import { endedForPayerNotice, endForFormerPayer, isForPayer, leftForPayerNotice } from './former-payer.js';
import { listUnfinished } from './list-unfinished.js';
import { checkClients } from '../billing/missing-clients.js';
import { filterOwn } from '../billing/open-charges.js';
import { resolveOpen } from '../billing/resolve-open.js';
import { refundPurchase, waitsForPerson } from './refund.js';
import { withNotice } from './purchase-notice.js';
import type { Following } from './store-purchase.js';
import { noticeInVain } from './without-effect.js';
import { endUnwanted, isCycleOver, isWanted } from './unfinished.js';

/** Which purchases to resolve. */
export interface ResolveRequest {
  /** Null: those of services that were removed from the store. */
  panel: string | null;
  /** Only of this service. */
  service: string | null;
  /** Asks about paid purchases of open cycles, too: they may have been refunded. */
  all: boolean;
  leases: Leases;
  /** Id of the run. */
  run: string;
}

/** A purchase to be resolved, and its service; null where that was removed. */
interface DuePurchase {
  row: PurchaseRecord;
  service: ServiceRecord | null;
}

/** One as it is stored now. */
interface OpenPurchase extends DuePurchase {
  /** The service while its client has it; else it is metered and billed as if the purchase were not there. */
  own: ServiceRecord | null;
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
 * cancelled or refunded there since. Leaves out services that another run works on. Those of removed services end.
 *
 * `isClockBelieved`: with a wrong clock a refund would be sent again too early; then all of them are left as they are.
 */
export async function resolvePurchases(
  context: Context,
  request: ResolveRequest,
  isClockBelieved: () => Promise<boolean>,
): Promise<ResolvedPurchases> {
  const { panel, leases } = request;
  const problems = new Map<string, ItemError>();
  const resolved = { paid: 0, problems, notices: [] as Notice[], stored: [] as Notice[] };
  const found = await findDue(context, request);
  if (found.length === 0) return resolved;
  if (!(await isClockBelieved())) return { ...resolved, problems: toLeft(found, panel) };
  const missing = new Set<string>();
  await resolveOpen(context.deps.signal, await findChecked(context, request, found), {
    async withLease({ row }, work) {
      const name = serviceLease(row.service);
      if (!('lease' in (await leases.tryTake(name)))) return;
      const names = panel === null ? [name] : [panelLease(panel), name];
      try {
        await work(leases.toHeld(names));
      } finally {
        await leases.release(name);
      }
    },
    read: (due) => readOpen(context, due),
    resolve: (open, fences) => resolveOne(context, request, { open, fences, resolved }),
    failed({ row, service, own }, error) {
      if (!(error instanceof SluiceError)) throw error;
      if (error.code === 'unknown_client' && row.client !== null && service !== null) missing.add(row.client);
      if (own === null) resolved.notices.push(leftForPayerNotice(row, service, error));
      else if (!waitsForPerson(row, error)) problems.set(own.id, toProblem(error));
    },
  });
  if (missing.size > 0) await checkClients(context, [...missing]);
  return resolved;
}

/** Returns null for a purchase that was changed meanwhile, or whose service was removed or added. */
async function readOpen(context: Context, { row, service: listed }: DuePurchase): Promise<OpenPurchase | null> {
  const current = await context.store.purchases.get(row.id);
  const service = await context.store.services.get(row.service);
  if (current?.status !== row.status || current.refundedAt !== row.refundedAt) return null;
  if ((service === null) !== (listed === null)) return null;
  return { row: current, service, own: (await isForPayer(context, current, service)) ? service : null };
}

/** Resolves one purchase, and reports what became of it. */
async function resolveOne(
  context: Context,
  { run }: ResolveRequest,
  { open, fences, resolved }: { open: OpenPurchase; fences: HeldLease[]; resolved: ResolvedPurchases },
): Promise<void> {
  const { row, service, own } = open;
  const { stored, notices } = resolved;
  const isLate = (tables: StoreTables): Promise<boolean> =>
    isCycleOver({ store: tables, now: () => context.now() }, row);
  const onStored = (notice: Notice): number => stored.push(notice);
  const also = own === null ? undefined : withNotice(context, { run, service: own, isLate, onStored });
  const after = await resolve(context, fences, open, also);
  if (service !== null && after.status === 'pending' && after.actor === 'auto') throw await waits(context, after);
  if (after.status === row.status && (own !== null || after.refundedAt === row.refundedAt)) return;
  if (own === null) {
    notices.push(endedForPayerNotice(after, service));
    return;
  }
  if (after.status === 'paid') resolved.paid++;
  const inVain = await noticeInVain(context, own, after);
  if (inVain !== null) notices.push(inVain);
}

/** An automatic purchase is paid at once or not at all: what is left of it was changed by a person. */
async function waits(context: Context, { id, invoice }: PurchaseRecord): Promise<SluiceError> {
  const { title } = await context.billing();
  const message = `Purchase ${id} waits for the payment of invoice ${invoice}, which a person changed in ${title}. Pay it there, or remove the line of the purchase.`;
  return new SluiceError('billing_unavailable', message, { kind: 'billing', details: { purchase: id, invoice } });
}

/** Nothing more is bought for a service before it is known what its purchase has paid. */
function toLeft(due: readonly DuePurchase[], panel: string | null): ReadonlyMap<string, ItemError> {
  const pending = due.filter(({ row }) => row.status === 'pending');
  return new Map(
    pending.map(({ row: { id, service } }) => {
      const message = `Purchase ${id} is left as it is: the clock of another panel differs from the local clock, and panel "${panel}" does not return its time.`;
      return [service, { code: 'clock_wrong', message }];
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

/** Finds the purchases of a panel that are not finished, and with `all` the paid ones that count in the cycle in which their service is now. */
async function findDue(context: Context, { panel, service, all }: ResolveRequest): Promise<DuePurchase[]> {
  const { purchases, services } = context.store;
  const isAsked = all && panel !== null;
  const paid = isAsked ? await purchases.list({ ...(service !== null && { service }), status: 'paid' }) : [];
  const invoiced = filterOwn(context, paid).filter(({ invoice }) => invoice !== null);
  const rows = [...(await listUnfinished(context, { service, all })), ...invoiced];
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.service))];
  const stored = await services.list({ ids, ...(panel !== null && { panel }) });
  const placements = invoiced.length === 0 ? null : await placeServices(context, stored);
  const known = new Map(stored.map((one) => [one.id, one]));
  return rows
    .map((row) => ({ row, service: known.get(row.service) ?? null }))
    .filter(({ row, service: of }) => {
      if (of === null || row.status !== 'paid') return (of === null) === (panel === null);
      const placed = placements?.get(of.id);
      return placed !== undefined && countsIn({ service: of, ...placed }, row);
    });
}

/** Resolves one purchase as far as the billing system shows, and returns its row. */
async function resolve(
  context: Context,
  fences: HeldLease[],
  { row, own }: OpenPurchase,
  also: Following | undefined,
): Promise<PurchaseRecord> {
  if (row.status === 'refunded') return refundPurchase(context, fences, row, { resend: false, also });
  if (own === null && row.status !== 'paid') return endForFormerPayer(context, fences, row);
  if (own === null || row.invoice !== null) return storeShown(context, fences, { row, cancels: 'none' }, also);
  const wanted = await isWanted(context, row, own);
  return wanted
    ? chargePurchase(context, fences, row, { also })
    : endUnwanted(context, fences, { row, service: own }, also);
}
