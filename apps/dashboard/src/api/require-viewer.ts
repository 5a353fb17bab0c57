import { SluiceError } from '@sluice/panel-kind';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bySession, byToken, isForeign } from '../access/authenticate.js';
import type { Viewer } from '../access/viewer.js';
import type { Context } from '../server/options.js';
import type { ServerParts } from '../requests/parts.js';

/** Where the API is. */
export const BASE = '/api/v1';

/** Returns who sends a request for the API, before its body is read; refuses all others. */
export async function requireViewer(
  parts: Pick<ServerParts, 'context' | 'limiters'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Viewer> {
  return refuseNobody(await countSender(parts, request, reply));
}

/** Returns who sends a request whose body was read; refuses one whose token or session has ended meanwhile. */
export async function requireStill(context: Context, request: FastifyRequest): Promise<Viewer> {
  return refuseNobody(await findViewer(context, request));
}

function refuseNobody(viewer: Viewer | null): Viewer {
  if (viewer !== null) return viewer;
  throw new SluiceError('no_token', 'The request has no valid token', { kind: 'usage' });
}

/** Counts a request as one of its token or session, or as one of nobody. Returns who sends it; null without a valid one. */
export async function countSender(
  { context, limiters }: Pick<ServerParts, 'context' | 'limiters'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Viewer | null> {
  const viewer = await findViewer(context, request);
  await (viewer === null ? limiters.refusals(request, reply) : limiters.requests(request, reply, viewer));
  return viewer;
}

/** Returns who sends a request for the API; null without a valid token or session. */
export async function findViewer(context: Context, request: FastifyRequest): Promise<Viewer | null> {
  return (await byToken(context, request)) ?? (await bySessionOfPage(context, request));
}

/** Keys of queries that make a `GET` accept the form of a panel's answers, or read the panels. */
const NEED_TOKEN = ['contract', 'refresh'];

/** Pages may read with the session of their user; what changes something, or reads the panels again, needs a token, or a form. */
async function bySessionOfPage(context: Context, request: FastifyRequest): Promise<Viewer | null> {
  if (request.method !== 'GET' || request.headers.authorization !== undefined || isForeign(request)) return null;
  const query = request.query as Record<string, unknown>;
  if (NEED_TOKEN.some((key) => (query[key] ?? 'false') !== 'false')) return null;
  return (await bySession(context, request))?.viewer ?? null;
}
