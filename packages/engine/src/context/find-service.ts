import type { ServiceRecord } from '@sluice/state-store';
import { notFound } from '../base/errors.js';
import { compareIds } from '../base/natural-order.js';
import { suggestId } from '../base/suggestion.js';
import type { Context } from './context.js';

/** Returns a service; the error for an unknown one names the most similar id. */
export async function requireService({ store }: Pick<Context, 'store'>, id: string): Promise<ServiceRecord> {
  const service = await store.services.get(id);
  if (service) return service;
  const ids = await store.services.ids();
  const hint = suggestId(id, ids.slice(0, 2000).sort(compareIds));
  throw notFound('unknown_service', `There is no service "${id}"`, { service: id }, hint);
}

/**
 * Returns a service as `requireService`; for a reader by one query, so that the time of the answer is the same for a service of another
 * client and for none.
 */
export async function requireForReader(
  context: Pick<Context, 'store'>,
  id: string,
  reader: string | null | undefined,
): Promise<ServiceRecord> {
  if (reader === undefined) return requireService(context, id);
  const [own] = reader === null ? [] : await context.store.services.list({ client: reader, ids: [id] });
  if (own !== undefined) return own;
  throw notFound('unknown_service', `There is no service "${id}"`, { service: id });
}

/** Refuses a service that is not this client's, as one that does not exist; undefined: any client's. */
export function refuseOtherClient(service: ServiceRecord, client: string | null | undefined): void {
  if (client === undefined || service.client === client) return;
  throw notFound('unknown_service', `There is no service "${service.id}"`, { service: service.id });
}
