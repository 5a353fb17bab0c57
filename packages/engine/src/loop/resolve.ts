import {
  type AccountCommand,
  callAgeMs,
  IN_PROGRESS_MS,
  type Observation,
  type Panel,
  type StepOutcome,
} from '@sluice/panel-kind';
import { type ActionRecord, mergeService } from '@sluice/state-store';
import { type Leases, panelLease, serviceLease } from '../context/leases.js';
import type { Context } from '../context/context.js';
import { runConcurrently } from '../base/run-concurrently.js';
import { errorOfDoubt, outcomeByReading, outcomeUnknown } from '../kernel/subject/doubt.js';
import { lacksOwnAccount } from '../kernel/subject/account.js';
import { isCommandRow } from '../kernel/subject/command-row.js';
import { endAction, evidenceAfter, toEnd } from '../kernel/changes/journal.js';
import { withResolved } from '../kernel/subject/history.js';
import { observeAgain } from './observe.js';
import { historyAfter, planOne, planSteps } from './plan.js';
import type { Applied, FencedRun, RunOnPanel } from '../kernel/subject/stages.js';
import { isOnlyRead, NOT_MAPPED, withError } from '../kernel/subject/to-stage.js';

/** Services observed at the same time; the transport limits the calls. */
const AT_ONCE = 16;

/**
 * Resolves the actions in doubt of services that the run changes nothing of, by reading alone. Leaves out services that another run works on.
 * Returns the others.
 */
export async function resolveDoubts(on: RunOnPanel, subjects: readonly Applied[], leases: Leases): Promise<Applied[]> {
  const { context, panel } = on;
  const resolved: Applied[] = [];
  await runConcurrently(
    subjects,
    AT_ONCE,
    async (work) => {
      const name = serviceLease(work.service.id);
      if (!('lease' in (await leases.tryTake(name)))) return;
      try {
        resolved.push(await resolve({ ...on, fences: leases.toHeld([panelLease(panel.name), name]) }, work));
      } finally {
        await leases.release(name);
      }
    },
    () => context.deps.signal.aborted,
  );
  return resolved;
}

async function resolve(on: FencedRun, work: Applied): Promise<Applied> {
  const { context } = on;
  const rows = await context.store.actions.unresolved({ services: [work.service.id] });
  const unresolved = rows.filter((row) => !isCommandRow(row));
  // The lease was free until now, so the earlier observation may be older than the actions.
  const observation = await observeAgain(on, { ...work, unresolved });
  return (await resolveActions(on, { ...work, unresolved, observation })).work;
}

/**
 * Resolves the actions that an earlier run left planned or in doubt, by what the panel shows now. An action that was never
 * called was not done. What stays in doubt blocks further steps on the same object. `goesOn`: whether other steps may continue.
 */
export async function resolveActions(
  on: FencedRun,
  started: Applied,
  /** What is observed again is planned for it. */
  command: AccountCommand | null = null,
): Promise<{ work: Applied; goesOn: boolean }> {
  const { context, panel } = on;
  const look = (of: Applied): Promise<Observation | null> => observeAgain({ ...on, scope: 'command' }, of, { command });
  // Before the wait: an adapter judges what it read last.
  const before = toHistoryBefore(on, started);
  const observation = await waitForFresh(context, panel, started, () => look(started));
  let work: Applied = {
    ...started,
    observation,
    history: observation === started.observation ? started.history : before,
  };
  const doubtful = await eachResolved(
    started.unresolved,
    (row) => outcomeByReading(panel, work, row),
    async (row, outcome) => {
      // The failure of an earlier run is not an error of this one: what is still needed is planned again.
      const ended = await endAction(on, { ...work, error: null }, row, outcome);
      const { history, error } = work;
      work = { ...ended.work, error, history: { ...history, recent: withResolved(history.recent, ended.row) } };
      // A target with open evidence gets no second row.
      if (outcome.state === 'applied')
        work = { ...work, evidence: await context.store.evidence.open({ services: [work.service.id] }) };
    },
  );
  for (const row of doubtful) work = withError(work, outcomeUnknown(row));
  work = { ...work, unresolved: doubtful };
  // What was observed before an outcome named the account is not about it.
  if (work.service.refs !== started.service.refs) {
    const { problem } = planSteps(on, started, command);
    const isOfBefore = work.error?.code === NOT_MAPPED || (problem !== null && work.error?.code === problem.code);
    work = { ...work, observation: await look(work), error: isOfBefore ? null : work.error };
  }
  return { work, goesOn: doubtful.length === 0 || panel.objects !== undefined };
}

