import { type ItemError, SluiceError } from '@sluice/panel-kind';
import type { AutoBuyRecord, PurchaseRecord } from '@sluice/state-store';
import { buyWithin, withPending } from './agent-budget.js';
import { draftPurchases, findWish, withDrafts } from './auto-buy.js';
import { type Refusal, refusedNotice, type Wish } from './refused-buy.js';
import { chargePurchase, toProblem } from './charge.js';
import { ifPaid } from './store-purchase.js';
import { isStillMeant, type Ordered, storeIntent } from './intent.js';
import { noticesWithoutEffect } from './without-effect.js';
import { wouldBuy } from './would-buy.js';
import { isAutomatic, listOwnPurchases } from '../preferences/preferences.js';
import { figuresWith, withNotice } from './purchase-notice.js';
import { type ResolvedPurchases, resolvePurchases } from './resolve-purchases.js';
import { isClockBelievedOn } from '../../context/clock-guard.js';
import { panelLease, serviceLease } from '../../context/leases.js';
import { type Notice, reportNotices, shownNotice } from '../../kernel/run/notice.js';
import { planAll } from '../../loop/plan.js';
import { findRaise } from '../../kernel/subject/raise.js';
import type { PanelRun, PartHooks } from '../../loop/run-part.js';
import { readStoppedByPanel } from '../../kernel/run/alarms.js';
import type { Decided, Planned } from '../../kernel/subject/stages.js';
import { isUnseen, saysStopped, withError } from '../../kernel/subject/to-stage.js';
import { readPreferences } from '../../kernel/subject/auto-buy-rule.js';

/** Purchases of a run: those of earlier runs and commands, and what services buy automatically. */
interface Buying {
  readonly run: PanelRun;
  readonly preferences: readonly AutoBuyRecord[];
  /** Purchases of earlier runs and commands, resolved before the services were loaded. */
  readonly resolved: ResolvedPurchases;
  /** What services would buy, or why they can't, by id. */
  readonly wishes: Map<string, Wish | Refusal>;
  /** Services as they were decided before their purchases were drafted, and with these, and the notices of the drafts. */
  drafted: {
    readonly before: readonly Decided[];
    readonly after: readonly Decided[];
    readonly notices: readonly Notice[];
  };
}

/** Automatic purchases in the run over one panel. Open purchases are resolved before the services are loaded. */
export async function beginBuying(run: PanelRun): Promise<PartHooks> {
  const { context, results, request } = run;
  const preferences = await readPreferences(context.store, context.now());
  const resolved = request.dryRun ? NOTHING : await resolveUnfinished(run);
  const drafted = { before: [], after: [], notices: [] };
  const buying: Buying = { run, preferences, resolved, wishes: new Map(), drafted };
  return {
    wouldCharge(decided) {
      const wish = findWish(run, preferences, decided);
      return wish !== null && !('refused' in wish);
    },
    afterDecide: (decided) => withWish(buying, decided),
    async beforePlan(open) {
      const { subjects, notices } = await draftPurchases(run, open, buying.wishes);
      buying.drafted = { before: open, after: subjects, notices };
      return subjects;
    },
    async afterBrake(planned, { stopped }) {
      const wouldBuyAll = planned.flatMap(({ service, buys }) => buys.map((row) => wouldBuy(context, service, row)));
      if (run.request.dryRun) results.changes ||= wouldBuyAll.length > 0;
      // What the brake stopped is shown to the operator who has to decide.
      run.notices.push(
        ...(stopped ? [] : buying.drafted.notices),
        ...(stopped || run.request.dryRun ? wouldBuyAll : []),
      );
      if (stopped) return planWithoutBuys(buying, planned);
      return run.request.dryRun ? planned : buyDrafts(buying, planned);
    },
    afterApply(applied) {
      if (!run.request.dryRun) run.notices.push(...noticesWithoutEffect(context.config, applied));
      return Promise.resolve(applied);
    },
  };
}

const NOTHING: ResolvedPurchases = { paid: 0, problems: new Map(), notices: [], stored: [] };

async function resolveUnfinished({ context, panel, only, request, leases, report, results, start }: PanelRun) {
  const { name } = panel;
  const of = { panel: name, service: only?.id ?? null, all: request.observeAll, leases, run: report.run.id };
  const resolved = await resolvePurchases(context, of, () => isClockBelievedOn(context, name, start));
  results.totals.purchased += resolved.paid;
  results.changes ||= resolved.notices.length + resolved.stored.length > 0;
  report.notices.push(...resolved.stored.map(shownNotice));
  await reportNotices(context, report, resolved.notices, leases.held);
  return resolved;
}

