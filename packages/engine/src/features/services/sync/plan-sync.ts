import type { SyncChange, SyncProblem, SyncReport } from '@sluice/contract/documents';
import type { ServiceSource, SourceList, SourceService } from '@sluice/contract/ports';
import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import { listUnwritten } from '../../billing/write-back.js';
import { compareIds } from '../../../base/natural-order.js';
import type { Context } from '../../../context/context.js';
import { describeChange } from '../describe-changes.js';
import { listColumns } from '../../../base/fields.js';
import { type RowChange, toChanges } from '../plan-rows.js';
import { applyFills } from './apply-fills.js';
import { describeWithheld, isWithheld, readFormer } from '../former-status.js';
import { noteFollowed, toFollowing } from './follow-names.js';
import { followProtection } from './follow-protection.js';
import { type BeforeList, isNewerThanList, NEWER_THAN_LIST } from './newer-than-list.js';
import { planTaken } from './plan-taken.js';
import { type TakenService, takeServices } from './take-services.js';
import { hasEnded } from '../../../base/lifecycle.js';

/** The services that a billing system lists. */
export interface Listed extends SourceList {
  /** The name of the billing system. */
  title: string;
  /** The ref with their id there. */
  ref: string;
  /** The ref with the id of their product there, where an operator named the product. */
  productRef: string;
  /** The ref with the date of its protection there. */
  protectionRef: string;
  /** The fields with the name and language that a sync stored last. */
  followedFields: ServiceSource['followedFields'];
  /** The only service that was asked for; null: all. */
  only: string | null;
  /** What was stored when the list was requested. */
  before: BeforeList;
  /** Clients who were found to be merged into others since then. */
  merged: readonly string[];
}

/** How rows are checked. */
export interface SyncOptions {
  allowDuplicateRefs: boolean;
  /** The product of services that no product of the config claims; null: they are skipped. */
  product: string | null;
}

/** What a sync stores and reports. */
export interface SyncPlan extends Pick<SyncReport, 'totals' | 'changes' | 'skipped' | 'problems'> {
  /** Services of which the billing system shows the status of before an order that was not finished. */
  withheld: NonNullable<SyncReport['withheld']>;
  added: ServiceRecord[];
  updates: ServiceChange[];
  /** Services of which the billing system shows another status than before an order that was not finished. */
  following: string[];
  /** Services that came from the billing system earlier and have not ended. */
  known: number;
}

/** Compares the list with the store. What a command has changed since the list was requested is left to the next sync. */
export async function planSync(
  context: Context,
  tables: StoreTables,
  listed: Listed,
  options: SyncOptions,
): Promise<SyncPlan> {
  const { only, before, merged } = listed;
  const records = await tables.services.list(only === null ? {} : { ids: [only] });
  const stored = new Map(records.map((record) => [record.id, record]));
  const left = new Set<string>();
  for (;;) {
    const plan = await planListed(context, tables, listed, { ...options, stored, left });
    const changed = [...plan.added, ...plan.updates].map(({ id }) => id);
    const newer = changed.filter((id) => isNewerThanList(before, merged, { id, record: stored.get(id) }));
    if (newer.length === 0) return plan;
    for (const id of newer) left.add(id);
  }
}

/** What the list is compared with. */
interface PlanOptions extends SyncOptions {
  stored: ReadonlyMap<string, ServiceRecord>;
  /** Services that are left to the next sync. */
  left: ReadonlySet<string>;
}

async function planListed(
  context: Context,
  tables: StoreTables,
  list: Listed,
  { stored, left, ...options }: PlanOptions,
): Promise<SyncPlan> {
  const { title, ref, productRef, followedFields, services: listedServices, unread, before, merged } = list;
  const services = takeServices(listedServices, { product: options.product, ref, productRef, stored });
  const skipped = services.flatMap((service) => {
    if (left.has(service.id)) return [];
    const reason = service.skipped ?? (isOver(service, stored) ? 'had ended before the first sync' : null);
    return reason === null ? [] : [{ id: service.id, reason }];
  });
  skipped.push(...[...left].map((id) => ({ id, reason: NEWER_THAN_LIST })));
  const out = new Set(
    skipped.map(({ id }) => id).filter((id) => left.has(id) || stored.get(id)?.refs[ref] === undefined),
  );
  const unwritten = await listUnwritten(context, tables);
  const former = await readFormer(tables, before.inUse);
  const shown = services
    .filter(({ id }) => !out.has(id))
    .map((service) =>
      withoutColumns(toShown(context, service, { stored, followedFields }), unwritten.get(service.id) ?? []),
    );
  const isLeft = (service: TakenService): boolean => isWithheld(service, { stored, former, now: context.now() });
  const withheld = shown.filter(isLeft).flatMap(({ id }) => {
    const order = former.get(id);
    return order === undefined
      ? []
      : [{ service: id, name: stored.get(id)?.name ?? null, message: describeWithheld(order, title) }];
  });
  const taken = shown.map((service) => (isLeft(service) ? withoutColumns(service, ['status']) : service));
  const sources = new Map(taken.map((service) => [service.id, service]));
  const listed = new Set(services.map(({ id }) => id));
  const known = [...stored.values()].filter((record) => record.refs[ref] !== undefined && !hasEnded(record));
  // A row that can't be read may be any service.
  const gone = unread.length > 0 ? [] : known.filter(({ id }) => !listed.has(id) && !left.has(id));
  const ending = gone.map(toVanished);
  const planned = await planTaken(context, tables, { services: taken, stored, ref }, { ...options, ending });
  noteSources(planned, sources, list);
  const rowChanges = [...planned.rowChanges, ...ending];
  const { added, changes: updates } = toChanges(rowChanges, context.now());
  const following = taken.filter(({ id, texts }) => former.has(id) && texts['status'] !== undefined);
  const changed = new Set([...added, ...updates].map(({ id }) => id));
  const changes = describe(context, rowChanges.map(beforeMerge({ before, merged })), changed);
  return {
    withheld,
    added,
    updates,
    following: following.map(({ id }) => id),
    known: known.length,
    totals: toTotals(changes, { seen: services.length, rows: rowChanges.length, skipped: skipped.length }),
    changes,
    skipped: byReason(skipped),
    problems: [...unread.map(toUnreadProblem), ...planned.problems],
  };
}

