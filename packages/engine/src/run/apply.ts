import { setImmediate as answersTaken } from 'node:timers/promises';
import type { AccountOrder, Plan } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { enforcementOf } from '../enforcement.js';
import { type Leases, panelLease, serviceLease } from '../leases.js';
import { sideBySide } from '../side-by-side.js';
import { loadRemembered } from './checkpoint.js';
import { settleCycle } from './decide.js';
import { factsHold, leaveOut, skipLeased } from './facts.js';
import { sampleOf } from './observe.js';
import { applyPlan } from './perform.js';
import { planWork } from './plan.js';
import type { Treatment } from './report.js';
import { settleUnsettled } from './resolve.js';
import { loadHoldsOfSharers, planWithSharers } from './sharing.js';
import { fail, type FencedRun, isOrderRow, type RunOnPanel, type Work } from './work.js';

/** Services that are changed at the same time; the transport limits the calls. */
const AT_ONCE = 16;

/** Writes down readings, cycles and the holds that begin and end, before anything is changed on the panel. */
export async function commit(
  tables: StoreTables,
  works: Work[],
  treatment: (work: Work) => Treatment,
  { at, stopped }: { at: string; stopped: boolean },
): Promise<void> {
  await tables.samples.add(works.map(sampleOf).filter((sample) => sample !== null));
  // The calls of the next pages go on: nothing here keeps their answers waiting for long.
  await answersTaken();
  // A reading that the brake stopped is kept as a sample, but is no peak to measure later ones against.
  const accepted = stopped ? works.filter((work) => treatment(work).observing) : works;
  for (const work of accepted) settleCycle(work);
  await tables.cycles.put(accepted.flatMap((work) => [work.closing, work.cycle]).filter((cycle) => cycle !== null));
  for (const work of accepted) await forgetWrongCycles(work, tables);
  for (const work of works) {
    if (treatment(work).shownOnly) {
      // Drafts are only shown: they never become holds.
      work.holds = work.holds.filter((hold) => !work.opens.some((open) => open.reason === hold.reason));
    } else if (work.holds.length > 0 || work.closes.length > 0) {
      await commitHolds(work, at, tables);
    }
  }
}

/** Forgets cycles that a wrong clock opened; all that was bought for them is for the cycle that runs. */
async function forgetWrongCycles({ cycle, wrongCycles, service }: Work, tables: StoreTables): Promise<void> {
  if (cycle === null || wrongCycles.length === 0) return;
  const cycles = wrongCycles.map(({ id }) => id);
  for (const purchase of await tables.purchases.list({ service: service.id, cycles }))
    await tables.purchases.update(purchase.id, { cycle: cycle.id });
  await tables.cycles.remove(cycles);
}

async function commitHolds(work: Work, at: string, tables: StoreTables): Promise<void> {
  for (const hold of work.holds) {
    if (work.opens.some((open) => open.reason === hold.reason)) await tables.holds.add(hold);
    else if (work.usage && !work.closes.includes(hold)) {
      const limit = work.decision?.limits.find((one) => one.limit === hold.reason);
      if (limit?.allowedBytes == null) continue;
      // The figures that the hold now rests on: a release is measured against them.
      const { usedBytes, allowedBytes } = limit;
      const change = { cycle: work.cycle?.id ?? null, usedBytes, allowedBytes };
      if (hold.cycle !== change.cycle || hold.allowedBytes !== change.allowedBytes)
        await tables.holds.update(hold.id, change);
      Object.assign(hold, change);
    }
  }
  for (const hold of work.closes) await tables.holds.end(hold.id, at);
  work.held = work.opens.length > 0;
  work.released = work.closes.length > 0;
  work.holds = work.holds.filter((hold) => !work.closes.includes(hold));
  work.closes = [];
  work.opens = [];
}

/** Carries out what the holds call for, service by service, each under its own lease. */
export async function carryOut(on: RunOnPanel, due: Work[], leases: Leases): Promise<void> {
  const work = (one: Work): Promise<void> => enforceUnderLease(on, one, leases);
  const stopped = (): boolean => on.session.deps.signal.aborted;
  await sideBySide(
    due.filter(({ sharers }) => sharers.length === 0),
    AT_ONCE,
    work,
    stopped,
  );
  // What services share is changed once: each sees what was done for the one before.
  await sideBySide(
    due.filter(({ sharers }) => sharers.length > 0),
    1,
    work,
    stopped,
  );
}

