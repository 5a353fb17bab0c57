import type { ServiceSource, SourceFields } from '@sluice/contract/ports';
import { stated } from '@sluice/messages/said';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables, WriteBackRecord } from '@sluice/state-store';
import { isCommandRow } from '../../kernel/subject/command-row.js';
import { addNotices, type Notice, noticeRows } from '../../kernel/run/notice.js';
import { listFieldColumns } from '../../base/fields.js';
import type { Context } from '../../context/context.js';
import { openKnownSource } from './billing-address.js';
import { type ConfiguredSource, findSource } from './open-billing.js';

/** Returns the billing system whose custom fields get the refs of services; null if there is none. */
function findFieldSource(context: Context): ConfiguredSource | null {
  const source = findSource(context);
  return source?.kind.writesFields?.(source.settings) === true ? source : null;
}

/**
 * Stores that the refs of a service are to be written into the billing system, in the transaction that stores the command: after a
 * kill the next reconcile writes them.
 */
export async function planWriteBack(context: Context, service: ServiceRecord, tables: StoreTables): Promise<void> {
  if (findFieldSource(context) === null) return;
  const [earlier] = await tables.writeBacks.list({ services: [service.id] });
  const columns = [...new Set([...(earlier?.columns ?? []), ...service.ownRefs])].sort();
  await tables.writeBacks.put([{ service: service.id, columns, at: context.now() }]);
}

/** Returns the columns that are still to be written, by service: what the billing system shows of them is out of date. */
export async function listUnwritten(context: Context, tables: StoreTables): Promise<Map<string, readonly string[]>> {
  if (findFieldSource(context) === null) return new Map();
  return new Map((await tables.writeBacks.list()).map(({ service, columns }) => [service, columns]));
}

/** What a report has of a run and its notices. */
interface Reported {
  run: { id: string };
  notices: { code: string; service: string | null; message: string }[];
}

/**
 * Writes the refs of services into the billing system, of these or of all that are due. A failure is a notice of the report; the
 * next reconcile tries again. Services with an unfinished command stay due.
 */
export async function writeBack(context: Context, report: Reported, services?: string[]): Promise<void> {
  const configured = findFieldSource(context);
  if (configured === null || context.deps.signal.aborted) return;
  const due = await context.store.writeBacks.list(services === undefined ? {} : { services });
  if (due.length === 0) return;
  const notices = await openAndWrite(context, configured, await leaveOutUnfinished(context, due));
  if (notices.length === 0) return;
  const rows = noticeRows(context, report.run.id, notices);
  const added = await context.store.write((tables) => addNotices(context, tables, rows));
  // A command repeats its notices, a run does not.
  const shown = services === undefined ? added : rows;
  report.notices.push(...shown.map(({ code, service, message }) => ({ code, service, message })));
}

async function leaveOutUnfinished({ store }: Context, due: readonly WriteBackRecord[]): Promise<WriteBackRecord[]> {
  const rows = await store.actions.unresolved({ services: due.map(({ service }) => service) });
  const unfinished = new Set(rows.filter(isCommandRow).map(({ service }) => service));
  return due.filter(({ service }) => !unfinished.has(service));
}

async function openAndWrite(
  context: Context,
  configured: ConfiguredSource,
  due: readonly WriteBackRecord[],
): Promise<Notice[]> {
  let source: ServiceSource;
  try {
    source = await openKnownSource(context, configured);
  } catch (error) {
    return [toNotice(context, null, error)];
  }
  try {
    return await writeAll(context, source, due);
  } finally {
    source.close();
  }
}

async function writeAll(context: Context, source: ServiceSource, due: readonly WriteBackRecord[]): Promise<Notice[]> {
  const { signal } = context.deps;
  const isAborted = (): boolean => signal.aborted;
  const records = await context.store.services.list({ ids: due.map(({ service }) => service) });
  const byId = new Map(records.map((record) => [record.id, record]));
  const notices: Notice[] = [];
  for (const row of due) {
    if (isAborted()) break;
    const service = byId.get(row.service);
    const id = service?.refs[source.ref];
    try {
      if (service !== undefined && id !== undefined && service.status !== 'vanished') {
        await source.writeFields(id, toFields(context, service, row), signal);
      }
      await context.store.writeBacks.remove(row);
    } catch (error) {
      if (isAborted()) break;
      if (!(error instanceof SluiceError)) throw error;
      const isOfService = error.code === 'fields_refused';
      notices.push(toNotice(context, service ?? null, error));
      // Without the billing system each of the others would wait in vain.
      if (!isOfService) break;
    }
  }
  return notices;
}

/** Refs that Sluice made replace what is there; others only fill an empty field, which an operator may have corrected since. */
function toFields({ deps }: Context, service: ServiceRecord, { columns }: WriteBackRecord): SourceFields {
  const { refs, ownRefs, status } = service;
  const known = listFieldColumns(deps.kinds).filter((column) => columns.includes(column) || column in refs);
  return Object.fromEntries(
    known.flatMap((column) => {
      const replaces = columns.includes(column) || ownRefs.includes(column);
      if (status === 'terminated') return replaces ? [[column, { text: '', replaces }]] : [];
      return [[column, { text: refs[column] ?? '', replaces }]];
    }),
  );
}

/** Reported once a day and cause for each service. */
function toNotice(context: Context, service: ServiceRecord | null, error: unknown): Notice {
  const { code, message } = toItemError(error);
  const { id = null, panel = null } = service ?? {};
  const key = `fields_not_written:${context.now().slice(0, 10)}:${id ?? ''}:${code}`;
  return { code: 'fields_not_written', key, panel, service: id, message: stated(message) };
}
