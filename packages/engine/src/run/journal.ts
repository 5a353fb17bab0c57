import { printable } from '@sluice/panel-http/printable';
import type { Step, StepOutcome } from '@sluice/panel-kind';
import type { CounterState } from '@sluice/quota-core';
import {
  type ActionRecord,
  type EvidenceRecord,
  type HoldRecord,
  mergeService,
  type ServiceChange,
  type ServiceRecord,
  type StoreTables,
} from '@sluice/state-store';
import type { Session } from '../session.js';
import { withRemedy } from './doubt.js';
import { fail, type FencedRun, type Work } from './work.js';

/** What the journal keeps of a step beside its own columns: enough to finish its bookkeeping after a crash. */
export interface JournalPayload {
  payload: unknown;
  begins: Step['begins'];
  ends: string[];
  /** Whom the evidence that begins is kept for, where that is no service. */
  subject?: string;
}

/** What a change is made for: a service, or the agents of a panel, for whom the journal names none. */
export interface Changed extends Pick<Work, 'actions' | 'evidence' | 'error'> {
  service: ServiceRecord | { id: null; panel: string };
  holds: HoldRecord[];
  passwordSet?: boolean;
  cycle?: Work['cycle'];
}

/** A journal row of a step that is about to be done (or, in a dry run, would be). */
export function actionRow(
  session: Session,
  run: string,
  work: Pick<Changed, 'service' | 'holds'>,
  step: Step,
): ActionRecord {
  const payload: JournalPayload = { payload: step.payload, begins: step.begins, ends: step.ends };
  const hold = work.service.id === null ? work.holds.find(({ id }) => id === step.hold) : undefined;
  if (hold !== undefined && step.begins !== null) payload.subject = hold.service;
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

/** Writes down how an action ended, together with the evidence that begins or ends with it. */
export async function settleRow(
  { session, fences }: Pick<FencedRun, 'session' | 'fences'>,
  work: Changed,
  row: ActionRecord,
  outcome: StepOutcome,
): Promise<void> {
  const { ends } = row.payload as JournalPayload;
  const done = outcome.state === 'applied';
  const at = session.now();
  const evidence = done ? evidenceOf(session, row, outcome.begins, at) : [];
  const error = withRemedy(outcome.error, row.id);
  const { service, cycle = null } = work;
  const found = outcome.refs && service.id !== null ? takeRefs(service, outcome.refs, at) : undefined;
  await session.write(fences, async (tables) => {
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
    if (done && outcome.zeroed && service.id !== null)
      await zeroCounter({ service, cycle }, outcome.zeroed, row.calledAt, tables);
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
  const { hold } = row;
  const { begins, subject } = row.payload as JournalPayload;
  const service = row.service ?? subject;
  if (hold === null || service === undefined) return [];
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

export function forget(work: Pick<Work, 'evidence'>, evidence: string[]): void {
  work.evidence = work.evidence.filter((item) => !evidence.includes(item.id));
}

/** What a journal row says of a change before it is begun. */
type Intended = Pick<
  ActionRecord,
  'id' | 'run' | 'panel' | 'service' | 'type' | 'target' | 'key' | 'hold' | 'prior' | 'payload' | 'plannedAt'
>;

/** The journal row of a change that nobody has begun yet. */
export function plannedRow(intended: Intended): ActionRecord {
  return {
    ...intended,
    state: 'planned',
    observed: null,
    errorCode: null,
    errorMessage: null,
    calledAt: null,
    settledAt: null,
    attempts: 0,
  };
}

/**
 * Counters that were zeroed begin anew in the metering too, so that the next reading is neither an unexplained fall nor
 * taken for growth since the old figure. What they had grown by since the last reading is counted first.
 */
export async function zeroCounter(
  work: Pick<Work, 'service' | 'cycle'>,
  zeroed: NonNullable<StepOutcome['zeroed']>,
  calledAt: string | null,
  tables: Pick<StoreTables, 'cycles'>,
): Promise<void> {
  const [cycle] = await tables.cycles.newest([work.service.id]);
  const before = (cycle?.counter ?? null) as CounterState | null;
  // A reading taken after the call has met the zeroed counters already.
  if (!cycle || !before || (calledAt !== null && before.at > calledAt)) return;
  const usedIn = before.usedIn + Math.max(0, (zeroed.inBytes ?? 0) - before.lastIn);
  const usedOut = before.usedOut + Math.max(0, (zeroed.outBytes ?? 0) - before.lastOut);
  const counter: CounterState = { lastIn: 0, lastOut: 0, usedIn, usedOut, at: zeroed.at };
  await tables.cycles.put([{ ...cycle, counter }]);
  if (work.cycle?.id === cycle.id) work.cycle.counter = counter;
}