/** Notes what a service would buy; a purchase that could not be resolved is its error. */
function withWish({ run, preferences, resolved, wishes }: Buying, decided: Decided): Decided {
  const { id } = decided.service;
  const problem = resolved.problems.get(id);
  if (problem !== undefined) return withError(decided, problem);
  const wish = findWish(run, preferences, decided);
  if (wish === null) return decided;
  wishes.set(id, wish);
  return { ...decided, more: { changesPanel: false, removes: false } };
}

/** Plans services as if they bought nothing. */
function planWithoutBuys({ run, drafted }: Buying, planned: readonly Planned[]): Promise<Planned[]> {
  const buying = new Set(planned.filter(({ buys }) => buys.length > 0).map(({ service }) => service.id));
  return planAgain(
    run,
    planned,
    drafted.before.filter(({ service }) => buying.has(service.id)),
  );
}

async function planAgain(run: PanelRun, planned: readonly Planned[], changed: readonly Decided[]): Promise<Planned[]> {
  if (changed.length === 0) return [...planned];
  const again = new Map((await planAll(run, changed)).map((work) => [work.service.id, work]));
  return planned.map((work) => again.get(work.service.id) ?? work);
}

/** Buys what was drafted; services that got less are decided and planned again with what was paid. */
async function buyDrafts(buying: Buying, planned: readonly Planned[]): Promise<Planned[]> {
  const { run, drafted } = buying;
  const buyers = planned.filter(({ buys }) => buys.length > 0);
  const sharing = buyers.filter(({ sharers }) => sharers.length > 0);
  try {
    const changed = await leaveRefused(buying, sharing);
    for (const first of buyers) {
      if (isAmong(changed, first)) continue;
      const work = await planBeside(run, first, { drafted: drafted.after, changed });
      const bought = await buyReserved(buying, work);
      run.results.totals.purchased += bought.paid.length;
      run.results.changes ||= bought.paid.length > 0;
      if (bought.paid.length < work.buys.length) changed.push(...withLess(buying, work, bought));
    }
    return await planAgain(run, planned, changed);
  } finally {
    for (const { service } of sharing) await run.leases.release(serviceLease(service.id));
  }
}

/**
 * Returns which of the services that share get nothing, as if they bought nothing: what their neighbours buy may then have no effect, so
 * that is found before anything is paid. Keeps the leases of the others.
 */
async function leaveRefused(buying: Buying, sharing: readonly Planned[]): Promise<Decided[]> {
  const { run, drafted } = buying;
  const left: Decided[] = [];
  for (let before = -1; before < left.length;) {
    before = left.length;
    for (const first of sharing) {
      if (isAmong(left, first)) continue;
      const work = await planBeside(run, first, { drafted: drafted.after, changed: left });
      const refused = await findRefusal(run, work);
      if (refused !== null) left.push(...withLess(buying, work, { ...GOT_NOTHING, refused }));
      else if (!(await takeLease(run, work)) || !(await isStillDrafted(buying, work)))
        left.push(...withLess(buying, work, GOT_NOTHING));
    }
  }
  return left;
}

const isAmong = (changed: readonly Decided[], { service }: Planned): boolean =>
  changed.some((each) => each.service.id === service.id);

/** Returns a service that got less than was drafted as it is decided with that, and notes why. */
function withLess({ run, drafted }: Buying, work: Planned, { paid, problem, refused }: Bought): Decided[] {
  if (refused !== undefined) run.notices.push(refusedNotice(run.context, work, refused));
  const decided = drafted.before.find(({ service }) => service.id === work.service.id);
  return decided === undefined ? [] : [withError(withDrafts(run, decided, paid), problem)];
}

/** Acquires the lease of a service, unless this run has it already; returns false where another one has it. */
async function takeLease({ leases }: PanelRun, { service }: Planned): Promise<boolean> {
  const name = serviceLease(service.id);
  return leases.toHeld([name]).length > 0 || 'lease' in (await leases.tryTake(name));
}

/** Whether the first of what a service buys may still be stored. */
async function isStillDrafted(buying: Buying, work: Planned): Promise<boolean> {
  const { context } = buying.run;
  const [row] = work.buys;
  return (
    row === undefined || isStillMeant(context, context.store, { work, paid: [], isWished: toWished(buying, work) }, row)
  );
}

