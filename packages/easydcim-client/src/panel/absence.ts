import { toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { isWithoutService } from './plan-left.js';
import { type EasyDcimState, NOT_FOUND } from './state.js';

/** Objects of one kind, as the panel answers for them. */
export interface Objects {
  get: (id: string) => Promise<unknown>;
  /** Lists some of them. */
  list: () => AsyncIterable<{ id: string }>;
  /** Returns the ids of some that should exist. */
  others: () => Promise<readonly string[]>;
}

/** `alone`: the panel lists no object of this kind at all, so no other one can answer. */
export type Absence = 'gone' | 'alone' | 'unknown';

/**
 * Finds out whether an object that was 404 is gone. So are all while the panel's address, an endpoint or a proxy is wrong: it is
 * gone only if another object of its kind answers by its id, and it is still 404 after that.
 */
export async function findAbsence({ get, list, others }: Objects, id: string): Promise<Absence> {
  const stays = async (absence: Absence): Promise<Absence> => ((await isNotFound(() => get(id))) ? absence : 'unknown');
  if (await someAnswer(get, pickOthers(await others(), id))) return stays('gone');
  const listed = await listSome(list);
  if (listed === null || listed.includes(id)) return 'unknown';
  if (listed.length === 0) return stays('alone');
  return (await someAnswer(get, pickOthers(listed, id))) ? stays('gone') : 'unknown';
}

/**
 * Whether an order that was 404 is gone. An empty list shows that only where no other order is known and the service's ports are
 * 404, too: a token may see no order.
 */
export async function isOrderGone(
  orders: Objects,
  id: string,
  { portsError }: Pick<EasyDcimState, 'portsError'>,
): Promise<boolean> {
  const absence = await findAbsence(orders, id);
  if (absence !== 'alone') return absence === 'gone';
  return portsError?.code === NOT_FOUND && (await orders.others()).every((other) => other === id);
}

/** Whether a port that was 404 is gone. Where no other port is known, it is with its service. */
export async function isPortGone(
  ports: Objects,
  id: string,
  { isGone }: Pick<EasyDcimState, 'isGone'>,
): Promise<boolean> {
  const absence = await findAbsence(ports, id);
  return absence === 'gone' || (absence === 'alone' && isGone);
}

/** `services`: those that the token sees without a user; `asUser` reads one as the user of a service. */
export interface ServiceCalls {
  services: Objects;
  asUser: Objects['get'];
}

/** Finds out whether a service is gone: read with and without a user, since a user may be wrong. */
export async function findServiceAbsence(id: string, { services, asUser }: ServiceCalls): Promise<Absence> {
  for (const get of [asUser, services.get]) if (!(await isNotFound(() => get(id)))) return 'unknown';
  return findAbsence(services, id);
}

/**
 * Whether a service whose ports were 404 is gone. The token may see no service without a user, and then only the order shows that
 * its service is gone.
 */
export async function isServiceGone(
  { refs }: ServiceRecord,
  { order, orderError, isOrderGone: hasNoOrder }: EasyDcimState,
  calls: ServiceCalls,
): Promise<boolean> {
  const { easydcim_service_id: id = '' } = refs;
  const namesIt = order !== null && order.serviceId === id;
  if (namesIt || (orderError !== null && !hasNoOrder)) return false;
  const absence = await findServiceAbsence(id, calls);
  const hasLeftOrder = order === null ? hasNoOrder : order.serviceId !== null || isWithoutService(order);
  return absence === 'gone' || (absence === 'alone' && hasLeftOrder);
}

/** How many other objects are asked. */
export const TRIES = 3;

function pickOthers(ids: readonly string[], id: string): string[] {
  return ids.filter((other) => other !== id).slice(0, TRIES);
}

async function someAnswer(get: Objects['get'], ids: readonly string[]): Promise<boolean> {
  for (const id of ids) {
    try {
      await get(id);
      return true;
    } catch {
      // The next one may answer.
    }
  }
  return false;
}

/** Returns the first ids of a list; null where it could not be read. */
async function listSome(list: Objects['list']): Promise<string[] | null> {
  const ids: string[] = [];
  try {
    for await (const { id } of list()) {
      ids.push(id);
      if (ids.length > TRIES) break;
    }
    return ids;
  } catch {
    return null;
  }
}

async function isNotFound(get: () => Promise<unknown>): Promise<boolean> {
  try {
    await get();
    return false;
  } catch (error) {
    return toItemError(error).code === NOT_FOUND;
  }
}
