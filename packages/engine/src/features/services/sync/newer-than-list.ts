import { isDeepStrictEqual } from 'node:util';
import { type ServiceRecord, UNKNOWN_PERSON } from '@sluice/state-store';
import type { Context } from '../../../context/context.js';
import { otherLeases, serviceLease } from '../../../context/leases.js';

/** Why a service is left out whose change by a command the list may not have yet. */
export const NEWER_THAN_LIST = 'a command changed it while the list was read: the next sync reads it again';

/** What was stored when a list of services was requested, and which services other runs worked on then. */
export interface BeforeList {
  stored: ReadonlyMap<string, ServiceRecord>;
  inUse: ReadonlySet<string>;
}

/** Reads the services before their list is requested. */
export async function readBeforeList(context: Context, run: string, only: string | null): Promise<BeforeList> {
  // In this order, a command that stores its change in between is seen in either.
  const records = await context.store.services.list(only === null ? {} : { ids: [only] });
  const inUse = new Set((await otherLeases(context, run)).keys());
  return { stored: new Map(records.map((record) => [record.id, record])), inUse };
}

/**
 * Returns whether a command may have changed a service after its list was requested. The billing system stores a status only once the
 * command has answered, so that a list from meanwhile has the former one. `merged`: clients whom the sync itself has merged since.
 */
export function isNewerThanList(
  { stored, inUse }: BeforeList,
  merged: readonly string[],
  { id, record }: { id: string; record: ServiceRecord | undefined },
): boolean {
  const before = stored.get(id);
  const isMerged = before?.client != null && merged.includes(before.client);
  const expected = isMerged && record !== undefined ? afterMerge(before, record) : before;
  return inUse.has(serviceLease(id)) || !isDeepStrictEqual(expected, record);
}

/** What the merge of clients that the sync itself has made leaves of a service. */
function afterMerge(before: ServiceRecord, { client, clientSince }: ServiceRecord): ServiceRecord {
  return { ...before, client, clientSince, ...UNKNOWN_PERSON };
}
