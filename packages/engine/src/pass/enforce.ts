import { printable } from '@sluice/panel-http/printable';
import type { CounterState } from '@sluice/quota-core';
import {
  mergeService,
  type ActionRecord,
  type EvidenceRecord,
  type HeldLease,
  type ServiceChange,
  type ServiceRecord,
  type StoreTables,
} from '@sluice/state-store';
import type { AccountOrder, ApplyContext, Desired, Panel, Plan, Step, StepOutcome } from '@sluice/panel-kind';
import { leaveOutDoubtful, outcomeByReading, outcomeUnknown, withRemedy } from './doubt.js';
import { zoneOf } from './prepare.js';
import { plannedRow } from '../planned-row.js';
import type { Session } from '../session.js';
import { rememberSettled } from './remembered.js';
import { saveResources } from './sharing.js';
import { waitForFresh } from './wait-for-fresh.js';
import { zeroCounter } from './zero-counter.js';
import { fail, type Work } from './work.js';

/** What the journal keeps of a step beside its own columns: enough to finish its bookkeeping after a crash. */
export interface JournalPayload {
  payload: unknown;
  begins: Step['begins'];
  ends: string[];
}

/** What a service should be like, as its panel's adapter is told. */
export function desiredOf(
  session: Session,
  work: Work,
  scope: Desired['scope'],
  order: AccountOrder | null = null,
): Desired {
  const closing = new Set(work.closes.map((hold) => hold.id));
  const { seen, recent } = work.remembered;
  return {
    service: work.service,
    product: work.product,
    holds: work.holds.filter((hold) => !closing.has(hold.id)),
    evidence: work.evidence.filter((item) => item.panel === work.service.panel),
    action: work.action,
    mode: work.mode,
    allowance: allowanceOf(work),
    sharers: work.sharers,
    unread: work.unread,
    scope,
    order,
    cycle: work.cycle && {
      id: work.cycle.id,
      start: work.cycle.start,
      end: work.cycle.end,
      isNew: work.cycleIsNew,
      readAt: work.cycle.readAt,
    },
    counted: countedOf(work),
    timeZone: zoneOf(session.config, work.service.panel),
    now: session.now(),
    seen,
    recent: [...recent, ...work.actions],
  };
}

/** Plans one service against what was observed; the plan's problems become the service's error. */
export function planWork(
  session: Session,
  panel: Panel,
  work: Work,
  scope: Desired['scope'],
  order: AccountOrder | null = null,
): Plan {
  const desired = desiredOf(session, work, scope, order);
  const observation = work.observation ?? { service: work.service.id, at: session.now(), state: null, error: null };
  const plan = panel.plan(desired, observation);
  const [problem] = plan.problems;
  if (problem) fail(work, problem);
  const stops = isToServe(work, desired) ? (plan.stops ?? []) : [];
  work.drift = [...new Set([...plan.drift, ...stops])];
  leaveOutDoubtful(panel, work, plan);
  return stops.length === 0 ? plan : { ...plan, notices: [...(plan.notices ?? []), stoppedNotice(work, stops)] };
}

/** Nothing of ours keeps the panel from serving it. */
function isToServe({ allowance, error }: Work, { holds, order }: Desired): boolean {
  return holds.length === 0 && order === null && error === null && allowance !== null && allowance.kind !== 'unmanaged';
}

function stoppedNotice({ service, cycle }: Work, stops: string[]): NonNullable<Plan['notices']>[number] {
  return {
    code: 'stopped_by_panel',
    key: `stopped_by_panel:${service.id}:${cycle?.id ?? 'none'}`,
    message: `${service.id} is within its allowance, but the panel stops it: ${stops.join('; ')}`,
  };
}

/** A reading from before the cycle counts nothing in it. */
function countedOf({ cycle, cycleIsNew }: Pick<Work, 'cycle' | 'cycleIsNew'>): Desired['counted'] {
  if (cycle === null) return null;
  const { lastIn, lastOut, usedIn, usedOut, at } = (cycle.counter ?? {}) as Partial<CounterState>;
  if (lastIn === undefined || lastOut === undefined || usedIn === undefined || usedOut === undefined) return null;
  const isBefore = (cycleIsNew && cycle.readAt === null) || (at ?? '') < cycle.start;
  return { counterBytes: lastIn + lastOut, usedBytes: isBefore ? 0 : usedIn + usedOut };
}

function allowanceOf(work: Work): Desired['allowance'] {
  if (!work.allowance || work.allowance.kind === 'unmanaged') return null;
  const limited = work.allowance.kind === 'limited';
  return { unlimited: !limited, allowedBytes: work.allowance.kind === 'limited' ? work.allowance.allowedBytes : null };
}

