import { type AccountCommand, type Plan, RESTRICTED_FOR_ENDED } from '@sluice/panel-kind';
import type { EvidenceRecord, HeldLease, StoreTables } from '@sluice/state-store';
import { noteToRestrict } from '../context/change-holds.js';
import { type Leases, panelLease, serviceLease } from '../context/leases.js';
import { runConcurrently } from '../base/run-concurrently.js';
import { isAccountThere } from '../kernel/subject/account.js';
import { factsHold, leaveOut, skipLeased } from '../kernel/subject/facts.js';
import type { CommandPassword } from '../kernel/changes/journal.js';
import { applyPlan, readSwitch, type Stop, type ReadStop, stoppedBy } from '../kernel/changes/perform.js';
import { planOne, planSteps, toTargetState, withStopsNow } from './plan.js';
import { findLiftChange, noteLifted, noteLowered } from '../kernel/subject/lifts.js';
import { findProven, noteRestricted } from '../kernel/subject/holds.js';
import { loadHistory } from '../kernel/subject/history.js';
import { observeAgain } from './observe.js';
import { resolveActions } from './resolve.js';
import { findSharers, loadHoldsOfSharers } from './sharing.js';
import { withStopsLeft } from './stops.js';
import type { Applied, FencedRun, RunOnPanel } from '../kernel/subject/stages.js';
import { withError } from '../kernel/subject/to-stage.js';
import { isCommandRow } from '../kernel/subject/command-row.js';

/** Services changed at the same time; the transport limits the calls. */
const AT_ONCE = 16;

/** Makes the changes of the services, each under its own lease. */
export async function carryOut(on: RunOnPanel, due: readonly Applied[], leases: Leases): Promise<Applied[]> {
  const done: Applied[] = [];
  const enforce = async (work: Applied): Promise<void> => {
    done.push(await enforceUnderLease(on, work, leases));
  };
  const stopped = (): boolean => on.context.deps.signal.aborted;
  const alone = due.filter(({ sharers }) => sharers.length === 0);
  const sharing = due.filter(({ sharers }) => sharers.length > 0);
  await runConcurrently(alone, AT_ONCE, enforce, stopped);
  // Shared resources are changed once: one service after the other. What a checkpoint keeps of one that has ended is known to the next run.
  const mayFollow = on.panel.history?.checkpoint === undefined;
  const isWaiting = ({ error }: Applied): boolean => mayFollow && error?.code === RESTRICTED_FOR_ENDED;
  const ready = sharing.filter((work) => !isWaiting(work));
  await runConcurrently(ready, 1, enforce, stopped);
  const enforceAfter = async (work: Applied): Promise<void> => enforce(await plannedAfterEnded(on, work));
  await runConcurrently(sharing.filter(isWaiting), 1, enforceAfter, stopped);
  return Promise.all(done.map(async (work) => (work.sharers.length === 0 ? work : withStopsLeft(on, work))));
}

/** Plans a service whose account was restricted for one that has ended: by now, that may be undone. */
async function plannedAfterEnded(on: RunOnPanel, work: Applied): Promise<Applied> {
  const observation = await observeAgain(on, work);
  const [found = work] = await findSharers(on, [{ ...work, observation, error: null }]);
  return planOne(on, found);
}

async function enforceUnderLease(on: RunOnPanel, work: Applied, leases: Leases): Promise<Applied> {
  const { plan, target } = planSteps(on, work);
  const isLiftNoted = findLiftChange(on, work, target) !== 'begins';
  if (work.unresolved.length === 0 && !hasSteps(plan) && isLiftNoted) {
    return isDone(work, plan, []) ? settled(on, work, leases.held) : work;
  }
  const name = serviceLease(work.service.id);
  const result = await leases.tryTake(name);
  if (!('lease' in result)) return skipLeased(work, result.heldBy);
  try {
    const current = await refreshed(on, work);
    if (current.changedMeanwhile) return current;
    return await enforceService({ ...on, fences: leases.toHeld([panelLease(on.panel.name), name]) }, current);
  } finally {
    await leases.release(name);
  }
}

/** The longest that a change may last. */
const LONGEST_CHANGE_MS = 3_600_000;

/**
 * Observes the service again under its lease if the first observation was partial or another run changed it since. If a
 * command changed the facts of the decision, leaves the service to the next run.
 */
