import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import { findRule } from './preferences.js';

/**
 * Ends automatic purchases that the former clients of services set, and returns the notices of those that bought: nobody pays for what
 * another client wished.
 */
export async function endPreferences(
  { config }: Pick<Context, 'config'>,
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
