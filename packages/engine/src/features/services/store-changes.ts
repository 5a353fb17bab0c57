import { ownershipSubject, type ServiceChange, type ServiceRecord, type StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { findRule } from '../preferences/preferences.js';
import { addNotices, type Notice, noticeRows, serviceNotice } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { listOtherLines, passNumbers } from './pass-numbers.js';
import { followRenames } from './renames.js';

/**
 * Stores changes of services, and returns the changed records. With a former client its preference for auto-buy ends: nobody pays
 * for what another client wished.
 */
export async function storeChanges(
  context: Context,
  tables: StoreTables,
  { changes, run }: { changes: readonly ServiceChange[]; run: string },
): Promise<ServiceRecord[]> {
  const isRead = ({ client, panel, product, refs }: ServiceChange): boolean =>
    [client, panel, product, refs].some((of) => of !== undefined);
  const ids = changes.filter(isRead).map(({ id }) => id);
  const before = ids.length === 0 ? [] : await tables.services.list({ ids });
  const lines = await listOtherLines(context, tables, { changes, before });
  const changed = await tables.services.update(await leavePanels(context, tables, { changes, before }));
  await passNumbers(tables, lines);
  await renameBills(context, tables, { changes, before });
  const renamed = await followRenames(context, tables, { changes, before, run });
  if (renamed.length > 0) await addNotices(context, tables, noticeRows(context, run, renamed));
  const hadClient = new Set(before.filter(({ client }) => client !== null).map(({ id }) => id));
  const withClient = new Set(changes.flatMap(({ id, client }) => (client === undefined ? [] : [id])));
  const moved = changed.filter(({ id }) => hadClient.has(id) && withClient.has(id));
  if (moved.length === 0) return changed;
  const notices = await endPreferences(context, tables, { moved, run });
  await addNotices(context, tables, noticeRows(context, run, notices));
  return changed;
}

/** Stores new services. What is known of an id that another client had before is that client's. */
export async function storeAdded(
  context: Context,
  { services, ownership }: Pick<StoreTables, 'services' | 'ownership'>,
  added: readonly ServiceRecord[],
): Promise<void> {
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

async function endPreferences(
  { config }: Context,
  tables: StoreTables,
  { moved, run }: { moved: readonly ServiceRecord[]; run: string },
): Promise<Notice[]> {
  const all = await tables.autoBuy.list();
  const notices: Notice[] = [];
  for (const service of moved) {
    const { id, client, product } = service;
    const own = all.filter(({ scope, subject }) => scope !== 'client' && subject === id);
    for (const { scope } of own) await tables.autoBuy.remove(scope, id);
    const others = all.filter((row) => !own.includes(row));
    if (
      own.every(({ enabled }) => enabled !== true) ||
      findRule(config, others, { service: id, client, product }).enabled
    )
      continue;
    const message = `${id} has another client: automatic purchases are off until they are switched on again`;
    notices.push(serviceNotice(service, 'auto_buy_ended', message, run));
  }
  return notices;
}