async function refreshed(on: RunOnPanel, work: Applied): Promise<Applied> {
  const { context, panel, run } = on;
  const { service, observation } = work;
  if (!(await factsHold(context.store, work))) return leaveOut(work);
  const lookedAt = observation?.at ?? context.now();
  const since = new Date(Date.parse(lookedAt) - LONGEST_CHANGE_MS).toISOString();
  const others = (await context.store.actions.list({ service: service.id, since })).filter(
    (row) => row.run !== run && (row.endedAt ?? row.plannedAt) >= lookedAt,
  );
  if (others.length === 0 && observation?.partial !== true && work.sharers.length === 0) return work;
  const known = await loadHistory(context, panel, [service], { isOpen: () => true });
  const history = known.get(service.id) ?? work.history;
  return { ...work, history, observation: await observeAgain(on, work) };
}

function hasSteps(plan: Plan): boolean {
  return plan.steps.length > 0 || plan.endedEvidence.length > 0 || plan.moves.length > 0 || plan.refs !== undefined;
}

/** Returns whether all of a plan is done, so that the service is as its holds require. */
function isDone(work: Applied, { steps, problems }: Plan, actions: Applied['actions']): boolean {
  if (work.observation?.state == null || work.unresolved.length > 0 || work.changedMeanwhile) return false;
  const due = steps.filter(({ later }) => later !== true);
  return problems.length === 0 && actions.length === due.length && actions.every(({ state }) => ENDED.has(state));
}

/** Returns whether changes failed and none was made. Of what is done in part, the next run finds out what stops the service. */
function isNothingDone(actions: Applied['actions']): boolean {
  return actions.some(({ state }) => !ENDED.has(state)) && actions.every(({ state }) => state !== 'applied');
}

const ENDED: ReadonlySet<string> = new Set(['applied', 'unneeded']);

/** Stores that the service is as its holds and its allowance require. The lift of an account that is absent has not ended. */
async function settled(on: RunOnPanel, work: Applied, fences: HeldLease[]): Promise<Applied> {
  const isLowered = findLiftChange(on, work, toTargetState(on, work)) === 'ends';
  const endsLift = isLowered && isAccountThere(on.panel, work) !== false;
  if (work.toRestrict.size === 0 && !endsLift) return work;
  await on.context.write(fences, async (tables) => {
    await noteRestricted(tables, work.toRestrict);
    if (endsLift) await noteLowered(tables, work.service.id);
  });
  return { ...work, toRestrict: new Map(), lifted: work.lifted && !endsLift };
}

/**
 * Stores which open holds have lost their restriction, or a part of it, where the target state was not reached. Once nothing is left,
 * those that shared it have lost theirs too.
 */
async function withLost(on: FencedRun, work: Applied, before: Applied['evidence']): Promise<Applied> {
  const { evidence, service } = work;
  const isKept = (item: EvidenceRecord): boolean =>
    evidence.some(({ id, hold }) => id === item.id && hold === item.hold);
  const lost = before.filter((item) => !isKept(item));
  if (lost.length === 0) return work;
  const now = on.context.now();
  const noted = await on.context.write(on.fences, async (tables) => {
    const open = await tables.holds.open({ services: [service.id] });
    const isLost = (id: string): boolean => evidence.length === 0 || lost.some(({ hold }) => hold === id);
    const due = open.filter(({ id }) => isLost(id) && !work.toRestrict.has(id));
    const since = due.map((hold) => ({ hold, since: findProven(evidence, hold, now) }));
    for (const each of since) await noteToRestrict(tables, each.hold, each.since);
    return since;
  });
  const added = noted.map(({ hold, since }) => [hold.id, { service: service.id, since }] as const);
  return { ...work, toRestrict: new Map([...work.toRestrict, ...added]) };
}

/** Stores that the limit of the service is lifted, before it is. */
async function withLift(on: FencedRun, work: Applied, command: AccountCommand | null): Promise<Applied> {
  const { context, fences } = on;
  if (findLiftChange(on, work, toTargetState(on, work, command)) !== 'begins') return work;
  await context.write(fences, (tables) => noteLifted(tables, work.service, context.now()));
  return { ...work, lifted: true };
}

/** Options of `enforceService`. */
export interface EnforceOptions {
  /** Whether an operator named the service: then it is changed under `observe` too. */
  byName?: boolean;
  command?: AccountCommand | null;
  password?: CommandPassword | null;
  /** Called with each plan, before it is applied. */
  onPlan?: (plan: Plan) => void;
  /** Returns why nothing may be begun any more. */
  refuse?: (() => Promise<Stop | null>) | undefined;
}