/** A journal row of a step that is about to be done (or, in a dry run, would be). */
export function actionRow(session: Session, run: string, work: Work, step: Step): ActionRecord {
  const payload: JournalPayload = { payload: step.payload, begins: step.begins, ends: step.ends };
  const id = session.id('act');
  return plannedRow({
    id,
    run,
    panel: work.service.panel,
    service: work.service.id,
    type: step.type,
    target: step.target,
    key: `${work.service.panel}:${step.type}:${step.target}:${id}`,
    hold: step.hold,
    prior: step.prior,
    payload,
    plannedAt: session.now(),
  });
}

/** Whether a run may change the service no more, by what the store says in a transaction. */
export type IsStopped = (tables: StoreTables) => Promise<boolean>;

/** Ends a step right before its call: the panel was put under `observe`, or the facts have changed. */
class ChangeStopped extends Error {}

/**
 * Does the steps of a plan one after the other; a step that fails stops only those that need it, and hides none. Steps
 * for later rounds are left to these. Whether it is stopped is looked at in the transaction that writes down each call; then nothing more is begun.
 */
export async function applyPlan(
  session: Session,
  panel: Panel,
  run: string,
  work: Work,
  plan: Plan,
  leases: HeldLease[],
  { password, isStopped }: { password: string | null; isStopped: IsStopped },
): Promise<{ movesLost: boolean }> {
  const steps = plan.steps.filter((step) => step.later !== true);
  const rows = steps.map((step) => actionRow(session, run, work, step));
  const found = plan.refs && takeRefs(work.service, plan.refs, session.now());
  const moved: string[] = [];
  await session.write(leases, async (tables) => {
    await saveResources(session, tables);
    // A hold that has ended meanwhile takes nothing over: what it would have taken is planned again.
    for (const move of plan.moves) if (await tables.evidence.move(move.evidence, move.hold)) moved.push(move.evidence);
    for (const { evidence, outcome } of plan.settle) await tables.evidence.end(evidence, session.now(), outcome);
    if (found) await tables.services.update([found]);
    await tables.actions.plan(rows);
  });
  forget(
    work,
    plan.settle.map((item) => item.evidence),
  );
  takeMoves(work, plan, moved);
  work.actions.push(...rows);
  const undone = new Set<string>();
  let stopped = false;
  for (const [index, step] of steps.entries()) {
    const row = rows[index];
    if (!row) continue;
    const missing = step.needs?.find((id) => undone.has(id));
    if (session.deps.signal.aborted || missing !== undefined) {
      await settleRow(session, work, row, missing === undefined ? notCalled : waitsFor(missing), leases);
    } else if (stopped) {
      await settleRow(session, work, row, notWanted, leases);
    } else {
      const context = contextOf(session, row, leases, { password, isStopped });
      const outcome = await panel.apply(work.service, step, context).catch((error: unknown) => {
        if (error instanceof ChangeStopped) return notWanted;
        throw error;
      });
      stopped = outcome === notWanted;
      const mayBeDone = outcome.state === 'applied' || outcome.state === 'in-doubt';
      if (step.needsPassword === true && mayBeDone) work.passwordSet = true;
      await settleRow(session, work, row, outcome, leases);
    }
    if (step.id !== undefined && row.state !== 'applied' && row.state !== 'unneeded') undone.add(step.id);
  }
  return { movesLost: moved.length < plan.moves.length };
}

function contextOf(
  session: Session,
  row: ActionRecord,
  leases: HeldLease[],
  { password, isStopped }: { password: string | null; isStopped: IsStopped },
): ApplyContext {
  return {
    signal: session.deps.signal,
    password,
    // One transaction: whoever stops the run afterwards finds the call in the journal and can wait for its end.
    calling: async () => {
      const calledAt = session.now();
      await session.write(leases, async (tables) => {
        if (await isStopped(tables)) throw new ChangeStopped();
        await tables.actions.called(row.id, calledAt);
      });
      row.calledAt = calledAt;
    },
    accepted: (observed) =>
      session.write(leases, (tables) => tables.actions.settle(row.id, { state: 'planned', settledAt: null, observed })),
  };
}

/** Evidence that passed to a hold of another service is no longer this one's. */
function takeMoves(work: Work, { moves }: Plan, moved: readonly string[]): void {
  const own = new Set(work.holds.map((hold) => hold.id));
  for (const { evidence, hold } of moves) {
    if (!moved.includes(evidence)) continue;
    if (!own.has(hold)) forget(work, [evidence]);
    else for (const item of work.evidence) if (item.id === evidence) item.hold = hold;
  }
}

