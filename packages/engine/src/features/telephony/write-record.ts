import type { TelephonyDocument } from '@sluice/contract/documents';
import { isPanelError } from '@sluice/panel-http';
import {
  type ApplyContext,
  callAgeMs,
  type ChangeEnd,
  failedStep,
  inDoubt,
  LATEST_CALL_MS,
  newStep,
  notDone,
  performChange,
  SluiceError,
  type StepOutcome,
  type TelephonyResource,
  toFailure,
  toItemError,
  toOutcome,
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
import { forgetRates } from './plan-rates.js';
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
  const step = newStep(type, target, { prior: write.before, payload });
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
        const { outcome, ...found } = await perform(context, write, how).finally(() => {
          if (resource === 'rates') forgetRates(context, on.panel);
        });
        read = found;
        return outcome;
      },
    },
  );
  const [row] = done.work.actions;
  if (row !== undefined && row.state !== 'applied') throw toRefusal(row);
  return read;
}

interface ReadBack {
  record: TelephonyDocument | null;
  differs: string[];
}

/** What a change left, and its outcome. */
type Performed = ReadBack & { outcome: StepOutcome };

function perform(context: Context, write: RecordWrite, { calling }: ApplyContext): Promise<Performed> {
  return performChange<TelephonyDocument | null, Performed>(
    {
      call: async (show) => {
        const made = await send(context, write);
        if (made !== null) show(made);
      },
      read: write.find,
      isDone: (record) => isShown(write, record),
      waitsMs: ({ isRefused }) => (isRefused ? [] : [0]),
      end: (end) => {
        for (const error of [end.failure, end.unreadable])
          if (error !== null && !isPanelError(error)) throw error as Error;
        return toPerformed(write, end);
      },
    },
    { clock: context.deps.clock, calling: () => calling() },
  );
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

function isShown({ operation, values, resource }: RecordWrite, record: TelephonyDocument | null): boolean {
  if (record === null || operation === 'remove') return record === null && operation === 'remove';
  // The answer may be that to an earlier call.
  if (operation === 'create') return sharesKey(resource, values, record) !== false;
  return valuesThatDiffer(values, record).length < values.length;
}

function toPerformed(
  { operation, values, resource }: RecordWrite,
  end: ChangeEnd<TelephonyDocument | null>,
): Performed {
  const { failure, isRefused, isDone, seen = null, unreadable } = end;
  const isOther = operation === 'create' && seen !== null && !isDone;
  const record = isOther ? null : seen;
  const differs = record === null ? [] : valuesThatDiffer(values, record);
  const toResult = (outcome: StepOutcome): Performed => ({ record, differs, outcome });
  if (isRefused) return toResult(toFailure(failure));
  if (isDone)
    return toResult(toOutcome('applied', { observed: record === null ? null : { id: record['id'], differs } }));
  const name = RECORD_NAMES[resource];
  if (isOther) return toResult(inDoubt(`the panel answered with another ${name} (${String(seen['id'])})`));
  const error = failure ?? unreadable;
  if (error !== null) return toResult(inDoubt(toItemError(error).message));
  return toResult(failedStep('not_read_back', `the panel accepted the change, but the ${name} does not show it`));
}

function valuesThatDiffer(values: readonly FieldValue[], record: TelephonyDocument): string[] {
  return values.filter(({ field, value }) => !showsValue(field, record, value)).map(({ field }) => field.name);
}

function toRefusal({ id, errorCode, errorMessage, state }: ActionRecord): SluiceError {
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
    return failedStep('interrupted', 'the run ended before the panel was called');
  }
  const { resource, operation, id, values } = written;
  const fields = on.telephony.fields(resource).filter(({ name }) => Object.hasOwn(values, name));
  const rows = (await on.telephony.list(resource, {}, context.deps.signal)).map(toDocument);
  const shows = (record: TelephonyDocument): boolean =>
    fields.every((field) => showsValue(field, record, values[field.name] ?? null));
  const same = rows.find((record) => (id === null ? shows(record) : record['id'] === id));
  const isDone = operation === 'remove' ? isRemoved(on, resource, same) : same !== undefined && shows(same);
  if (isDone) return toOutcome('applied');
  if (callAgeMs(row, context.deps.clock.now()) < LATEST_CALL_MS) return null;
  return notDone('the panel does not show the change');
}
