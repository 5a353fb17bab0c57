import type { TelephonyDocument } from '@sluice/contract/documents';
import { isPanelError } from '@sluice/panel-http';
import {
  type ApplyContext,
  callAgeMs,
  type ItemError,
  LATEST_CALL_MS,
  SluiceError,
  type Step,
  type StepOutcome,
  type TelephonyResource,
  toItemError,
} from '@sluice/panel-kind';
import type { ActionRecord, HeldLease } from '@sluice/state-store';
import { isAtWork } from '../../kernel/run/run-request.js';
import { outcomeUnknown } from '../../kernel/subject/doubt.js';
import { type Changed, type JournalPayload, storeEnd } from '../../kernel/changes/journal.js';
import { applyPlan } from '../../kernel/changes/perform.js';
import type { Context } from '../../context/context.js';
import { showsValue, toDocument, type WrittenValue } from './documents.js';
import { NAMES } from './find-records.js';
import { type NamedTelephony, RECORD_NAMES } from './panels.js';
import { type FieldValue, toRecordValues } from './read-values.js';
import { sharesKey } from './record-keys.js';
import { isRemoved } from './removed-records.js';

/** A change to one record. */
export interface RecordWrite {
  on: NamedTelephony;
  run: string;
  fences: HeldLease[];
  resource: TelephonyResource;
  operation: 'create' | 'set' | 'remove';
  values: readonly FieldValue[];
  /** Null: a new record. */
  id: string | null;
  before: TelephonyDocument | null;
  /** Reads the record as it is now; null where it does not exist. */
  find: () => Promise<TelephonyDocument | null>;
}

/** What the journal keeps of a change, so that a later run finds out what became of it. Without secrets. */
export interface Written {
  resource: TelephonyResource;
  operation: RecordWrite['operation'];
  id: string | null;
  values: Record<string, WrittenValue>;
}

const VERBS = { create: 'create', set: 'update', remove: 'delete' } as const;

/**
 * Performs one change: journal, call, read back. A lost answer is resolved by reading; the change is never sent again.
 *
 * @throws SluiceError with the code of the panel's refusal, `not_read_back`, or `outcome_unknown`
 */
export async function writeRecord(
  context: Context,
  write: RecordWrite,
): Promise<{ record: TelephonyDocument | null; differs: string[] }> {
  const { on, run, fences, resource, operation, values } = write;
  const panel = await context.panel(on.panel);
  const sent = toSent(values);
  const payload: Written = { resource, operation, id: write.id, values: sent };
  const type = `${VERBS[operation]}-${RECORD_NAMES[resource]}`;
  const target = write.id ?? firstText(sent);
  const step: Step = { type, target, hold: null, prior: write.before, payload, ends: [], begins: null };
  const at = { context, panel, run, scope: 'hold' as const, resources: new Map<string, never>(), fences };
  let read: ReadBack = { record: null, differs: [] };
  const done = await applyPlan<Changed>(
    at,
    emptyWork(on.panel),
    { steps: [step], moves: [], endedEvidence: [] },
    {
      password: null,
      readStop: () => Promise.resolve(null),
      stopped: (stopped) => stopped,
      apply: async (_step, how) => {
        const { outcome, ...found } = await perform(context, write, how);
        read = found;
        return outcome;
      },
    },
  );
  const [row] = done.work.actions;
  if (row !== undefined && row.state !== 'applied') throw toFailure(row);
  return read;
}

interface ReadBack {
  record: TelephonyDocument | null;
  differs: string[];
}

async function perform(
  context: Context,
  write: RecordWrite,
  how: ApplyContext,
): Promise<ReadBack & { outcome: StepOutcome }> {
  const nothing: ReadBack = { record: null, differs: [] };
  await how.calling();
  let lost: ItemError | null = null;
  let made: TelephonyDocument | null = null;
  try {
    made = await send(context, write);
  } catch (error) {
    if (!isPanelError(error)) throw error;
    if (!error.outcomeUnknown) return { ...nothing, outcome: failed(toItemError(error)) };
    lost = { code: 'outcome_unknown', message: error.message };
  }
  let record: TelephonyDocument | null;
  try {
    record = made ?? (await write.find());
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return { ...nothing, outcome: inDoubt(lost ?? { code: 'outcome_unknown', message: error.message }) };
  }
  return judge(write, record, lost);
}

