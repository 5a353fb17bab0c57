import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import { addNotices } from '../../kernel/run/outbox.js';
import { findRule } from '../preferences/preferences.js';
import { type Notice, noticeRows, serviceNotice } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';

/**
 * Stores changes of services, and returns the changed records. With a former client its preference for auto-buy ends: nobody pays
 * for what another client wished.
 */
export async function storeChanges(
  context: Context,
  tables: StoreTables,
  { changes, run }: { changes: readonly ServiceChange[]; run: string },
): Promise<ServiceRecord[]> {
  const ids = changes.flatMap(({ id, client }) => (client === undefined ? [] : [id]));
  const before = ids.length === 0 ? [] : await tables.services.list({ ids });
  const changed = await tables.services.update([...changes]);
  const hadClient = new Set(before.filter(({ client }) => client !== null).map(({ id }) => id));
  const moved = changed.filter(({ id }) => hadClient.has(id));
  if (moved.length === 0) return changed;
  const notices = await endPreferences(context, tables, { moved, run });
  await addNotices(context, tables, noticeRows(context, run, notices));
  return changed;
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
    const own = all.find(({ scope, subject }) => scope === 'service' && subject === id);
    if (own === undefined) continue;
    await tables.autoBuy.remove('service', id);
    const others = all.filter((row) => row !== own);
    if (own.enabled !== true || findRule(config, others, { service: id, client, product }).enabled) continue;
    const message = `${id} has another client: automatic purchases are off until they are switched on again`;
    notices.push(serviceNotice(service, 'auto_buy_ended', message, run));
  }
  return notices;
}
