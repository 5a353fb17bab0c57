import { SluiceError, usageError } from '@sluice/panel-kind';
import type { FastifyRequest } from 'fastify';
import type * as z from 'zod';
import type { Viewer } from '../access/viewer.js';
import { forbidden, notFound } from '../server/failure.js';
import type { Context } from '../server/options.js';
import type { ApiRoute } from './route.js';

/** Returns checked fields of a request. */
export function checked(schema: z.ZodObject | null, value: unknown, where: string): Record<string, unknown> {
  if (schema === null) return {};
  const { data, error } = schema.safeParse(value ?? {});
  if (error === undefined) return data;
  const problems = error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const [first] = problems;
  const at = first === undefined || first.path === '' ? '' : ` (${first.path})`;
  throw usageError('bad_request', `The ${where} of the request is not valid${at}: ${first?.message ?? ''}`, {
    problems,
  });
}

/** Returns the body of a request, which has to be JSON. */
export function parseBody(request: FastifyRequest): unknown {
  if (request.body === undefined || request.body === null) return {};
  if (/^application\/(?:[\w.+-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) return request.body;
  throw Object.assign(new Error('not JSON'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' });
}

/** Refuses what a viewer may not send at all. */
export function checkScope({ scope, clients }: Pick<ApiRoute, 'scope' | 'clients'>, viewer: Viewer): void {
  if (!viewer.may(scope)) throw forbidden(`The token does not have the scope "${scope}"`);
  if (viewer.client !== null && clients === 'none')
    throw forbidden('The token reaches the services of one client only');
}

/** Answers about the services of others as if they did not exist. */
export async function checkReach(
  { sluice }: Context,
  { clients }: Pick<ApiRoute, 'clients'>,
  viewer: Viewer,
  params: Record<string, string>,
): Promise<void> {
  if (viewer.client === null) return;
  const { service = '', client = '' } = params;
  if (clients === 'client' && client !== viewer.client)
    throw notFound('unknown_client', `There is no client "${client}"`, { client });
  if (clients !== 'service') return;
  const found = await sluice.services.show(service).catch((error: unknown) => {
    if (error instanceof SluiceError && error.kind === 'not-found') return null;
    throw error;
  });
  if (found?.client === viewer.client) return;
  // Without the similar ids that the engine suggests.
  throw notFound('unknown_service', `There is no service "${service}"`, { service });
}