/** A plan that needs more rounds is an adapter's defect. */
const MOST_ROUNDS = 12;

/**
 * Brings one service to its target state: resolves actions in doubt, plans again from the stored state (its lease is held), and
 * applies the steps, round by round. The switch is read before each change, so that `observe PANEL` stops a run under way.
 */
export async function enforceService(on: FencedRun, started: Applied, options: EnforceOptions = {}): Promise<Applied> {
  const stored = await withStored(on, started);
  const { work, isReached } = await performRounds(on, stored, options);
  return isReached ? settled(on, work, on.fences) : withLost(on, work, stored.evidence);
}

/** A service after its rounds, and whether it is in its target state. */
interface Performed {
  work: Applied;
  isReached: boolean;
}

const unreached = (work: Applied): Performed => ({ work, isReached: false });

async function performRounds(on: FencedRun, stored: Applied, options: EnforceOptions): Promise<Performed> {
  const { context, panel } = on;
  let work = stored;
  if (work.unresolved.length > 0) {
    const resolved = await resolveActions(on, work, options.command);
    if (!resolved.goesOn) return unreached(resolved.work);
    ({ work } = resolved);
  }
  const readStop: ReadStop = (tables, current) =>
    options.byName === true ? Promise.resolve(null) : stopIn(on, tables, current);
  const stop = await readStop(context.store, work);
  if (stop !== null) return unreached(stoppedBy(work, stop));
  work = await withLift(on, work, options.command ?? null);
  for (let round = 1; ; round++) {
    const [current = work] = await loadHoldsOfSharers(on, [work]);
    const planned = await planOne(on, current, options.command ?? null);
    const { plan } = planned;
    options.onPlan?.(plan);
    const applied = await applyPlan<Applied>(on, planned, plan, {
      password: options.password ?? null,
      readStop,
      refuse: options.refuse,
      stopped: stoppedBy,
      apply: (step, how, { service }) => panel.apply(service, step, how),
    });
    if (applied.problem !== null) return unreached(withError(applied.work, applied.problem));
    const actions = applied.work.actions.slice(planned.actions.length);
    work = isNothingDone(actions) ? withStopsNow(applied.work) : applied.work;
    const done = actions.every(({ state }) => ENDED.has(state));
    // A plan that is made while a change is in doubt mistakes what Sluice has done for what others did.
    const isInDoubt = actions.some(({ state }) => state === 'in-doubt');
    const goesOn = (applied.again && !isInDoubt) || (plan.again === true && done);
    if (context.deps.signal.aborted) return unreached(work);
    if (!goesOn) {
      // A stop leaves steps as unneeded.
      const isStopped = done && work.toRestrict.size > 0 && (await readStop(context.store, work)) !== null;
      return { work, isReached: isDone(work, plan, actions) && !isStopped };
    }
    const stopNow = await readStop(context.store, work);
    if (stopNow !== null) return unreached(stoppedBy(work, stopNow));
    if (round === MOST_ROUNDS) {
      const message = `"${work.service.id}" still differs from its target state after ${MOST_ROUNDS} rounds`;
      return unreached(withError(work, { code: 'not_finished', message }));
    }
    work = { ...work, observation: await observeAgain(on, work, { command: options.command }) };
  }
}

/** Returns the service with its currently stored rows. */
async function withStored({ context }: RunOnPanel, work: Applied): Promise<Applied> {
  const filter = { services: [work.service.id] };
  const lasting = await context.store.holds.lasting(filter);
  const holds = lasting.filter(({ until }) => until === null);
  // Of a hold that this run ended, nothing may have been restricted.
  const known = work.ended.filter(({ id }) => !lasting.some((hold) => hold.id === id));
  const ended = [...known, ...lasting.filter(({ until }) => until !== null)];
  const evidence = await context.store.evidence.open(filter);
  const unresolved = (await context.store.actions.unresolved(filter)).filter((action) => !isCommandRow(action));
  return { ...work, holds, ended, evidence, unresolved };
}

async function stopIn({ context, panel }: RunOnPanel, tables: StoreTables, work: Applied): Promise<Stop | null> {
  const stop = await readSwitch(context.config, tables, { panel: panel.name, product: work.service.product });
  if (stop !== null) return stop;
  return work.changedMeanwhile || !(await factsHold(tables, work)) ? { by: 'facts' } : null;
}
