import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { SluiceError } from '@sluice/panel-kind';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { addLogin } from './visits/login.js';
import { addAgentTrafficRoutes, isAgentTraffic, sendAgentTrafficError } from './agent-traffic/routes.js';
import { KeyedRequests } from './requests/keyed.js';
import { countSender } from './api/require-viewer.js';
import { addApi } from './api/serve-api.js';
import { Tasks } from './requests/tasks.js';
import { ASSETS } from './assets/assets.js';
import { addMetrics } from './metrics/route.js';
import type { ServerParts } from './requests/parts.js';
import { createReaders } from './requests/readers.js';
import { addBrand } from './visits/serve-brand.js';
import { addMails } from './visits/serve-mails.js';
import { addManifests } from './visits/serve-manifest.js';
import { addPages } from './visits/serve-pages.js';
import { isApi, sendError } from './server/json-reply.js';
import { NOBODY, sendErrorPage } from './visits/html-reply.js';
import { languageWithoutVisitor } from './visits/language.js';
import { closeServer, watchRequests } from './server/close-server.js';
import { addCompression } from './server/compress.js';
import { type ToRefusal, watchMethods } from './server/methods.js';
import { isArriving } from './server/arriving.js';
import { boundConnections } from './server/connections.js';
import { beginInTurn, HEALTH, refuseAbove } from './server/in-turn.js';
import { createLimiters, type Limiters } from './server/limits.js';
import { prepare, sendPrepared } from './server/prepared.js';
import { toTrust } from './server/proxies.js';
import { Senders } from './server/senders.js';
import { takeTurns } from './server/turns.js';
import { type Context, type Dashboard, type DashboardOptions, toContext } from './server/options.js';

/**
 * Starts the HTTP API and the pages of an engine.
 *
 * @throws SluiceError `cannot_listen` if the address is taken or not one of this machine
 *
 * @example
 * const dashboard = await startDashboard({ sluice, store, listen: { host: '127.0.0.1', port: 8787 }, token, clock, randomBytes, version });
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const context = toContext(options);
  const routes: string[] = [];
  const server = await createServer(context, routes);
  const cutSlow = watchRequests(server.server);
  const { host, port } = context.listen;
  try {
    const url = await server.listen({ host, port });
    const close = () => closeServer(server, cutSlow, context.limits.endMs);
    return { url, routes, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await server.close();
    const { code = 'unknown' } = error as { code?: string };
    throw new SluiceError('cannot_listen', `Can't listen on ${host}, port ${port} (${code})`, {
      details: { host, port },
      cause: error,
    });
  }
}

async function createServer(context: Context, routes: string[]): Promise<FastifyInstance> {
  const { limits } = context;
  const turns = { turn: takeTurns(), senders: new Senders() };
  const begin = beginInTurn(turns);
  const server = fastify({
    logger: false,
    // Addresses that no route was searched for.
    frameworkErrors: (error, request, reply) => {
      begin(request, reply, () => void sendProblem(context, request, reply, error));
    },
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    // Requests that a client sends at once, without reading an answer, are answered into memory.
    maxRequestsPerSocket: limits.requestsPerConnection,
    trustProxy: toTrust(context),
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: Math.min(limits.headersMs, 5000) },
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    // Only from here on: a run may take long before its answer begins.
    request.raw.socket.setTimeout(limits.stalledMs);
    if (isArriving(request)) reply.header('connection', 'close');
    done();
  });
  server.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((each) => `${each} ${url}`));
  });
  addCompression(server);
  const toRefusal = watchMethods(server);
  boundConnections(server.server, context);
  refuseAbove(server.server);
  server.addHook('onRequest', begin);
  await addPlugins(server, context);
  server.setErrorHandler((error, request, reply) => sendProblem(context, request, reply, error));
  const limiters = createLimiters(server, context, turns);
  refuseUnknown(server, { context, limiters }, toRefusal);
  addHealth(server, context);
  addAssets(server, limiters);
  addBrand(server, context, limiters);
  addManifests(server, context, limiters);
  addMetrics(server, context, limiters);
  const tasks = new Tasks(context);
  const parts = { context, limiters, tasks, readers: createReaders(context.sluice), keyed: new KeyedRequests(context) };
  addApi(server, parts);
  await server.register((scope) => {
    addAgentTrafficRoutes(scope, context, limiters);
    return Promise.resolve();
  });
  await addForms(server, (scope) => {
    addLogin(scope, context, limiters);
    addMails(scope, context, limiters);
  });
  await addForms(server, (scope) => {
    addPages(scope, parts);
  });
  server.addHook('onClose', () => tasks.ended());
  watchOthers(server, context, tasks);
  return server;
}

/** Reports where no worker begins jobs: nothing else runs then but servers. Ends the runs of servers that are gone. */
function watchOthers(server: FastifyInstance, { sluice, limits }: Context, tasks: Tasks): void {
  let watching: Promise<unknown> = Promise.resolve();
  // Requests say what is wrong with the store.
  const watch = setInterval(() => {
    watching = Promise.allSettled([sluice.watchQueue(), tasks.endLost()]);
  }, limits.watchMs).unref();
  server.addHook('onClose', async () => {
    clearInterval(watch);
    await watching;
  });
}

/** Refuses requests that have no route, before their body is read, and counts them as those of their token or of nobody. */
function refuseUnknown(
  server: FastifyInstance,
  parts: Pick<ServerParts, 'context' | 'limiters'>,
  toRefusal: ToRefusal,
): void {
  server.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    await countSender(parts, request, reply);
    throw toRefusal(request, reply);
  });
}

/** Adds pages, which read no body but forms. */
async function addForms(server: FastifyInstance, add: (scope: FastifyInstance) => void): Promise<void> {
  await server.register((scope) => {
    scope.removeContentTypeParser(['application/json', 'text/plain']);
    add(scope);
    return Promise.resolve();
  });
}

/** Sends an error in the form of the address: as a page, as the API's document, or as that of the Hiddify add-on. */
async function sendProblem(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  if (!isApi(request)) {
    const ofLink = isOfClients(request);
    return sendErrorPage(context, reply, { ...NOBODY, ofLink, language: findLanguage(context, request) }, error);
  }
  return isAgentTraffic(request) ? sendAgentTrafficError(context, reply, error) : sendError(context, reply, error);
}

/** Below share links are pages of customers; others are of staff, as far as is known. */
function findLanguage(context: Context, request: FastifyRequest) {
  return isOfClients(request) ? languageWithoutVisitor(context, request) : 'en';
}

async function addPlugins(server: FastifyInstance, { secure }: Context): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'script-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // Addresses of share links are secrets.
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    hsts: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
  await server.register(cookie);
  await server.register(formbody, { bodyLimit: 65_536 });
  await server.register(rateLimit, { global: false });
}

function addHealth(server: FastifyInstance, { current }: Context): void {
  server.get(HEALTH, (_request, reply) => {
    const isRefused = current !== undefined && current({ beforeChange: false }).refused !== null;
    return reply.header('cache-control', 'no-store').send({ ok: true, ...(isRefused ? { config: 'refused' } : {}) });
  });
}

function addAssets(server: FastifyInstance, limiters: Limiters): void {
  for (const { path, type, body } of ASSETS) {
    const prepared = prepare(body);
    server.get(path, async (request, reply) => {
      await limiters.files(request, reply);
      reply.header('cache-control', 'public, max-age=31536000, immutable').type(type);
      return sendPrepared(request, reply, prepared);
    });
  }
}

function isOfClients({ url }: FastifyRequest): boolean {
  return url.startsWith('/share/') || url.startsWith('/mails/');
}
