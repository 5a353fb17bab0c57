import { needsKey } from '@sluice/contract/endpoints';
import type { LocatedAgent } from '@sluice/engine/options';
import { printableJson } from '@sluice/panel-http/printable';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireOwnAgent } from '../access/own-agent.js';
import { toPermit } from '../access/refusal.js';
import { errorWithoutKeys, madeBy, type Viewer, withoutKeys } from '../access/viewer.js';
import { parseBody, checked, checkReach, checkScope } from './check.js';
import { forAgent, forClient } from '../server/failure.js';
import { countChange, readForClient } from '../requests/client-reads.js';
import { parseKey, toRef, toStored, withoutOnce } from '../requests/keyed.js';
import { openApiDocument } from './openapi.js';
import { type Context, SMALL_BODY } from '../server/options.js';
import { unlessLocked } from '../requests/unless-locked.js';
import { toOutsider } from '../server/outsider.js';
import { type Prepared, prepare, sendPrepared } from '../server/prepared.js';
import { BASE, findViewer, requireStill, requireViewer } from './require-viewer.js';
import type { ServerParts } from '../requests/parts.js';
import type { ApiCall } from '../requests/api-call.js';
import { type ApiRoute, ROUTES } from './routes.js';
import { addStreams } from './streams.js';

/** Adds `/api/v1`. */
export function addApi(server: FastifyInstance, parts: ServerParts): void {
  for (const route of ROUTES) addRoute(server, parts, route);
  addStreams(server, parts);
  let document: Prepared | null = null;
  server.get(`${BASE}/openapi.json`, async (request, reply) => {
    const viewer = await findViewer(parts.context, request);
    if (viewer === null) await parts.limiters.documents(request, reply);
    else await parts.limiters.requests(request, reply, viewer);
    document ??= prepare(JSON.stringify(openApiDocument()));
    return sendPrepared(request, reply.type('application/json; charset=utf-8'), document);
  });
}

function addRoute(server: FastifyInstance, parts: ServerParts, route: ApiRoute): void {
  const { context, readers } = parts;
  server.route({
    method: route.method,
    url: `${BASE}${route.path}`,
    bodyLimit: route.clients === 'none' ? context.limits.bodyBytes : SMALL_BODY,
    onRequest: async (request, reply) => {
      const viewer = await requireViewer(parts, request, reply);
      // What has no body is judged once, by the handler.
      if (route.method !== 'GET') await admit(context, route, { request, viewer });
      if (needsKey(route)) countChange(readers.reads, viewer, context.clock.now());
    },
    handler: async (request, reply) => {
      const viewer = await requireStill(context, request);
      await admit(context, route, { request, viewer });
      const { status, answer, replayed } = await answerTo(parts, route, { request, viewer }).catch((error: unknown) => {
        throw toReadable(viewer, error, route);
      });
      // What a panel was slow to answer may be another client's by now.
      if (isReadOfPanel(route, viewer))
        await admit(context, route, { request, viewer: await requireStill(context, request) });
      if (replayed) reply.header('idempotency-replayed', 'true');
      return sendJson(reply.code(status), answer);
    },
  });
}

/** Returns an error as its viewer may read it. */
function toReadable(viewer: Viewer, error: unknown, { agents }: ApiRoute): unknown {
  if (viewer.agent !== null) return forAgent(error);
  return viewer.client === null ? errorWithoutKeys(viewer, error, { all: agents }) : forClient(error);
}

/** Sends a document as the command prints it with `--json`. */
function sendJson(reply: FastifyReply, answer: unknown): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(printableJson(answer ?? null));
}

/** Refuses what a viewer may not send, and what a client may not reach: before the body is read, and by what is so afterwards. */
async function admit(
  context: Context,
  route: ApiRoute,
  { request, viewer }: { request: FastifyRequest; viewer: Viewer },
): Promise<void> {
  checkScope(route, viewer);
  try {
    await checkReach(context, route, viewer, request.params as Record<string, string>);
  } catch (error) {
    throw viewer.agent === null ? forClient(error) : forAgent(error);
  }
}

async function answerTo(
  { context, tasks, readers, keyed }: ServerParts,
  route: ApiRoute,
  { request, viewer }: { request: FastifyRequest; viewer: Viewer },
): Promise<{ status: number; answer: unknown; replayed: boolean }> {
  const params = request.params as Record<string, string>;
  const changes = needsKey(route);
  const key = changes ? parseKey(request) : '';
  const query = checked(route.query, request.query, 'query');
  const { note = null, ...body } = route.body === null ? {} : checked(route.body, parseBody(request), 'body');
  const own = viewer.agent === null ? null : await requireOwnAgent(context.sluice, viewer.agent);
  const call: ApiCall = {
    ...{ context, tasks, readers, viewer, signal: undefined },
    query: onOwnPanel(own, route.query, query),
    body: onOwnPanel(own, route.body, body),
    sluice: context.sluice,
    param: (name) => (own !== null && name === 'agent' ? own.uuid : (params[name] ?? '')),
    ref: changes ? toRef(viewer.id, key) : '',
    as: { ...madeBy(viewer), note: note as string | null },
    client: viewer.client ?? undefined,
    permit: toPermit(viewer, route.useCase),
  };
  const work = async () => {
    const whole = await handleFor(route, call, request.url);
    const answer = withoutKeys(viewer, whole, { all: route.agents });
    return { status: route.status, answer, stored: toStored(answer, withoutOnce(answer, route.once)) };
  };
  if (!changes) {
    // Refuses a store that was moved meanwhile: what it has is old. A change is refused by its transaction.
    await context.sluice.version();
    return { ...(await unlessLocked(context, work)), replayed: false };
  }
  const content = [route.method, request.url, body, note];
  return keyed.perform({ who: viewer.id, key, content, isOfClient: toOutsider(viewer) !== null }, work);
}

/** Returns fields of a request with the panel of the agent that sends it, whatever panel it names. */
function onOwnPanel(
  own: LocatedAgent | null,
  schema: ApiRoute['query'],
  fields: Record<string, unknown>,
): Record<string, unknown> {
  const hasPanel = own !== null && schema !== null && 'panel' in schema.shape;
  return hasPanel ? { ...fields, panel: own.panel } : fields;
}

/** Whether a client or an agent reads something of a panel. */
function isReadOfPanel({ method, outside }: ApiRoute, viewer: Viewer): boolean {
  return toOutsider(viewer) !== null && outside && method === 'GET';
}

/** Calls the handler of a route. What a client's token reads of panels is bounded. */
async function handleFor(route: ApiRoute, call: ApiCall, url: string): Promise<unknown> {
  const { reads } = call.readers;
  const client = toOutsider(call.viewer);
  const now = call.context.clock.now();
  const isBounded = client !== null && route.outside;
  if (client !== null && isReadOfPanel(route, call.viewer))
    return readForClient(reads, { client, what: url, now }, (signal) => route.handle({ ...call, signal }));
  if (isBounded && !needsKey(route)) reads.count({ client, now }, 'read');
  const answer = route.handle(call);
  if (!needsKey(route)) return answer;
  return answer.finally(() => {
    reads.forget(client ?? undefined);
  });
}
