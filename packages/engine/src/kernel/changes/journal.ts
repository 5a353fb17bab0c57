import { printable } from '@sluice/panel-http/printable';
import type { ItemError, Step, StepOutcome } from '@sluice/panel-kind';
import type { CounterState } from '@sluice/quota-core';
import {
  type ActionRecord,
  type EvidenceRecord,
  mergeService,
  type ServiceChange,
  type ServiceRecord,
  type StoreTables,
} from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { Applied, FencedRun } from '../subject/stages.js';
import { findCounter, growthUntil, isElsewhere } from '../subject/figures.js';
import { withError } from '../subject/to-stage.js';

/** The payload of a journal row: enough to finish the step's bookkeeping after a crash. */
export interface JournalPayload {
  payload: unknown;
  begins: Step['begins'];
  ends: string[];
  /** The command whose password it sets, by its journal row; `true` in rows of older versions. */
  setsPassword?: string | true;
  /** The owner of the evidence that starts, unless that is a service. */
  subject?: string;
}

/** A password, and the command that sets it, by its journal row. */
export interface CommandPassword {
  text: string;
  command: string;
}

/** The subject of a change: a service, or the agents of a panel (then the journal names no service). */
export interface Changed extends Pick<Applied, 'holds' | 'evidence' | 'actions' | 'error' | 'passwordSet' | 'cycle'> {
  readonly service: Readonly<ServiceRecord> | { readonly id: null; readonly panel: string };
}

/** Returns the journal row of a step, before it is performed. */
export function actionRow(
  context: Context,
  run: string,
  { service, holds, password = null }: Pick<Changed, 'service' | 'holds'> & { password?: CommandPassword | null },
  step: Step,
): ActionRecord {
  const payload: JournalPayload = { payload: step.payload, begins: step.begins, ends: step.ends };
  if (step.needsPassword === true && password !== null) payload.setsPassword = password.command;
  const hold = service.id === null ? holds.find(({ id }) => id === step.hold) : undefined;
  if (service.id === null && step.begins !== null) {
    // Of a restriction without a hold nothing would be stored that undoes it.
    if (hold === undefined) throw new Error(`${step.type} ${step.target}: without a hold that is in force`);
    payload.subject = hold.service;
  }
  const id = context.id('act');
  const { type, target, hold: holdId, prior } = step;
  const { panel } = service;
  const key = `${panel}:${type}:${target}:${id}`;
  const change = { panel, service: service.id, type, target, key, hold: holdId, prior, payload };
  return plannedRow({ id, run, ...change, plannedAt: context.now() });
}

/** Returns a row whose evidence is that of a later reading than the plan's. */
export function withBegins(row: ActionRecord, begins: Step['begins']): ActionRecord {
  return { ...row, payload: { ...(row.payload as JournalPayload), begins } };
}

/**
 * Stores how an action ended, with the evidence that starts or ends with it; returns its row and the changed subject.
 */
export async function endAction<W extends Changed>(
  { context, fences }: Pick<FencedRun, 'context' | 'fences'>,
  work: W,
  row: ActionRecord,
  outcome: StepOutcome,
): Promise<{ work: W; row: ActionRecord }> {
  const { end, error, started, ended, refs, zeroed } = await context.write(fences, (tables) =>
    storeEnd(context, row, outcome, tables),
  );
  const { service, cycle } = work;
  const changed = {
    ...work,
    evidence: without([...work.evidence, ...started], ended),
    service: refs && service.id !== null ? mergeService(service, refs) : service,
    cycle: zeroed !== null && cycle?.id === zeroed.cycle ? { ...cycle, counter: zeroed.counter } : cycle,
  };
  return { work: withError(changed, error), row: { ...row, ...end } };
}

/** What `storeEnd` has stored. */
interface StoredEnd {
  end: Pick<ActionRecord, 'state' | 'endedAt' | 'observed' | 'errorCode' | 'errorMessage'> &
    Partial<Pick<ActionRecord, 'givenUpAt'>>;
  error: ItemError | null;
  started: EvidenceRecord[];
  /** Ids of evidence. */
  ended: string[];
  refs: ServiceChange | null;
  zeroed: Awaited<ReturnType<typeof zeroCounter>>;
}

/** Returns an `outcome_unknown` error with the id of its action; other errors unchanged. */
function withAction(error: ItemError | null, id: string): ItemError | null {
  if (error?.code !== 'outcome_unknown') return error;
  return { ...error, message: `${error.message.replace(/\.$/, '')} (${id})` };
}

/** What the end of an action changes in the store. */
export type ActionEnd = Omit<StoredEnd, 'zeroed'>;

/** Returns how an action ends, and what begins, ends and changes with it. Stores nothing. */
export function toEnd(context: Context, row: ActionRecord, outcome: StepOutcome): ActionEnd {
  const at = context.now();
  const { state, observed } = outcome;
  const error = withAction(outcome.error, row.id);
  const done = state === 'applied';
  return {
    error,
    started: done ? toEvidence(context, row, outcome.begins, at) : [],
    ended: done ? (row.payload as JournalPayload).ends : [],
    refs: row.service === null ? null : changedRefs(row.service, outcome, at),
    end: {
      state,
      endedAt: state === 'in-doubt' ? null : at,
      ...(state === 'in-doubt' ? { givenUpAt: at } : {}),
      observed,
      errorCode: error?.code ?? null,
      errorMessage: error ? printable(error.message) : null,
    },
  };
}

