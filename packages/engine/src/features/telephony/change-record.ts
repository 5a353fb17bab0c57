import type { RecordChange, TelephonyDocument } from '@sluice/contract/documents';
import { isPanelError } from '@sluice/panel-http';
import { SluiceError, type TelephonyResource, usageError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { panelLease, serviceLease } from '../../context/leases.js';
import { type Run, withRun } from '../../kernel/run/bracket.js';
import { refuseWithoutLine } from '../../base/lifecycle.js';
import { findServiceOfLine } from '../../base/ownership.js';
import { requireService } from '../../context/find-service.js';
import { type Asking, refuseUnpermitted } from '../../context/customer-terms.js';
import type { Context } from '../../context/context.js';
import { refuseUnfinished } from '../../kernel/subject/termination.js';
import { toWarnings } from './change-warnings.js';
import { showsValue, toText, toCamel, toDocument } from './documents.js';
import { readSubscriber, requireLine } from './find-line.js';
import { findRecord } from './find-records.js';
import { type FieldValue, readValues } from './read-values.js';
import { type NamedTelephony, RECORD_NAMES, refuseUnsupported, requireTelephony, toNoun } from './panels.js';
import { toKey } from './record-keys.js';
import { isRemoved, type Removal } from './removed-records.js';
import { findRemoved, resolveEarlier, writeRecord } from './write-record.js';

/** What to change. */
export interface ChangeRequest extends Asking {
  resource: TelephonyResource;
  operation: 'create' | 'set' | 'remove';
  /** Id or name of the record; not used by `create`. */
  id: string;
  /** As an operator writes them, by the names of the documents. */
  values: Readonly<Record<string, string>>;
  panel: string | null;
  /** The service whose line a subscriber has to be: its lease is taken, not that of the panel. Undefined: any. */
  service?: string | undefined;
  dryRun: boolean;
  waitMs: number;
  /** Refuses to remove a record that may not be removed by itself. */
  refuseRemoval: (context: Context, on: NamedTelephony, removal: Removal) => Promise<void>;
}

/** Creates, changes or removes a record of a telephony system: journal, call, read back. Repeatable without harm. */
export async function changeRecord(context: Context, request: ChangeRequest): Promise<RecordChange> {
  const { resource, operation, dryRun, service } = request;
  const on = await requireTelephony(context, request.panel);
  refuseUnsupported(on, { resource, operation });
  const values = readValues(on.telephony, request);
  if (operation !== 'remove' && values.length === 0) throw usageError('bad_value', 'No field was named to be set');
  const command = `${toNoun(resource)} ${operation}` as const;
  if (service !== undefined) await requireService(context, service);
  return withRun(context, { command, dryRun, service }, async (run) => {
    const change = { context, on, run, request, values };
    if (!dryRun) {
      // A client could keep every run from the panel by changes that take its lease.
      const lease = service === undefined ? panelLease(on.panel) : serviceLease(service);
      await run.start();
      await run.leases.take(lease, request.waitMs);
      await resolveEarlierChanges(change);
    }
    const done = await (operation === 'create' ? create(change) : operation === 'set' ? set(change) : remove(change));
    await run.end({ outcome: 'done', changes: done.changed.length > 0 });
    const { observing: _observing, ...view } = run.view;
    const putBackBy = await findRepairing(change, done);
    const warnings = toWarnings(resource, { ...done, putBackBy });
    return { run: view, panel: on.panel, ...done, putBackBy, warnings };
  });
}

interface WantedChange {
  context: Context;
  on: NamedTelephony;
  run: Run;
  request: ChangeRequest;
  values: readonly FieldValue[];
}

type Done = Pick<RecordChange, 'record' | 'changed' | 'differs'>;

async function create(change: WantedChange): Promise<Done> {
  const { context, on, request, values } = change;
  const { resource } = request;
  const key = toKey(resource, values);
  const [existing, second] = await findByKey(context, on, resource, key);
  if (existing !== undefined) {
    const others = values.filter(({ field, value }) => !showsValue(field, existing, value));
    if (second === undefined && others.length === 0) return { record: existing, changed: [], differs: [] };
    const fields = others.map(({ field }) => field.name).join(', ');
    throw new SluiceError(
      'record_exists',
      `Panel "${on.panel}" has ${RECORD_NAMES[resource]} "${String(existing['id'])}" already${fields === '' ? '' : `, with another ${fields}`}; nothing was changed`,
      { details: { panel: on.panel, id: String(existing['id']) } },
    );
  }
  const changed = values.map(({ field }) => field.name);
  if (request.dryRun) return { record: withValues({}, values), changed, differs: [] };
  const find = async (): Promise<TelephonyDocument | null> => (await findByKey(context, on, resource, key))[0] ?? null;
  const { record, differs } = await write(change, { id: null, before: null, find });
  return { record: record ?? withValues({}, values), changed, differs };
}

async function set(change: WantedChange): Promise<Done> {
  const { context, on, request, values } = change;
  const { resource } = request;
  const found = await findToSet(change);
  const before = toDocument(found);
  const wanted = values.filter(({ field, value }) => field.type === 'secret' || !showsValue(field, before, value));
  const changed = wanted.map(({ field }) => field.name);
  if (wanted.length === 0) return { record: before, changed, differs: [] };
  if (request.dryRun) return { record: withValues(before, wanted), changed, differs: [] };
  const find = async (): Promise<TelephonyDocument | null> => {
    const row = await on.telephony.get(resource, found.id, context.deps.signal);
    return row === null ? null : toDocument(row);
  };
  const { record, differs } = await write({ ...change, values: wanted }, { id: found.id, before, find });
  return { record: record ?? before, changed, differs };
}

async function remove(change: WantedChange): Promise<Done> {
  const { context, on, run, request } = change;
  const { resource } = request;
  const { id } = request;
  let found: { id: string };
  let isUnreadable = false;
  try {
    found = await findRecord(context, on, resource, id);
  } catch (error) {
    isUnreadable = isMisfit(resource, error);
    const isGone = error instanceof SluiceError && error.code === 'unknown_record';
    const removed = isGone ? await findRemoved(context, on, { resource, name: id, values: [] }) : null;
    if (removed !== null) return { record: removed, changed: [], differs: [] };
    if (!isUnreadable) throw error;
    found = { id };
  }
  const before = toDocument(found);
  // A number of a pool may still be removed from the list, where the panel does that.
  if (before['status'] === 'terminated' && isRemoved(on, resource, before))
    return { record: before, changed: [], differs: [] };
  const { dryRun, waitMs } = request;
  await request.refuseRemoval(context, on, { resource, record: before, dryRun, waitMs, leases: run.leases });
  if (dryRun) return { record: before, changed: ['id'], differs: [] };
  const find = async (): Promise<TelephonyDocument | null> => {
    if (isUnreadable) return (await isThere(change, id)) ? before : null;
    const rows = await on.telephony.list(resource, {}, context.deps.signal);
    const shown = rows.map(toDocument).find((row) => row['id'] === found.id);
    return shown === undefined || isRemoved(on, resource, shown) ? null : shown;
  };
  await write(change, { id: found.id, before, find });
  return { record: before, changed: ['id'], differs: [] };
}

/** Whether an error is about the values of a rate that the panel has, and not about the panel. */
function isMisfit(resource: TelephonyResource, error: unknown): boolean {
  if (resource !== 'rates' || !isPanelError(error) || error.code !== 'PANEL_UNREADABLE') return false;
  return error.fields?.some(({ path }) => path.startsWith('resources.rates.')) === true;
}

/** Whether the panel has a record, even one that can't be read. */
async function isThere({ context, on, request }: WantedChange, id: string): Promise<boolean> {
  const { resource } = request;
  try {
    return (await on.telephony.get(resource, id, context.deps.signal)) !== null;
  } catch (error) {
    if (isMisfit(resource, error)) return true;
    throw error;
  }
}

async function write(
  { context, on, run, request, values }: WantedChange,
  target: { id: string | null; before: TelephonyDocument | null; find: () => Promise<TelephonyDocument | null> },
): ReturnType<typeof writeRecord> {
  const { resource, operation, service } = request;
  // The panel may have been slow to answer what was read of it.
  await run.refuseEndedAsker();
  if (service !== undefined) await requireChangeable(context, service, request);
  return writeRecord(context, { on, run: run.id, fences: run.leases.held, resource, operation, values, ...target });
}

/** Finds the record to change. A line of a service is not changed while a command or run works on the service. */
async function findToSet(change: WantedChange): Promise<{ id: string }> {
  const { context, on, run, request } = change;
  const { resource, service, dryRun, waitMs } = request;
  const found = await findRecord(context, on, resource, request.id);
  if (service !== undefined) await refuseOtherLine(change, service, found.id);
  const owner = service !== undefined || dryRun ? undefined : await findOwner(change, found.id);
  if (owner === undefined) return found;
  await run.leases.take(serviceLease(owner.id), waitMs);
  // The command of a client that had the lease may have changed it, or have left that in doubt.
  await resolveEarlierChanges(change);
  return findRecord(context, on, resource, found.id);
}

function resolveEarlierChanges({ context, on, run, request, values }: WantedChange): Promise<void> {
  const { resource, operation } = request;
  const name = operation === 'create' ? null : request.id;
  return resolveEarlier(context, on, { resource, name, values }, run.leases.held);
}

/** Returns the service whose line is to be changed; refuses one that is not in use, or whose client may not change it. */
async function requireChangeable(context: Context, id: string, asking: Asking): Promise<ServiceRecord> {
  const service = await requireService(context, id);
  refuseWithoutLine(service);
  await refuseUnfinished(context, id);
  await refuseUnpermitted(context, service, asking);
  return service;
}

/** Refuses a record that is not the line of the named service and client any more. */
async function refuseOtherLine(change: WantedChange, id: string, subscriber: string): Promise<void> {
  const { context, on, request } = change;
  const service = await requireChangeable(context, id, request);
  const line = await requireLine(context, service);
  const owner = await findOwner(change, subscriber);
  if (service.panel !== on.panel || line.subscriberId !== subscriber || owner?.id !== id) {
    const message = `"${id}" has another line by now; nothing was changed`;
    throw new SluiceError('line_conflict', message, { kind: 'conflict', details: { service: id } });
  }
  await readSubscriber(context, line);
}

/** Returns the service of a line; undefined where it has none, and for other records. */
async function findOwner({ context, on, request }: WantedChange, id: unknown): Promise<ServiceRecord | undefined> {
  if (request.resource !== 'subscribers') return undefined;
  const services = await context.store.services.list({ panel: on.panel });
  return findServiceOfLine(services, on.telephony, id);
}

async function findRepairing(change: WantedChange, { record, changed }: Done): Promise<string | null> {
  if (change.request.operation !== 'set' || changed.length === 0) return null;
  const owner = await findOwner(change, record['id']);
  if (owner === undefined) return null;
  const repaired = change.on.telephony.repaired?.(owner) ?? [];
  return changed.some((name) => repaired.includes(name)) ? owner.id : null;
}

async function findByKey(
  context: Context,
  { telephony }: NamedTelephony,
  resource: TelephonyResource,
  key: readonly FieldValue[],
): Promise<TelephonyDocument[]> {
  const [first] = key;
  const filters = first === undefined ? {} : { [toCamel(first.field.name)]: toText(first.value) };
  const rows = (await telephony.list(resource, filters, context.deps.signal)).map(toDocument);
  return rows.filter((row) => key.every(({ field, value }) => showsValue(field, row, value)));
}

function withValues(document: TelephonyDocument, values: readonly FieldValue[]): TelephonyDocument {
  const shown = values.filter(({ field }) => field.type !== 'secret');
  return { ...document, ...Object.fromEntries(shown.map(({ field, value }) => [field.name, value])) };
}
