import { may } from '@sluice/contract';
import type { ServiceDetail } from '@sluice/engine';
import { type Said, say } from '@sluice/messages';
import { toItemError } from '@sluice/panel-kind/errors';
import { clientError, forClient } from '../../server/failure.js';
import type { PageAnswer } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';

/** Returns the client of a page; only routes with one are served to clients. */
export function toClient({ viewer }: Pick<PageRequest, 'viewer'>): string {
  if (viewer.client === null) throw clientError('unknown_page', say('problem.unknownPage'), { kind: 'not-found' });
  return viewer.client;
}

/** Whether a reader may buy, so that advice leads it to what is sold; where parts are embedded, the other site sells. */
export function mayBuy({ viewer, isEmbedded }: Pick<PageRequest, 'viewer' | 'isEmbedded'>): boolean {
  return isEmbedded || may(viewer, 'purchases.create');
}

/** Returns the services of the page's client, as they are after the last run. */
export async function ownServices(request: PageRequest): Promise<ServiceDetail[]> {
  const client = toClient(request);
  const { services } = await request.sluice.services.list({ client, reader: client, mayBuy: mayBuy(request) });
  return services;
}

/**
 * Returns the service that a page is about.
 *
 * @throws SluiceError `unknown_service`, the same for a service of another client as for one that nobody has
 */
export async function ownService(request: PageRequest): Promise<ServiceDetail> {
  const reader = toClient(request);
  try {
    return await request.sluice.services.show(request.params['id'] ?? '', { reader, mayBuy: mayBuy(request) });
  } catch (error) {
    if (toItemError(error).code !== 'unknown_service') throw error;
    throw clientError('unknown_service', say('problem.unknownService'), { kind: 'not-found' });
  }
}

/** Returns the id of the only service of the page's client; null for a client with several or none, or who is an agent as well. */
export async function findOnly({ sluice, viewer }: PageRequest): Promise<string | null> {
  const client = toClient({ viewer });
  const { services } = await sluice.services.list({ client, limit: 2 });
  const [first] = services;
  if (first === undefined || services.length > 1) return null;
  const { agents } = await sluice.agents.ofClient(client, { reader: client });
  return agents.length > 0 || (await sluice.agents.unknownOfClient(client)) > 0 ? null : first.id;
}

/** Returns what the page's client is called; null where no service of it has a name of it. */
export async function findName({ sluice, viewer }: PageRequest): Promise<string | null> {
  const { services } = await sluice.services.list({ client: toClient({ viewer }) });
  return toName(services);
}

/** Returns what the client of services is called; null where none has a name of it. */
export function toName(services: readonly Pick<ServiceDetail, 'clientName'>[]): string | null {
  return services.find(({ clientName }) => clientName !== null)?.clientName ?? null;
}

/** Returns the path of a service's page. */
export function toPath({ base }: Pick<PageRequest, 'base'>, id: string): string {
  return `${base}/services/${encodeURIComponent(id)}`;
}

const NOT_NOW: Said = say('problem.notNow');

/** Runs an action of a client. What failed elsewhere, in a panel or billing system, becomes one plain sentence. */
export async function plainly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw forClient(error, NOT_NOW);
  }
}

/** Leads back to the head of the service's page, where a sentence says what was done. */
export function done(request: PageRequest, id: string, what: string): PageAnswer {
  return { redirect: `${toPath(request, id)}?done=${what}` };
}
