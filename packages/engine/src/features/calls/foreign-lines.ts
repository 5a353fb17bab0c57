import { type ItemError, type PanelTelephony, toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Subscriber } from '@sluice/quota-core/telephony';
import type { Context } from '../../context/context.js';

/**
 * Returns why the lines of services are not theirs by the references on the panel, or can't be read, by the services' ids. All lines are
 * read at once; where that fails, since a line of somebody else can't be read, each is read alone.
 */
export async function listForeignLines(
  context: Context,
  telephony: PanelTelephony,
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, ItemError>> {
  const found = new Map<string, ItemError>();
  if (services.length === 0 || telephony.ownerConflict === undefined) return found;
  const read = await toReader(context, telephony);
  if (read === null) return found;
  for (const service of services) {
    try {
      const line = await read(telephony.findSubscriber(service) ?? '');
      const conflict = line === null ? null : telephony.ownerConflict(service, line);
      if (conflict != null) found.set(service.id, { code: 'line_conflict', message: `"${service.id}": ${conflict}` });
    } catch (error) {
      context.deps.signal.throwIfAborted();
      found.set(service.id, toItemError(error));
    }
  }
  return found;
}

type ReadLine = (id: string) => Promise<Subscriber | null>;

/** Null where the panel has no single lines: these have no references. */
async function toReader({ deps: { signal } }: Context, telephony: PanelTelephony): Promise<ReadLine | null> {
  const has = (operation: 'list' | 'get'): boolean =>
    telephony.unsupported({ resource: 'subscribers', operation }) === null;
  const alone: ReadLine = (id) => telephony.get('subscribers', id, signal);
  if (!has('list')) return has('get') ? alone : null;
  try {
    const lines = new Map((await telephony.list('subscribers', {}, signal)).map((line) => [line.id, line]));
    return (id) => Promise.resolve(lines.get(id) ?? null);
  } catch (error) {
    signal.throwIfAborted();
    if (has('get')) return alone;
    throw error;
  }
}