/** Returns a new record; null for another change. */
async function send(context: Context, write: RecordWrite): Promise<TelephonyDocument | null> {
  const { on, resource, operation, values, id } = write;
  const { telephony } = on;
  const { signal } = context.deps;
  if (operation === 'create') return toDocument(await telephony.create(resource, toRecordValues(values), signal));
  if (operation === 'set') await telephony.set({ resource, id: id ?? '', values: toRecordValues(values) }, signal);
  else await telephony.remove(resource, id ?? '', signal);
  return null;
}

function judge(
  { operation, values, resource }: RecordWrite,
  record: TelephonyDocument | null,
  lost: ItemError | null,
): ReadBack & { outcome: StepOutcome } {
  const differs = record === null ? [] : valuesThatDiffer(values, record);
  const isDone =
    operation === 'remove'
      ? record === null
      : record !== null && (operation === 'create' || differs.length < values.length);
  const observed = record === null ? null : { id: record['id'], differs };
  // The answer may be that to an earlier call.
  const isOther = operation === 'create' && record !== null && sharesKey(resource, values, record) === false;
  if (isOther) {
    const message = `the panel answered with another ${RECORD_NAMES[resource]} (${String(record['id'])})`;
    return { record: null, differs: [], outcome: inDoubt({ code: 'outcome_unknown', message }) };
  }
  if (isDone) return { record, differs, outcome: { state: 'applied', observed, error: null } };
  if (lost !== null) return { record, differs, outcome: inDoubt(lost) };
  const message = `the panel accepted the change, but the ${RECORD_NAMES[resource]} does not show it`;
  return { record, differs, outcome: failed({ code: 'not_read_back', message }) };
}

function valuesThatDiffer(values: readonly FieldValue[], record: TelephonyDocument): string[] {
  return values.filter(({ field, value }) => !showsValue(field, record, value)).map(({ field }) => field.name);
}

function failed(error: ItemError): StepOutcome {
  return { state: 'failed', observed: null, error };
}

function inDoubt(error: ItemError): StepOutcome {
  return { state: 'in-doubt', observed: null, error };
}

function toFailure({ id, errorCode, errorMessage, state }: ActionRecord): SluiceError {
  const kind = errorCode === 'interrupted' ? 'interrupted' : 'panel';
  const code = state === 'in-doubt' ? 'outcome_unknown' : (errorCode ?? 'unexpected');
  return new SluiceError(code, errorMessage ?? code, { kind, details: { action: id } });
}

/** A subject without a service: the journal names the panel alone. */
function emptyWork(panel: string): Changed {
  const nothing = { actions: [], evidence: [], holds: [], error: null, passwordSet: false, cycle: null };
  return { service: { id: null, panel }, ...nothing };
}

function toSent(values: readonly FieldValue[]): Record<string, WrittenValue> {
  const shown = values.filter(({ field }) => field.type !== 'secret');
  return Object.fromEntries(shown.map(({ field, value }) => [field.name, value]));
}

function firstText(values: Record<string, WrittenValue>): string {
  const name = values['name'] ?? values['prefix'] ?? '';
  return typeof name === 'string' && name !== '' ? name : 'new';
}

/** A list, and the record of it that a request is about. */
interface Concerned {
  resource: TelephonyResource;
  /** An id or a name, as the request has it; null: a new record. */
  name: string | null;
  /** What the record is to have. */
  values: readonly FieldValue[];
}

/**
 * Resolves changes of a list that earlier runs left planned or in doubt, by reading. Those of other records may stay in doubt.
 *
 * @throws SluiceError `outcome_unknown` while a change of the record may still be made
 */