/** Passes on the actions whose outcome is known, one after the other, and returns the others. */
export async function eachResolved(
  rows: readonly ActionRecord[],
  readOutcome: (row: ActionRecord) => Promise<StepOutcome | null> | StepOutcome | null,
  onKnown: (row: ActionRecord, outcome: StepOutcome) => Promise<void> | void,
): Promise<ActionRecord[]> {
  const left: ActionRecord[] = [];
  for (const row of rows) {
    const outcome = await readOutcome(row);
    if (outcome === null) left.push(row);
    else await onKnown(row, outcome);
  }
  return left;
}

type Foreseen = Pick<Applied, 'service' | 'history' | 'former' | 'evidence' | 'unresolved' | 'observation'>;

/** Returns a service that is only planned as `resolveActions` would leave it. Stores nothing. */
export async function foreseeResolved<W extends Foreseen>(
  on: Pick<RunOnPanel, 'context' | 'panel'>,
  work: W,
  command: AccountCommand | null,
): Promise<W> {
  const { context, panel } = on;
  let { service, history, evidence } = work;
  const unresolved = await eachResolved(
    work.unresolved,
    (row) => outcomeByReading(panel, work, row),
    (row, outcome) => {
      const { end, refs, ...changed } = toEnd(context, row, outcome);
      if (refs !== null) service = mergeService(service, refs);
      evidence = evidenceAfter(evidence, changed);
      history = { ...history, recent: withResolved(history.recent, { ...row, ...end }) };
    },
  );
  const resolved = { ...work, service, history, evidence, unresolved };
  if (service === work.service) return resolved;
  return { ...resolved, observation: await observeAgain({ ...on, scope: 'command' }, resolved, { command }) };
}

/** Returns a previewed service without an account as a run finds it, which first reads what became of a creation in doubt. */
export async function foreseeAccount(on: RunOnPanel, work: Applied): Promise<Applied> {
  const { error, unresolved } = work;
  const isWithout = error !== null && (error.code === NOT_MAPPED || lacksOwnAccount(error.code));
  if (unresolved.length === 0 || !(isWithout || isOnlyRead(work))) return work;
  const observation = work.observation ?? (await observeAgain(on, work));
  const found = await foreseeResolved(on, { ...work, observation }, null);
  const doubt = errorOfDoubt(on.panel, found);
  if (doubt !== null) return withError({ ...work, error: null }, doubt);
  if (found.service.refs === work.service.refs) return work;
  return work.skipped === null ? planOne(on, { ...found, error: null }) : { ...work, error: null };
}

/**
 * Returns the history with what was observed before the wait, so that it is not forgotten: counters that are zeroed meanwhile no
 * longer show that the panel had stopped the account.
 */
function toHistoryBefore(on: FencedRun, started: Applied): Applied['history'] {
  const history = historyAfter(on, started, { isTaken: true });
  if (history === started.history) return history;
  return { ...history, recent: history.recent.filter((row) => row.endedAt === null) };
}

/** Waits before each further observation. */
const WAITS_MS = [500, 1000, 2000, 4000, 4000, 4000];

/**
 * Observes a few more times while the outcome of a recent call is unknown: after a crash or a time-out, the panel may still be
 * processing it. Many rows that were given up together are fresh for this time together, not for each.
 */
export async function waitForFresh(
  { deps }: Context,
  panel: Pick<Panel, 'resolve'>,
  { unresolved, observation }: Pick<Applied, 'unresolved' | 'observation'>,
  look: () => Promise<Observation | null>,
): Promise<Observation | null> {
  const { clock, signal } = deps;
  let latest = observation;
  const isOpen = (row: ActionRecord): boolean => {
    if (!latest) return false;
    // By the time that `resolve` judges by: reading may take longer than the rest of the wait.
    return callAgeMs(row, Date.parse(latest.at)) <= IN_PROGRESS_MS && panel.resolve(row, latest) === null;
  };
  for (const wait of WAITS_MS) {
    if (signal.aborted || !unresolved.some(isOpen)) return latest;
    await clock.sleep(wait, signal);
    latest = await look();
  }
  return latest;
}
