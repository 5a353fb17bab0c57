import type { AgreedPrice, PurchaseReport } from '@sluice/contract/documents';
import { type ItemError, SluiceError, toItemError } from '@sluice/panel-kind';
import { compareMoney, formatMoney } from '@sluice/quota-core';
import type { CycleRecord, PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { isOfClient } from '../../base/is-of-client.js';
import { type DueCharge, noCredit, refuseUnchargeable } from '../billing/refusals.js';
import { runDecidedCommand } from '../command/run-command.js';
import { serviceLease } from '../../context/leases.js';
import { readStoppedByPanel } from '../../kernel/run/alarms.js';
import { type Run, withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { readLastingHolds } from '../../kernel/subject/holds.js';
import { refuseOtherClient, requireService } from '../../context/find-service.js';
import { buyWithin, readRaise } from './agent-budget.js';
import { refuseChanged } from './agreed-price.js';
import { readBudgetLeft, type PurchaseBudget } from './budget-left.js';
import { chargePurchase, newPurchase } from './charge.js';
import { loadService } from './load-service.js';
import { type Package, requireOffered } from './packages.js';
import { errorForBuyer } from './for-buyer.js';
import { endUnwanted, isWanted } from './unfinished.js';
import { isLimitTooLow, limitNotRaised, underObserve } from './observed.js';
import { stoppedFor } from '../services/for-reader.js';
import { withNotice } from './purchase-notice.js';
import { ifPaid } from './store-purchase.js';
import { addPurchase, findRepeated, refUsed } from './references.js';
import { findCycleToBuy, requireChargeable } from './cycle-to-buy.js';
import { refKey } from '../../base/purchase-keys.js';
import { toDetail } from './views.js';

/** What to buy. */
export interface PurchaseRequest {
  service: string;
  package: string;
  /** One reference buys once, however often the request is repeated. */
  ref?: string | undefined;
  /** The client that asks: refuses a service that is another's by now, and a package of which a purchase is open. */
  client?: string | undefined;
  /** Refuses a purchase with which those of the same references would cost more. */
  budget?: PurchaseBudget | undefined;
  /** Refuses a package that costs or brings something else by now. */
  agreed?: AgreedPrice | undefined;
  waitMs: number;
}

/**
 * Buys a package for the current cycle of a service: stores the purchase, charges the client, and releases the service if that
 * brings it under its allowance.
 *
 * @throws SluiceError `unknown_package`, `package_not_offered`, `price_changed`, `no_client`, `not_metered_yet`, `no_quota`,
 *   `currency_mismatch`, `client_closed`, `no_credit`, `over_budget`, `purchase_unfinished`, `ref_used`, `wrong_lifecycle`,
 *   `termination_unfinished`, `agent_limit`, and those of a plan that fails: nothing was charged
 */
export async function createPurchase(context: Context, request: PurchaseRequest): Promise<PurchaseReport> {
  const { service: id, waitMs } = request;
  await requireService(context, id);
  const { row, run, repeated } = await withRun(
    context,
    { command: 'purchase create', dryRun: false, service: id },
    async (current) => {
      await refuseEarly(context, request);
      await current.leases.take(serviceLease(id), waitMs);
      await refuseForeign(context, request);
      const known = await findRepeated(context, request);
      const bought =
        known === null ? await buy(context, request, current) : await repeat(context, request, known, current);
      await current.end({ outcome: bought.status === 'failed' ? 'failed' : 'done', changes: true });
      return { row: bought, run: current, repeated: known !== null };
    },
  );
  if (row.status === 'failed') throw noCredit(toDue(row), null);
  const error = row.status === 'paid' ? await enforcePaid(context, id, { waitMs, run: run.id }) : null;
  // What was bought is stored, and what it should have released is not.
  if (error !== null) await run.end({ outcome: 'partial', changes: true, error });
  const holds = await readLastingHolds(context.store, { services: [id] });
  const stillHeld = [...new Set(holds.map(({ reason }) => reason))];
  const isOpen = (reason: string): boolean => holds.some((hold) => hold.reason === reason && hold.releasing !== true);
  const releasing = stillHeld.filter((reason) => !isOpen(reason));
  const purchase = await toDetail(context, row);
  const shown = error !== null && request.client !== undefined ? await errorForBuyer(context, error, purchase) : error;
  const stopped = holds.length > 0 ? {} : await findStopped(context, request);
  return { purchase, repeated, stillHeld, releasing, ...stopped, error: shown };
}

/** Returns what still stops a service without a hold on its panel, as the buyer may read it. */
async function findStopped(
  context: Context,
  { service: id, client }: PurchaseRequest,
): Promise<Pick<PurchaseReport, 'stoppedByPanel'>> {
  const stopped = (await readStoppedByPanel(context.store, [id])).get(id);
  if (stopped === undefined) return {};
  return { stoppedByPanel: stoppedFor(stopped, await requireService(context, id), client) };
}

async function refuseForeign(context: Context, { service, client }: PurchaseRequest): Promise<void> {
  refuseOtherClient(await requireService(context, service), client);
}

/** Refuses what is refused under the lease as well, so that a request in vain does not keep other runs from the service. */
async function refuseEarly(context: Context, request: PurchaseRequest): Promise<void> {
  await refuseForeign(context, request);
  if ((await findRepeated(context, request)) !== null) return;
  try {
    const { bought } = await check(context, request);
    if (request.budget !== undefined) await refuseOverBudget(context.store, request.service, bought, request.budget);
  } catch (error) {
    // The same request at the same time may have spent the credit meanwhile.
    if ((await findRepeated(context, request)) === null) throw error;
  }
}

/** What a purchase is made of. */
interface Order {
  service: ServiceRecord;
  bought: Package;
  client: string;
  cycle: CycleRecord;
}

/** Refuses a purchase that is not possible: nothing is stored for it. */
async function check(context: Context, request: PurchaseRequest): Promise<Order> {
  const service = await requireService(context, request.service);
  const bought = requireOffered(context.config, service, request.package, { reader: request.client });
  refuseChanged(context, bought, request);
  const client = requireChargeable(context, service);
  const cycle = await requireCycle(context, service);
  await checkCredit(context, client, bought);
  return { service, bought, client, cycle };
}

/** Continues the purchase of the same reference, under the lease of the service. */
async function repeat(
  context: Context,
  request: PurchaseRequest,
  known: PurchaseRecord,
  run: Run,
): Promise<PurchaseRecord> {
  await run.start();
  if (known.status !== 'pending' || known.invoice !== null) return known;
  const service = await requireService(context, known.service);
  if (await isWanted(context, known, service)) return charge(context, run, known, { service, isNew: false });
  const ended = await endUnwanted(context, run.leases.held, { row: known, service });
  if (ended.status === 'failed') throw refUsed(request, ended);
  return ended;
}

/** Stores a new purchase and charges it, under the lease of the service. */
async function buy(context: Context, request: PurchaseRequest, run: Run): Promise<PurchaseRecord> {
  const { service, bought, client, cycle } = await check(context, request);
  const key = request.ref === undefined ? null : refKey(request.ref);
  const row = newPurchase(context, bought, { service: service.id, client, cycle: cycle.id, actor: 'manual', key });
  const raises = await readRaise(context, service, row, run.id);
  return buyWithin(context, await context.panel(service.panel), raises, async () => {
    await context.write(run.leases.held, async (tables) => {
      // A reference of an operator says that another one is wanted; those of clients would make invoices without end.
      if (key === null || request.client !== undefined) await refuseUnfinished(tables, row);
      if (request.budget !== undefined) await refuseOverBudget(tables, service.id, bought, request.budget);
      await addPurchase(tables, request, row);
      await run.start(tables);
    });
    return charge(context, run, row, { service, isNew: true });
  });
}

/** Charges a stored purchase; the error of one that stays open says so. */
async function charge(
  context: Context,
  run: Run,
  row: PurchaseRecord,
  { service, isNew }: Pick<Order, 'service'> & { isNew: boolean },
): Promise<PurchaseRecord> {
  // The answer says what is refused, or waits for its payment.
  const also = ifPaid(withNotice(context, { run: run.id, service, onStored: () => undefined }));
  try {
    return await chargePurchase(context, run.leases.held, row, { isNew, also });
  } catch (error) {
    const stored = await context.store.purchases.get(row.id);
    if (!(error instanceof SluiceError) || stored?.status !== 'pending') throw error;
    const reason = error.message.replace(/[.;:]?$/, '.');
    const message = `${reason} Purchase ${row.id} stays open: the next run charges it, unless it is cancelled.`;
    const { kind, code, cause } = error;
    throw new SluiceError(code, message, { kind, cause, details: { ...error.details, purchase: row.id } });
  }
}

async function refuseUnfinished(tables: StoreTables, row: PurchaseRecord): Promise<void> {
  const open = await tables.purchases.list({ service: row.service, status: 'pending' });
  const same = open.find((each) => each.package === row.package && isOfClient(each, row.client));
  if (same === undefined) return;
  const state = same.invoice === null ? 'is not finished' : `waits for the payment of invoice ${same.invoice}`;
  throw new SluiceError(
    'purchase_unfinished',
    `Purchase ${same.id} of package ${same.package} for "${row.service}" ${state}: nothing was charged again`,
    { details: { service: row.service, purchase: same.id } },
  );
}

async function refuseOverBudget(
  tables: Pick<StoreTables, 'purchases'>,
  service: string,
  bought: Package,
  budget: PurchaseBudget,
): Promise<void> {
  const { id, price, currency } = bought;
  const left = await readBudgetLeft(tables, budget);
  if (compareMoney(price, left) <= 0) return;
  throw new SluiceError(
    'over_budget',
    `${formatMoney(price, currency)} for package ${id} is more than the ${formatMoney(left, currency)} that are left of ${formatMoney(budget.amount, currency)}; nothing was charged`,
    { details: { service, package: id } },
  );
}

/** Returns the current cycle of a service with a limited quota; extra traffic has no effect on others. */
async function requireCycle(context: Context, service: ServiceRecord): Promise<CycleRecord> {
  const { cycle, refused } = findCycleToBuy(await loadService(context, service));
  if (refused === null) return cycle;
  throw new SluiceError(refused.code, refused.message, { details: { service: service.id } });
}

/** Refuses before anything is stored. Without credit a purchase is possible only where clients can pay the invoice. */
async function checkCredit(context: Context, client: string, { id, price, currency }: Package): Promise<void> {
  const billing = await context.billing();
  const credit = await billing.credit(client, context.deps.signal);
  refuseUnchargeable(credit, currency);
  if (!billing.clientsPay && compareMoney(credit.balance, price) < 0)
    throw noCredit(toDue({ client, package: id, price, charged: null, currency }), credit.balance);
}

function toDue(row: Pick<PurchaseRecord, 'client' | 'package' | 'price' | 'charged' | 'currency'>): DueCharge {
  const { client, price, charged, currency } = row;
  return { client: client ?? '', what: `package "${row.package}"`, amount: charged ?? price, currency };
}

/**
 * Ends the holds that the purchase ends, by the last reading, and raises the quota of a panel that would stop the service at it; returns why
 * that failed.
 */
async function enforcePaid(
  context: Context,
  id: string,
  { waitMs, run }: { waitMs: number; run: string },
): Promise<ItemError | null> {
  // A hold may have ended in an earlier attempt that could not undo its restriction.
  const isHeld = (await readLastingHolds(context.store, { services: [id] })).length > 0;
  const { panel } = await requireService(context, id);
  if (!isHeld && context.findKind(panel)?.keepsQuota !== true) return null;
  try {
    const { work } = await runDecidedCommand(
      context,
      id,
      { command: 'purchase create', dryRun: false, waitMs, run, byCustomer: true },
      () => ({ storeTarget: () => Promise.resolve(), preview: (loaded) => loaded }),
    );
    if (work.error !== null || work.enforcement.value !== 'observe') return work.error;
    if (isHeld) return underObserve(work.service);
    return isLimitTooLow(context, await context.panel(panel), work) ? limitNotRaised(work.service) : null;
  } catch (error) {
    return toItemError(error);
  }
}