/** Returns a test whether a service, as it was decided before its purchases, buys one by preferences. */
function toWished({ run, drafted }: Buying, { service, purchases, buys }: Planned): Ordered['isWished'] {
  const decided = drafted.before.find((each) => each.service.id === service.id);
  const drafts = new Set(buys.map(({ id }) => id));
  const before = purchases.filter(({ id }) => !drafts.has(id));
  return (stored, row, paid) => {
    const wish = decided === undefined ? null : findWish(run, stored, decided);
    if (wish === null || 'refused' in wish || wish.package.id !== row.package) return false;
    const bought = listOwnPurchases(row.client, [...before, ...paid]).filter(isAutomatic);
    return bought.length < wish.maxPerCycle;
  };
}

/** Plans a service again where one that shares with it got less than the plan counts with: its hold may stay. */
async function planBeside(
  run: PanelRun,
  work: Planned,
  { drafted, changed }: { drafted: readonly Decided[]; changed: readonly Decided[] },
): Promise<Planned> {
  const { id } = work.service;
  const sharers = work.sharers.map(({ service }) => service.id);
  if (!changed.some(({ service }) => sharers.includes(service.id))) return work;
  const now = new Map([...drafted, ...changed].map((decided) => [decided.service.id, decided]));
  const again = await planAll(
    run,
    [id, ...sharers].flatMap((each) => now.get(each) ?? []),
  );
  return again.find(({ service }) => service.id === id) ?? work;
}

/** What a service got of its drafts, and why it got no more. */
interface Bought {
  paid: PurchaseRecord[];
  problem: ItemError | null;
  refused?: Refusal;
}

const GOT_NOTHING: Bought = { paid: [], problem: null };

/** Buys what was drafted for one service, or nothing of it where its plan fails or the limit of an agent has no room for it. */
async function buyReserved(buying: Buying, work: Planned): Promise<Bought> {
  const { run } = buying;
  const known = await findRefusal(run, work);
  if (known !== null) return { ...GOT_NOTHING, refused: known };
  try {
    const raises = await withPending(run.context, work, findRaise(work));
    return await buyWithin(run.context, run.panel, raises, () => buyAll(buying, work));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const { code, message } = error;
    if (code === 'agent_limit') return { ...GOT_NOTHING, refused: { refused: code, why: message } };
    return { paid: [], problem: { code, message } };
  }
}

/** Returns why what a service buys would have no effect, as far as it is known before anything is paid. */
async function findRefusal(run: PanelRun, work: Planned): Promise<Refusal | null> {
  if (work.error !== null) return { refused: work.error.code, why: work.error.message };
  const stopped = await findStopped(run, work);
  return stopped === null ? null : { refused: 'stopped-by-panel', why: stopped };
}

/** Returns what would still stop a service that has bought, as this run observed it or, where it did not, the last one that did. */
async function findStopped(
  { context, panel }: PanelRun,
  { service, plan, observation }: Planned,
): Promise<string | null> {
  // The rest of it needs the traffic.
  if (plan?.stopsPart === true) return null;
  const stops = (plan?.notices ?? []).filter(saysStopped).map(({ message }) => message);
  if (stops.length > 0) return stops.join('; ');
  const message = (await readStoppedByPanel(context.store, [service.id])).get(service.id)?.message ?? null;
  return message === null || (observation !== null && !isUnseen(panel, observation, message)) ? null : message;
}

/** Buys the packages of one service until one is not paid. */
async function buyAll(buying: Buying, work: Planned): Promise<Bought> {
  const { run } = buying;
  const { context, leases, panel, report } = run;
  const isWished = toWished(buying, work);
  const paid: PurchaseRecord[] = [];
  const name = serviceLease(work.service.id);
  if (!(await takeLease(run, work))) return { paid, problem: null };
  const fences = leases.toHeld([panelLease(panel.name), name]);
  const { service } = work;
  const onStored = (notice: Notice): number => report.notices.push(shownNotice(notice));
  const figures = (row: PurchaseRecord) => figuresWith(work, [...paid, row]);
  const also = ifPaid(withNotice(context, { run: report.run.id, service, figures, onStored }));
  try {
    for (const row of work.buys) {
      if (context.deps.signal.aborted || !(await storeIntent(context, { work, paid, isWished, fences }, row))) break;
      const bought = await chargePurchase(context, fences, row, { isNew: true, also });
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
