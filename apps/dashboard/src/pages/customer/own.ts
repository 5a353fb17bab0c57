import type { ServiceDetail } from '@sluice/engine';
import { isPanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import type { PageAnswer, PageRequest } from '../page.js';

/** Returns the client of a page; only routes with one are served to clients. */
export function clientOf({ viewer }: Pick<PageRequest, 'viewer'>): string {
  if (viewer.client === null) throw new SluiceError('unknown_page', 'There is no such page', { kind: 'not-found' });
  return viewer.client;
}

/** Returns the services of the page's client, as they are after the last run. */
export async function ownServices(request: PageRequest): Promise<ServiceDetail[]> {
  const { services } = await request.sluice.services.list({ client: clientOf(request) });
  return services;
}

/**
 * Returns the service that a page is about.
 *
 * @throws SluiceError `unknown_service`, the same for a service of another client as for one that nobody has
 */
export async function ownService(request: PageRequest): Promise<ServiceDetail> {
  const service = (await ownServices(request)).find(({ id }) => id === request.params['id']);
  if (service !== undefined) return service;
  throw new SluiceError('unknown_service', 'There is no such service', { kind: 'not-found' });
}

/** Returns the path of a service's page. */
export function pathOf({ base }: Pick<PageRequest, 'base'>, id: string): string {
  return `${base}/services/${encodeURIComponent(id)}`;
}

/** Kinds of errors whose messages are for operators. */
const FOR_OPERATORS: readonly string[] = [
  'panel',
  'billing',
  'store',
  'internal',
  'interrupted',
  'unsupported',
  'brake',
  'busy',
];

/**
 * Runs an action of a client. What failed elsewhere becomes one plain sentence: messages of panels and billing systems name the
 * operator's config.
 */
export async function plainly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SluiceError) {
      if (!FOR_OPERATORS.includes(error.kind)) throw error;
      throw failed(error.code, error);
    }
    if (isPanelError(error)) throw failed(error.code, error);
    throw error;
  }
}

function failed(code: string, cause: unknown): SluiceError {
  const sentence =
    'This could not be done at the moment. Go back to the service to see how it is now, and try again later.';
  return new SluiceError(code, sentence, { kind: 'panel', cause });
}

/** Throws the error of a report in which the action failed. */
export function throwReported(error: { code: string; message: string } | null | undefined): void {
  if (error != null) throw new SluiceError(error.code, error.message, { kind: 'panel' });
}

/** Leads back to the service with a sentence about what was done. */
export function done(request: PageRequest, id: string, what: string, part: string): PageAnswer {
  return { redirect: `${pathOf(request, id)}?done=${what}#${part}` };
}