export async function resolveEarlier(
  context: Context,
  on: NamedTelephony,
  concerned: Concerned,
  fences: HeldLease[],
): Promise<void> {
  const rows = (await context.store.actions.unresolved({ panel: on.panel })).filter(
    (row) => row.service === null && findWritten(row)?.resource === concerned.resource,
  );
  for (const row of rows) {
    const run = await context.store.runs.get(row.run);
    if (run !== null && (await isAtWork(context, run))) continue;
    const outcome = await readOutcome(context, on, row);
    if (outcome === null) {
      if (!isAbout(row, concerned)) continue;
      const { code, message } = outcomeUnknown(row);
      const until = new Date(Date.parse(row.givenUpAt ?? row.calledAt ?? context.now()) + LATEST_CALL_MS).toISOString();
      const text = `${message}; the panel may still apply it until ${until}. Nothing else was changed`;
      throw new SluiceError(code, text, { kind: 'panel', details: { action: row.id } });
    }
    await context.write(fences, async (tables) => {
      // A change of another line resolves it under the lease of another service.
      const present = await tables.actions.get(row.id);
      if (present !== null && present.endedAt === null) await storeEnd(context, row, outcome, tables);
    });
  }
}

/** Whether a row of the journal changed the record that a request is about; a new one may be any that has no other key. */
function isAbout({ target, prior, payload }: ActionRecord, { resource, name, values }: Concerned): boolean {
  const { values: sent = {} } = (payload as { payload: Partial<Written> }).payload;
  const before = (prior ?? {}) as Partial<TelephonyDocument>;
  const shared = [before, { ...before, ...sent }].map((record) => sharesKey(resource, values, record));
  if (shared.includes(true)) return true;
  if (name === null) return !shared.includes(false);
  const key = NAMES[resource] ?? '';
  return [target, sent[key], before['id'], before[key]].includes(name);
}

/** A repeat of a removal whose answer was lost comes soon. */
const REPEATED_WITHIN_MS = 86_400_000;

/** Returns the record that an earlier run removed by this id or name, as it was; null where the journal has none. */
export async function findRemoved(
  context: Context,
  { panel }: NamedTelephony,
  concerned: Concerned,
): Promise<TelephonyDocument | null> {
  const since = new Date(context.deps.clock.now() - REPEATED_WITHIN_MS).toISOString();
  const rows = await context.store.actions.list({ since, newestFirst: true });
  const last = rows.find(
    (row) =>
      row.panel === panel &&
      row.state === 'applied' &&
      findWritten(row)?.resource === concerned.resource &&
      isAbout(row, concerned),
  );
  return last !== undefined && findWritten(last)?.operation === 'remove' ? (last.prior as TelephonyDocument) : null;
}

/** Returns the change of a record that a row of the journal is about; null for another change. */
export function findWritten(row: Pick<ActionRecord, 'payload'>): Written | null {
  const { payload } = (row.payload ?? {}) as Partial<JournalPayload>;
  return typeof payload === 'object' && payload !== null && 'resource' in payload && 'operation' in payload
    ? (payload as Written)
    : null;
}

async function readOutcome(context: Context, on: NamedTelephony, row: ActionRecord): Promise<StepOutcome | null> {
  const written = findWritten(row);
  if (row.calledAt === null || written === null) {
    return failed({ code: 'interrupted', message: 'the run ended before the panel was called' });
  }
  const { resource, operation, id, values } = written;
  const fields = on.telephony.fields(resource).filter(({ name }) => Object.hasOwn(values, name));
  const rows = (await on.telephony.list(resource, {}, context.deps.signal)).map(toDocument);
  const shows = (record: TelephonyDocument): boolean =>
    fields.every((field) => showsValue(field, record, values[field.name] ?? null));
  const same = rows.find((record) => (id === null ? shows(record) : record['id'] === id));
  const isDone = operation === 'remove' ? isRemoved(on, resource, same) : same !== undefined && shows(same);
  if (isDone) return { state: 'applied', observed: null, error: null };
  if (callAgeMs(row, context.deps.clock.now()) < LATEST_CALL_MS) return null;
  return failed({ code: 'not_done', message: 'the panel does not show the change' });
}