/** Stores in a transaction how an action ended, and what begins, ends and changes with it. */
export async function storeEnd(
  context: Context,
  row: ActionRecord,
  outcome: StepOutcome,
  tables: StoreTables,
): Promise<StoredEnd> {
  const stored = toEnd(context, row, outcome);
  const { end, started, ended, refs } = stored;
  const at = end.endedAt ?? context.now();
  const done = outcome.state === 'applied';
  await tables.actions.end(row.id, end);
  for (const item of started) await tables.evidence.add(item);
  for (const id of ended) await tables.evidence.end(id, at, 'undone');
  if (refs) await tables.services.update([refs]);
  if (done && outcome.number !== undefined && row.service !== null) {
    const { number, has } = outcome.number;
    const since = has ? (row.calledAt ?? at) : at;
    await tables.ownership.passNumber({ panel: row.panel, service: row.service, number, has, at: since });
  }
  const zeroed =
    done && outcome.zeroed && row.service !== null
      ? await zeroCounter(
          row.service,
          { ...outcome.zeroed, isNew: refs !== null, panel: row.panel },
          row.calledAt,
          tables,
        )
      : null;
  return { ...stored, zeroed };
}

/** Stores in a transaction how a command ended; no evidence begins or ends with its row. */
export async function endCommandRow(
  context: Context,
  row: string,
  { state, error = null }: { state: 'applied' | 'unneeded' | 'failed'; error?: ItemError | null },
  tables: StoreTables,
): Promise<void> {
  const failure = error === null ? {} : { errorCode: error.code, errorMessage: error.message };
  await tables.actions.end(row, { state, endedAt: context.now(), ...failure });
}

/** Returns the evidence that starts with a completed action; `begun` replaces what its journal row names. */
function toEvidence(context: Context, row: ActionRecord, started: StepOutcome['begins'], at: string): EvidenceRecord[] {
  const { hold } = row;
  const { begins, subject } = row.payload as JournalPayload;
  const service = row.service ?? subject;
  if (hold === null || service === undefined) return [];
  return (started ?? (begins ? [begins] : [])).map(({ kind, target, prior }) => ({
    id: context.id('ev'),
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
 * Returns a change of only these refs, since the rest of the row may have changed meanwhile. They become Sluice's own: an
 * import does not unset them.
 */
export function refsChange(
  { id }: Pick<ServiceRecord, 'id'>,
  refs: Record<string, string | null>,
  at: string,
): ServiceChange {
  const ownRefs = Object.fromEntries(Object.entries(refs).map(([key, value]) => [key, value !== null]));
  return { id, refs, ownRefs, updatedAt: at };
}

/** Returns the change of refs by an outcome; null for one that changes none. */
function changedRefs(id: string, { refs = {} }: Pick<StepOutcome, 'refs'>, at: string): ServiceChange | null {
  return Object.keys(refs).length === 0 ? null : refsChange({ id }, refs, at);
}

/** Returns the evidence after an action has ended: a target with open evidence gets no second row. */
export function evidenceAfter(
  evidence: Applied['evidence'],
  { started, ended }: Pick<ActionEnd, 'started' | 'ended'>,
): Applied['evidence'] {
  const isKnown = ({ kind, target }: EvidenceRecord): boolean =>
    evidence.some((item) => item.kind === kind && item.target === target);
  return [...without(evidence, ended), ...started.filter((item) => !isKnown(item))];
}

/** Returns the evidence without the rows of these ids. */
export function without(evidence: Applied['evidence'], ids: readonly string[]): Applied['evidence'] {
  return ids.length === 0 ? evidence : evidence.filter(({ id }) => !ids.includes(id));
}

const PLANNED = {
  state: 'planned',
  observed: null,
  errorCode: null,
  errorMessage: null,
  calledAt: null,
  givenUpAt: null,
  endedAt: null,
  attempts: 0,
} as const;

/** Returns a journal row in the state `planned`. */
export function plannedRow(intended: Omit<ActionRecord, keyof typeof PLANNED>): ActionRecord {
  return { ...intended, ...PLANNED };
}

/**
 * Zeroes the metered counter after the panel's counter was zeroed, so that the next reading is not taken for a fall or for
 * growth; growth since the last reading is counted first. `isNew`: of an account that was created, so that all it shows counts. Returns the new counter and its cycle; null where nothing changes.
 */
export async function zeroCounter(
  service: string,
  zeroed: NonNullable<StepOutcome['zeroed']> & { isNew: boolean; panel: string },
  calledAt: string | null,
  tables: Pick<StoreTables, 'cycles'>,
): Promise<{ cycle: string; counter: CounterState } | null> {
  const [cycle] = await tables.cycles.newest([service]);
  const before = cycle === undefined ? null : findCounter(cycle);
  if (cycle === undefined || before === null) return null;
  // A reading taken after the call already has the zeroed counters, unless the panel did the call later: then it shows more.
  const isLater = calledAt !== null && before.at > calledAt;
  const { shown = null } = zeroed;
  if (isLater && (shown === null || (before.lastIn <= shown.inBytes && before.lastOut <= shown.outBytes))) return null;
  const isOther = isElsewhere(before, zeroed.panel);
  const { grownIn, grownOut } = isOther ? { grownIn: 0, grownOut: 0 } : growthUntil(before, zeroed);
  const { refused: _refused, ...known } = before;
  const { account: _account, panel: _panel, ...ofNone } = known;
  const ofAccount = zeroed.isNew || isOther ? ofNone : known;
  const sums = { usedIn: before.usedIn + grownIn, usedOut: before.usedOut + grownOut };
  // By a clock that is behind, it would be of a time before its cycle.
  const at = zeroed.at > before.at ? zeroed.at : before.at;
  const counter: CounterState = { ...ofAccount, ...sums, lastIn: 0, lastOut: 0, at };
  await tables.cycles.put([{ ...cycle, counter }]);
  return { cycle: cycle.id, counter };
}