async function enforceUnderLease(on: RunOnPanel, work: Work, leases: Leases): Promise<void> {
  const needsChange = work.unsettled.length > 0 || hasPlan(on, work);
  if (!needsChange) return;
  const name = serviceLease(work.service.id);
  const result = await leases.tryTake(name);
  if (!('lease' in result)) {
    skipLeased(work, result.heldBy);
    return;
  }
  try {
    const current = await refreshed(on, work);
    if (current) await enforceService({ ...on, fences: leases.heldOf([panelLease(on.panel.name), name]) }, work);
  } finally {
    await leases.release(name);
  }
}

/** A change that ended during this run was begun no longer ago than this. */
const LONGEST_CHANGE_MS = 3_600_000;

/**
 * Looks again, under the service's lease, where the first look was a partial one or another run has changed the service
 * since. False when a command has changed what the decision rests on: then it is left to the next run.
 */
async function refreshed({ session, panel, run, scope }: RunOnPanel, work: Work): Promise<boolean> {
  const { service, observation } = work;
  if (!(await factsHold(session.store, work))) {
    leaveOut(work);
    return false;
  }
  const lookedAt = observation?.at ?? session.now();
  const since = new Date(Date.parse(lookedAt) - LONGEST_CHANGE_MS).toISOString();
  const others = (await session.store.actions.list({ service: service.id, since })).filter(
    (row) => row.run !== run && (row.settledAt ?? row.plannedAt) >= lookedAt,
  );
  if (others.length === 0 && observation?.partial !== true && work.sharers.length === 0) return true;
  work.remembered = (await loadRemembered(session, panel, [service])).get(service.id) ?? work.remembered;
  const seen = await panel.observe([service], session.deps.signal, { scope, fresh: true });
  work.observation = seen.get(service.id) ?? null;
  return true;
}

function hasPlan(on: RunOnPanel, work: Work): boolean {
  const plan = planWork(on, { ...work });
  return plan.steps.length > 0 || plan.settle.length > 0 || plan.moves.length > 0 || plan.refs !== undefined;
}

/** How one service is enforced. */
export interface EnforceOptions {
  /** Ordered by name: carried out under `observe` too. */
  byName?: boolean;
  order?: AccountOrder | null;
  password?: string | null;
  /** Called with each plan before it is applied. */
  onPlan?: (plan: Plan) => void;
}

/** A plan that goes on and on would be a fault of an adapter: it ends here. */
const MOST_ROUNDS = 12;

/**
 * Brings one service to where its holds want it: settles what is in doubt, plans anew from what the store says now
 * (its lease is held), and applies, looking again as long as the plan says that more follows. The switch is looked
 * at before each change, so that `observe PANEL` stops a run under way.
 */
export async function enforceService(on: FencedRun, work: Work, options: EnforceOptions = {}): Promise<void> {
  const { session, panel, scope } = on;
  const filter = { services: [work.service.id] };
  work.holds = await session.store.holds.open(filter);
  work.evidence = await session.store.evidence.open(filter);
  work.unsettled = (await session.store.actions.unsettled(filter)).filter((action) => !isOrderRow(action));
  const settled = await settleUnsettled(on, work);
  if (!settled) return;
  const isStopped = async (tables: StoreTables): Promise<boolean> => {
    if (options.byName === true) return false;
    const switches = await tables.switches.list();
    const enforcement = enforcementOf(session.config, switches, panel.name, work.service.product);
    if (enforcement.value === 'observe') work.enforcement = enforcement;
    else if (!(await factsHold(tables, work))) leaveOut(work);
    return enforcement.value === 'observe' || work.changedMeanwhile;
  };
  if (await isStopped(session.store)) return;
  for (let round = 1; ; round++) {
    await loadHoldsOfSharers(session, panel, [work]);
    const plan = await planWithSharers(session, panel, work, () => planWork(on, work, options.order ?? null));
    options.onPlan?.(plan);
    const before = work.actions.length;
    const { movesLost } = await applyPlan(on, work, plan, {
      password: options.password ?? null,
      isStopped,
      apply: (step, context) => panel.apply(work.service, step, context),
    });
    const done = work.actions
      .slice(before)
      .every((action) => action.state === 'applied' || action.state === 'unneeded');
    const goesOn = movesLost || (plan.again === true && done);
    if (!goesOn || session.deps.signal.aborted || (await isStopped(session.store))) return;
    if (round === MOST_ROUNDS) {
      fail(work, {
        code: 'not_finished',
        message: `"${work.service.id}": still not as it should be after ${MOST_ROUNDS} rounds; look at "sluice plan"`,
      });
      return;
    }
    const seen = await panel.observe([work.service], session.deps.signal, { scope, fresh: true });
    work.observation = seen.get(work.service.id) ?? null;
  }
}
