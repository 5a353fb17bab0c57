import { type ErrorKind, SluiceError } from '@sluice/panel-kind';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { byToken } from '../access/authenticate.js';
import { madeBy, type Viewer, withoutKeys } from '../access/viewer.js';
import { forbidden, toFailure } from '../server/failure.js';
import type { Limiters } from '../server/limits.js';
import type { Context } from '../server/options.js';
import { AGENT_TRAFFIC_CALLS, AGENT_TRAFFIC_PREFIX, type AgentTrafficCall } from './calls.js';

/** Adds the six calls of the Hiddify add-on to a server. Errors are the add-on's: `{ "error": TEXT }` with a status. */
export function addAgentTrafficRoutes(app: FastifyInstance, context: Context, limiters: Limiters): void {
  // Many libraries name JSON also where they send no body.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null);
    else void parse(request, body, done);
  });
  for (const call of AGENT_TRAFFIC_CALLS) {
    app.route({
      method: call.method,
      url: `${AGENT_TRAFFIC_PREFIX}${call.path}`,
      // Before its body is read: nobody sends one without the scope.
      onRequest: async (request, reply) => {
        const viewer = await byToken(context, request);
        await (viewer === null ? limiters.refusals(request, reply) : limiters.requests(request, reply, viewer));
        requireScope(call, viewer);
      },
      handler: async (request, reply) => {
        // While its body was read, the token may have been revoked.
        const viewer = requireScope(call, await byToken(context, request));
        // Refuses a store that was moved meanwhile: what it has is old.
        if (call.method === 'GET') await context.sluice.version();
        const { status, body } = await answer(context, call, viewer, request);
        return reply.code(status).header('cache-control', 'no-store').send(body);
      },
    });
  }
}

/** Returns whether a request is one for the add-on's API. */
export function isAgentTraffic({ url }: FastifyRequest): boolean {
  return url.startsWith(AGENT_TRAFFIC_PREFIX) && /^([/?]|$)/.test(url.slice(AGENT_TRAFFIC_PREFIX.length));
}

/** Sends an error as the add-on does. */
export async function sendAgentTrafficError(
  { onError }: Context,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  const { status, message, defect } = toFailure(error);
  if (defect) onError?.(error);
  return reply.code(status).header('cache-control', 'no-store').send({ error: message });
}

function requireScope(call: AgentTrafficCall, viewer: Viewer | null): Viewer {
  if (viewer === null) throw new SluiceError('no_token', 'A valid token is required', { kind: 'usage' });
  // Agents have clients of their own: a token for one client can't see them.
  if (viewer.client !== null || !viewer.needs.includes(call.needs))
    throw forbidden(`This call needs a token with the scope ${call.needs}`);
  return viewer;
}

async function answer(
  { sluice }: Context,
  call: AgentTrafficCall,
  viewer: Viewer,
  request: FastifyRequest,
): Promise<{ status: number; body: object }> {
  const { agent = '' } = request.params as { agent?: string };
  try {
    const body = await call.answer({ sluice, as: madeBy(viewer), agent, body: request.body });
    return { status: 200, body: withoutKeys(viewer, body, { all: true }) };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind === 'internal' || error.code === 'no_token') throw error;
    return { status: STATUSES[error.kind] ?? 500, body: { error: error.message } };
  }
}

/** Statuses of errors; the add-on itself answered 500 to whatever else failed. */
const STATUSES: Partial<Record<ErrorKind, number>> = {
  usage: 400,
  unsupported: 400,
  'not-found': 404,
  conflict: 409,
  brake: 409,
  busy: 409,
  panel: 502,
};
