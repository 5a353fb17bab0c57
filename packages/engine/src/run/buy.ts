import { readPreferences } from '../purchases/link-budget.js';
import { type ItemError, SluiceError } from '@sluice/panel-kind';
import type { AutoBuyRecord, HeldLease, PurchaseRecord } from '@sluice/state-store';
import { buyWithin } from '../purchases/agent-budget.js';
import { findWish, type Refusal, refusedNotice, type Wish, withDrafts } from '../purchases/auto-buy.js';
import { chargePurchase, toProblem } from '../purchases/charge.js';
import { purchaseNotice, type ResolvedPurchases, resolvePurchases } from '../purchases/resolve-purchases.js';
import { type Leases, panelLease, serviceLease } from '../leases.js';
import { storedFacts, toOwnFacts } from './facts.js';
import type { Notice } from './notices.js';
import { planAll } from './plan.js';
import { findRaise } from './preview-raise.js';
import { reportNotices, type ReportedRun } from './report.js';
import type { RunRequest } from './request.js';
import { type Decided, type Planned, type RunOnPanel, withError } from './stages.js';

/** Auto-buy in the run over one panel. */
export interface Buying {
  readonly preferences: readonly AutoBuyRecord[];
  /** Purchases of earlier runs and commands, resolved before the services were loaded. */
  readonly resolved: ResolvedPurchases;
  /** What services would buy, or why they can't, by id. */
  readonly wishes: Map<string, Wish | Refusal>;
}

type BuyingRun = RunOnPanel & ReportedRun & { readonly request: RunRequest; readonly leases: Leases };

/** Resolves open purchases of the panel, before its services are loaded. A dry run only reads the preferences. */
export async function beginBuying(run: BuyingRun, service: string | null): Promise<Buying> {
  const { session, panel, request, leases, report, results } = run;
  const preferences = await readPreferences(session);
  const nothing: ResolvedPurchases = { paid: 0, problems: new Map(), notices: [] };
  if (request.dryRun) return { preferences, resolved: nothing, wishes: new Map() };
  const resolved = await resolvePurchases(session, {
    panel: panel.name,
    service,
    all: request.observeAll,
    leases,
  });
  results.totals.purchased += resolved.paid;
  results.changes ||= resolved.notices.length > 0;
  await reportNotices(session, report, resolved.notices, leases.held);
  return { preferences, resolved, wishes: new Map() };
}

/** Notes what a service would buy; a purchase that could not be resolved is its error. */
export function withWish(run: RunOnPanel & { readonly buying: Buying }, decided: Decided): Decided {
  const { preferences, resolved, wishes } = run.buying;
  const { id } = decided.service;
  const problem = resolved.problems.get(id);
  if (problem !== undefined) return withError(decided, problem);
  const wish = findWish(run, preferences, decided);
  if (wish !== null) wishes.set(id, wish);
  return decided;
}

/** Plans services as if they bought nothing. */
export function planWithoutBuys(
  run: RunOnPanel & { readonly request: RunRequest },
  planned: readonly Planned[],
  before: readonly Decided[],
): Promise<Planned[]> {
  const buying = new Set(planned.filter(({ buys }) => buys.length > 0).map(({ service }) => service.id));
  return planAgain(
    run,
    planned,
    before.filter(({ service }) => buying.has(service.id)),
  );
}

async function planAgain(
  run: RunOnPanel & { readonly request: RunRequest },
  planned: readonly Planned[],
  changed: readonly Decided[],
): Promise<Planned[]> {
  if (changed.length === 0) return [...planned];
  const again = new Map((await planAll(run, changed)).map((work) => [work.service.id, work]));
  return planned.map((work) => again.get(work.service.id) ?? work);
}

/** Buys what was drafted; services that got less are decided and planned again with what was paid. */
export async function buyDrafts(
  run: BuyingRun,
  planned: readonly Planned[],
  before: readonly Decided[],
): Promise<{ works: Planned[]; notices: Notice[] }> {
  const notices: Notice[] = [];
  const changed: Decided[] = [];
  for (const work of planned) {
    if (work.buys.length === 0) continue;
    const { paid, problem, refused = null } = await buyReserved(run, work);
    if (refused !== null) notices.push(refusedNotice(work, refused));
    run.results.totals.purchased += paid.length;
    run.results.changes ||= paid.length > 0;
    notices.push(...paid.map((row) => purchaseNotice(run.session.config, work.service, row)));
    if (paid.length === work.buys.length) continue;
    const decided = before.find(({ service }) => service.id === work.service.id);
    if (decided !== undefined) changed.push(withError(withDrafts(run, decided, paid), problem));
  }
  return { works: await planAgain(run, planned, changed), notices };
}

/** What a service got of its drafts, and why it got no more. */
interface Bought {
  paid: PurchaseRecord[];
  problem: ItemError | null;
  refused?: Refusal;
}

/** Buys what was drafted for one service, or nothing of it where the limit of an agent has no room for it. */
async function buyReserved(run: BuyingRun, work: Planned): Promise<Bought> {
  try {
    return await buyWithin(run.session, run.panel, findRaise(work), () => buyAll(run, work));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const { code, message } = error;
    if (code === 'agent_limit') return { paid: [], problem: null, refused: { refused: code, why: message } };
    return { paid: [], problem: { code, message } };
  }
}

/** Buys the packages of one service until one is not paid. */
async function buyAll(run: BuyingRun, work: Planned): Promise<Bought> {
  const { session, leases, panel } = run;
  const paid: PurchaseRecord[] = [];
  const name = serviceLease(work.service.id);
  if (!('lease' in (await leases.tryTake(name)))) return { paid, problem: null };
  const fences = leases.toHeld([panelLease(panel.name), name]);
  try {
    for (const row of work.buys) {
      if (session.deps.signal.aborted || !(await storeIntent(run, { work, paid, fences }, row))) break;
      const bought = await chargePurchase(session, fences, row);
      if (bought.status !== 'paid') break;
      paid.push(bought);
    }
    return { paid, problem: null };
  } catch (error) {
    if (error instanceof SluiceError) return { paid, problem: toProblem(error) };
    throw error;
  } finally {
    await leases.release(name);
  }
}

/** Stores a purchase before its charge, unless a command changed the service since it was read. */
async function storeIntent(
  { session }: BuyingRun,
  { work, paid, fences }: { work: Planned; paid: readonly PurchaseRecord[]; fences: HeldLease[] },
  row: PurchaseRecord,
): Promise<boolean> {
  const { id } = work.service;
  const bought = new Set(work.buys.map((each) => each.id));
  const purchases = [...work.purchases.filter((each) => !bought.has(each.id)), ...paid];
  return session.write(fences, async (tables) => {
    const facts = (await storedFacts(tables, [id])).get(id);
    if (facts !== toOwnFacts({ ...work, purchases })) return false;
    return tables.purchases.add(row);
  });
}
