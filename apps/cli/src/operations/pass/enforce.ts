import type { ActionRecord, EvidenceRecord, HeldLease, ServiceRecord } from '@sluice/state-store';
import type { AccountOrder, Desired, Panel, Plan, Step, StepOutcome } from '../../panels/panel.js';
import { zoneOf } from './prepare.js';
import { plannedRow } from '../planned-row.js';
import type { Session } from '../session.js';
import { waitForFresh } from './wait-for-fresh.js';
import { zeroCounter } from './zero-counter.js';
import { fail, type Work } from './work.js';

/** What the journal keeps of a step beside its own columns: enough to finish its bookkeeping after a crash. */
interface JournalPayload {
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
    evidence: work.evidence,
    action: work.action,
    mode: work.mode,
    allowance: allowanceOf(work),
    sharedWith: work.sharedWith,
    scope,
    order,
    cycle: work.cycle && {
      id: work.cycle.id,
      start: work.cycle.start,
      end: work.cycle.end,
      isNew: work.cycleIsNew,
      readAt: work.cycle.readAt,
    },
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
  work.drift = plan.drift;
  return plan;
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

/**
 * Does the steps of a plan one after the other; a step that fails stops only those that need it, and hides none. Steps
 * for later rounds are left to these. Once it is stopped nothing more is begun.
 */
export async function applyPlan(
  session: Session,
  panel: Panel,
  run: string,
  work: Work,
  plan: Plan,
  leases: HeldLease[],
  { password, isStopped }: { password: string | null; isStopped: () => Promise<boolean> },
): Promise<void> {
  const steps = plan.steps.filter((step) => step.later !== true);
  const rows = steps.map((step) => actionRow(session, run, work, step));
  if (plan.refs) takeRefs(work.service, plan.refs);
  await session.write(leases, async (tables) => {
    for (const move of plan.moves) await tables.evidence.move(move.evidence, move.hold);
    for (const { evidence, outcome } of plan.settle) await tables.evidence.end(evidence, session.now(), outcome);
    if (plan.refs) await tables.services.put([{ ...work.service, updatedAt: session.now() }]);
    await tables.actions.plan(rows);
  });
  forget(
    work,
    plan.settle.map((item) => item.evidence),
  );
  work.actions.push(...rows);
  const undone = new Set<string>();
  for (const [index, step] of steps.entries()) {
    const row = rows[index];
    if (!row) continue;
    const missing = step.needs?.find((id) => undone.has(id));
    if (session.deps.signal.aborted || missing !== undefined) {
      await settleRow(session, work, row, missing === undefined ? notCalled : waitsFor(missing), leases);
    } else if (await isStopped()) {
      await settleRow(session, work, row, notWanted, leases);
    } else {
      const outcome = await panel.apply(work.service, step, {
        signal: session.deps.signal,
        password,
        calling: async () => {
          row.calledAt = session.now();
          await session.write(leases, (tables) => tables.actions.called(row.id, session.now()));
        },
      });
      const mayBeDone = outcome.state === 'applied' || outcome.state === 'in-doubt';
      if (step.needsPassword === true && mayBeDone) work.passwordSet = true;
      await settleRow(session, work, row, outcome, leases);
    }
    if (step.id !== undefined && row.state !== 'applied' && row.state !== 'unneeded') undone.add(step.id);
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
  const { begins, ends } = row.payload as JournalPayload;
  const done = outcome.state === 'applied';
  const at = session.now();
  const begun = outcome.begins ?? (begins ? [begins] : []);
  const evidence: EvidenceRecord[] =
    done && row.hold !== null
      ? begun.map(({ kind, target, prior }) => ({
          id: session.id('ev'),
          hold: row.hold ?? '',
          service: work.service.id,
          panel: row.panel,
          kind,
          target,
          prior,
          action: row.id,
          adopted: false,
          since: at,
          until: null,
          outcome: null,
        }))
      : [];
  if (outcome.refs) takeRefs(work.service, outcome.refs);
  await session.write(leases, async (tables) => {
    await tables.actions.settle(row.id, {
      state: outcome.state,
      settledAt: outcome.state === 'in-doubt' ? null : at,
      observed: outcome.observed,
      errorCode: outcome.error?.code ?? null,
      errorMessage: outcome.error?.message ?? null,
    });
    for (const item of evidence) await tables.evidence.add(item);
    if (done) for (const id of ends) await tables.evidence.end(id, at, 'undone');
    if (outcome.refs) await tables.services.put([{ ...work.service, updatedAt: at }]);
    if (done && outcome.zeroed) await zeroCounter(work, outcome.zeroed, row.calledAt, tables);
  });
  Object.assign(row, {
    state: outcome.state,
    settledAt: outcome.state === 'in-doubt' ? null : at,
    observed: outcome.observed,
    errorCode: outcome.error?.code ?? null,
    errorMessage: outcome.error?.message ?? null,
  });
  work.evidence.push(...evidence);
  if (done) forget(work, ends);
  if (outcome.error) fail(work, outcome.error);
}

/** Refs that Sluice found or made are its own: an import does not unset them. */
function takeRefs(service: ServiceRecord, refs: Record<string, string | null>): void {
  for (const [key, value] of Object.entries(refs)) {
    if (value === null) Reflect.deleteProperty(service.refs, key);
    else service.refs[key] = value;
    service.ownRefs = [...service.ownRefs.filter((name) => name !== key), ...(value === null ? [] : [key])];
  }
}

function forget(work: Work, evidence: string[]): void {
  work.evidence = work.evidence.filter((item) => !evidence.includes(item.id));
}

/**
 * Settles what an earlier run left planned or in doubt, by what the panel shows now. An action whose panel call was
 * never begun has certainly not been done. What still can't be told stays in doubt and stops further changes.
 */
export async function settleUnsettled(
  session: Session,
  panel: Panel,
  work: Work,
  leases: HeldLease[],
): Promise<boolean> {
  await waitForFresh(session, panel, work);
  let clear = true;
  for (const row of work.unsettled) {
    const outcome = row.calledAt === null ? neverCalled : work.observation ? panel.settle(row, work.observation) : null;
    if (outcome && outcome.state !== 'in-doubt') {
      // A failure of an earlier run is history: what is still needed is planned again, so it is no error of this run.
      await settleRow(session, { ...work, error: null }, row, outcome, leases);
      if (outcome.state === 'applied')
        work.evidence = await session.store.evidence.open({ services: [work.service.id] });
      continue;
    }
    clear = false;
    fail(work, {
      code: 'outcome_unknown',
      message: `${row.type} ${row.target}: whether it was done can't be told from the panel yet; the next run looks again`,
    });
  }
  if (clear) work.unsettled = [];
  return clear;
}

const neverCalled: StepOutcome = {
  state: 'failed',
  observed: null,
  error: { code: 'interrupted', message: 'the run ended before the panel was called' },
};