/** Notes in the planned services what a later sync has to know of this one. */
function noteSources(
  { rowChanges, narrowed }: Awaited<ReturnType<typeof planTaken>>,
  sources: ReadonlyMap<string, TakenService>,
  { ref, productRef, protectionRef, followedFields }: Listed,
): void {
  for (const { after } of rowChanges) {
    const { externalId = '', named = null, texts = {} } = sources.get(after.id) ?? {};
    after.refs[ref] = externalId;
    followProtection(after, texts, protectionRef);
    noteFollowed(after, texts, followedFields);
    if (narrowed.has(after.id)) continue;
    if (named === null) Reflect.deleteProperty(after.refs, productRef);
    else after.refs[productRef] = named;
  }
}

/** Returns a service with what fills its columns, and without what an operator has set. */
function toShown(
  context: Context,
  service: TakenService,
  { stored, followedFields }: Pick<PlanOptions, 'stored'> & Pick<Listed, 'followedFields'>,
): TakenService {
  const before = stored.get(service.id);
  return toFollowing(applyFills(context, service, before), before, followedFields);
}

function toTotals(
  changes: readonly SyncChange[],
  { seen, rows, skipped }: { seen: number; rows: number; skipped: number },
): SyncReport['totals'] {
  const count = (change: SyncChange['change']): number => changes.filter((item) => item.change === change).length;
  return {
    seen,
    added: count('added'),
    changed: count('changed'),
    unchanged: rows - changes.length,
    vanished: count('vanished'),
    terminated: count('terminated'),
    skipped,
  };
}

/** Leaves out the custom fields that Sluice has not written yet. */
function withoutColumns(service: TakenService, columns: readonly string[]): TakenService {
  if (columns.length === 0) return service;
  const texts = Object.entries(service.texts).filter(([column]) => !columns.includes(column));
  return { ...service, texts: Object.fromEntries(texts) };
}

/** A service that ended without ever having been synced is not added. */
function isOver({ id, texts }: SourceService, stored: ReadonlyMap<string, ServiceRecord>): boolean {
  return texts['status'] === 'terminated' && !stored.has(id);
}

function toUnreadProblem(what: string): SyncProblem {
  const message = `${what}; a row that can't be read may be any service, so that no service was marked as vanished`;
  return { service: '', key: null, message };
}

function toVanished(before: ServiceRecord): RowChange {
  const row = { line: null, values: { id: before.id } };
  return { row, before, after: { ...structuredClone(before), status: 'vanished' }, bad: new Set() };
}

/** Returns rows with the client of before a merge and what ended with it, as a preview shows them. */
function beforeMerge({ before: { stored }, merged }: Pick<Listed, 'before' | 'merged'>) {
  return (row: RowChange): RowChange => {
    const former = stored.get(row.after.id);
    if (row.before === null || former?.client == null || !merged.includes(former.client)) return row;
    const { client, clientName, clientEmail, language } = former;
    return { ...row, before: { ...row.before, client, clientName, clientEmail, language } };
  };
}

function describe(context: Context, rows: readonly RowChange[], changed: ReadonlySet<string>): SyncChange[] {
  const columns = listColumns(context.deps.kinds);
  return rows
    .filter(({ before, after }) => changed.has(after.id) || (before !== null && before.client !== after.client))
    .sort((a, b) => compareIds(a.after.id, b.after.id))
    .map(({ before, after }) => ({
      id: after.id,
      change: toKind(before, after),
      fields: describeChange({ before, after }, columns).keys,
    }));
}

function toKind(before: ServiceRecord | null, after: ServiceRecord): SyncChange['change'] {
  if (before === null) return 'added';
  if (after.status === before.status) return 'changed';
  return after.status === 'vanished' || after.status === 'terminated' ? after.status : 'changed';
}

function byReason(skipped: readonly { id: string; reason: string }[]): SyncReport['skipped'] {
  const reasons = new Map<string, string[]>();
  for (const { id, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  return [...reasons].map(([reason, services]) => ({ reason, services }));
}
