import { staffText } from '@sluice/messages/staff';
import { ownershipSubject, type ServiceChange, type ServiceRecord, type StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { endPreferences } from '../preferences/end-preferences.js';
import { refuseOutdatedNames } from '../../kernel/run/renamed-panels.js';
import { addNotices, type Notice, noticeRows, serviceNotice } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { endGone } from './gone-accounts.js';
import { listOtherLines, passNumbers } from './pass-numbers.js';
import { findPendingInUse, PENDING_IN_USE } from './pending-in-use.js';
import { followRenames } from './renames.js';

/**
 * Stores changes of services, and returns the changed records. With a former client its preference for auto-buy ends, since nobody
 * pays for what another client wished, and so does its release until a date. Overrides are the service's and stay.
 */
export async function storeChanges(
  context: Context,
  tables: StoreTables,
  { changes, run }: { changes: readonly ServiceChange[]; run: string },
): Promise<ServiceRecord[]> {
  await refuseOutdatedNames(context, tables);
  const isRead = ({ client, panel, product, status, refs }: ServiceChange): boolean =>
    [client, panel, product, status, refs].some((of) => of !== undefined);
  const ids = changes.filter(isRead).map(({ id }) => id);
  const before = ids.length === 0 ? [] : await tables.services.list({ ids });
  await endGone(context, tables, { changes, before });
  const lines = await listOtherLines(context, tables, { changes, before });
  const hadClient = new Map(before.flatMap((service) => (service.client === null ? [] : [[service.id, service]])));
  const wanted = changes.map((change) => endRelease(change, hadClient.get(change.id)));
  const changed = await tables.services.update(await leavePanels(context, tables, { changes: wanted, before }));
  await passNumbers(tables, lines);
  await renameBills(context, tables, { changes, before });
  const renamed = await followRenames(context, tables, { changes, before, run });
  const withClient = new Set(changes.flatMap(({ id, client }) => (client === undefined ? [] : [id])));
  const moved = changed.filter(({ id }) => hadClient.has(id) && withClient.has(id));
  const preferences = moved.length === 0 ? [] : await endPreferences(context, tables, { moved, run });
  const notices = [
    ...renamed,
    ...(await toPending(context, tables, { before, changed })),
    ...preferences,
    ...moved.flatMap((service) => toEnded(hadClient.get(service.id), service)),
  ];
  if (notices.length > 0) await addNotices(context, tables, noticeRows(context, run, notices));
  return changed;
}

async function toPending(
  context: Context,
  tables: StoreTables,
  { before, changed }: { before: readonly ServiceRecord[]; changed: readonly ServiceRecord[] },
): Promise<Notice[]> {
  const were = new Set(before.flatMap(({ id, status }) => (status === 'active' || status === 'suspended' ? [id] : [])));
  const wereActive = changed.filter(({ id }) => were.has(id));
  const found = await findPendingInUse(context, tables, wereActive);
  return found.map(({ service, message }) => serviceNotice(service, PENDING_IN_USE, message, service.updatedAt));
}

/** Ends a release until a date with the client whom it was given to. */
function endRelease(change: ServiceChange, before: ServiceRecord | undefined): ServiceChange {
  const isOther = change.client !== undefined && change.client !== before?.client;
  return before?.quotaReleasedUntil != null && isOther ? { ...change, quotaReleasedUntil: null } : change;
}

function toEnded(before: ServiceRecord | undefined, after: ServiceRecord): Notice[] {
  const until = before?.quotaReleasedUntil ?? null;
  if (until === null || after.quotaReleasedUntil !== null) return [];
  const message = staffText('staff.releaseEnded', { service: after.id, until });
  return [serviceNotice(after, 'release_ended', message, after.updatedAt)];
}

/** Stores new services. What is known of an id that another client had before is that client's. */
export async function storeAdded(
  context: Context,
  tables: StoreTables,
  added: readonly ServiceRecord[],
): Promise<void> {
  await refuseOutdatedNames(context, tables);
  const { services, ownership } = tables;
  const subjects = added.map(({ id }) => ownershipSubject('service', id));
  const known = subjects.length === 0 ? [] : await ownership.list({ panel: '', subjects });
  const hadOther = ({ id, client }: ServiceRecord): boolean =>
    known.some((period) => period.service === id && period.client !== null && period.client !== client);
  await services.put(added.map((record) => (hadOther(record) ? { ...record, clientSince: context.now() } : record)));
}

/**
 * Ends what services have on a panel that they leave for another one, and returns the changes that follow. A panel that is not in the
 * config any more, or has the same address, only got another name: what services had there is theirs as before.
 */
async function leavePanels(
  { config }: Context,
  tables: StoreTables,
  { changes, before }: { changes: readonly ServiceChange[]; before: readonly ServiceRecord[] },
): Promise<ServiceChange[]> {
  const services = new Map(before.map((service) => [service.id, service]));
  const next: ServiceChange[] = [];
  for (const change of changes) {
    const service = services.get(change.id);
    if (service === undefined || !leavesPanel(config, service, change)) {
      next.push(change);
      continue;
    }
    const { id, refs, ownRefs } = service;
    const none = Object.fromEntries(Object.keys(refs).map((ref) => [ref, null]));
    await tables.services.update([{ id, refs: none, updatedAt: change.updatedAt }]);
    const own = Object.fromEntries(ownRefs.map((ref) => [ref, true]));
    next.push({ ...change, refs: { ...refs, ...change.refs }, ownRefs: { ...own, ...change.ownRefs } });
  }
  return next;
}

function leavesPanel({ panels }: Config, service: ServiceRecord, change: ServiceChange): boolean {
  const [from, to] = [service.panel, change.panel ?? ''].map((panel) => findEntry(panels, panel)?.url);
  return from !== undefined && to !== undefined && from !== to;
}

/** Stores the new names of panels on the bills of calls. */
async function renameBills(
  { config }: Context,
  { callBills }: StoreTables,
  { changes, before }: { changes: readonly ServiceChange[]; before: readonly ServiceRecord[] },
): Promise<void> {
  const services = new Map(before.map((service) => [service.id, service]));
  for (const change of changes) {
    const service = services.get(change.id);
    const to = change.panel ?? service?.panel;
    if (service === undefined || to === undefined || to === service.panel) continue;
    if (leavesPanel(config, service, change)) continue;
    const { id, panel: from, refs } = service;
    await callBills.renamePanel({ service: id, objects: Object.values(refs), from, to });
  }
}