function waitsFor(step: string): StepOutcome {
  return {
    state: 'failed',
    observed: null,
    error: { code: 'not_reached', message: `it needs ${step}, which was not done; the next run goes on from there` },
  };
}

const notCalled: StepOutcome = {
  state: 'failed',
  observed: null,
  error: { code: 'interrupted', message: 'the run was interrupted before the panel was called' },
};

/** The panel was put under `observe` meanwhile: nothing failed, and nothing more is done. */
const notWanted: StepOutcome = { state: 'unneeded', observed: null, error: null };

/** Writes down how an action ended, together with the evidence that begins or ends with it. */
export async function settleRow(
  session: Session,
  work: Work,
  row: ActionRecord,
  outcome: StepOutcome,
  leases: HeldLease[],
): Promise<void> {
  const { ends } = row.payload as JournalPayload;
  const done = outcome.state === 'applied';
  const at = session.now();
  const evidence = done ? evidenceOf(session, row, outcome.begins, at) : [];
  const error = withRemedy(outcome.error, row.id);
  const found = outcome.refs && takeRefs(work.service, outcome.refs, at);
  await session.write(leases, async (tables) => {
    await tables.actions.settle(row.id, {
      state: outcome.state,
      settledAt: outcome.state === 'in-doubt' ? null : at,
      observed: outcome.observed,
      errorCode: error?.code ?? null,
      errorMessage: error ? printable(error.message) : null,
    });
    for (const item of evidence) await tables.evidence.add(item);
    if (done) for (const id of ends) await tables.evidence.end(id, at, 'undone');
    if (found) await tables.services.update([found]);
    if (done && outcome.zeroed) await zeroCounter(work, outcome.zeroed, row.calledAt, tables);
  });
  Object.assign(row, {
    state: outcome.state,
    settledAt: outcome.state === 'in-doubt' ? null : at,
    observed: outcome.observed,
    errorCode: error?.code ?? null,
    errorMessage: error ? printable(error.message) : null,
  });
  work.evidence.push(...evidence);
  if (done) forget(work, ends);
  if (error) fail(work, error);
}

/** The evidence that begins with an action that was done; `begun` replaces what its journal row says. */
export function evidenceOf(
  session: Session,
  row: ActionRecord,
  begun: StepOutcome['begins'],
  at: string,
): EvidenceRecord[] {
  const { hold, service } = row;
  const { begins } = row.payload as JournalPayload;
  if (hold === null || service === null) return [];
  return (begun ?? (begins ? [begins] : [])).map(({ kind, target, prior }) => ({
    id: session.id('ev'),
    hold,
    service,
    panel: row.panel,
    kind,
    target,
    prior,
    action: row.id,
    adopted: false,
    since: at,
    until: null,
    outcome: null,
  }));
}

/**
 * Takes refs that Sluice found or made into the service at hand, and returns the change for the store: only these refs,
 * since the rest of the row may have changed meanwhile. They are Sluice's own: an import does not unset them.
 */
export function takeRefs(service: ServiceRecord, refs: Record<string, string | null>, at: string): ServiceChange {
  const ownRefs = Object.fromEntries(Object.entries(refs).map(([key, value]) => [key, value !== null]));
  const change: ServiceChange = { id: service.id, refs, ownRefs, updatedAt: at };
  Object.assign(service, mergeService(service, change));
  return change;
}

function forget(work: Work, evidence: string[]): void {
  work.evidence = work.evidence.filter((item) => !evidence.includes(item.id));
}

/**
 * Settles what an earlier run left planned or in doubt, by what the panel shows now. An action whose panel call was
 * never begun has certainly not been done. What still can't be told stays in doubt, and further steps on the same object wait
 * for it. Returns whether the service's other steps may go on.
 */
export async function settleUnsettled(
  session: Session,
  panel: Panel,
  work: Work,
  leases: HeldLease[],
): Promise<boolean> {
  await waitForFresh(session, panel, work);
  const doubtful: ActionRecord[] = [];
  for (const row of work.unsettled) {
    const outcome = outcomeByReading(panel, work, row);
    if (outcome) {
      // A failure of an earlier run is history: what is still needed is planned again, so it is no error of this run.
      await settleRow(session, { ...work, error: null }, row, outcome, leases);
      rememberSettled(work, row);
      if (outcome.state === 'applied')
        work.evidence = await session.store.evidence.open({ services: [work.service.id] });
      continue;
    }
    doubtful.push(row);
    fail(work, outcomeUnknown(row));
  }
  work.unsettled = doubtful;
  return doubtful.length === 0 || panel.objectOf !== undefined;
}
