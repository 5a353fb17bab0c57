import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SluiceError } from '@sluice/panel-kind';
import { byToken, isForeign } from '../access/authenticate.js';
import { PageCache } from '../requests/page-cache.js';
import { forbidden } from '../server/failure.js';
import type { Limiters } from '../server/limits.js';
import { isLoopback } from '../server/listen-address.js';
import type { Context } from '../server/options.js';
import { type Prepared, prepare, sendPrepared } from '../server/prepared.js';
import { METRICS_CONTENT_TYPE, metricsText } from './metrics-text.js';

/** The text is the same for all who may read it. */
const NOBODYS = { csrf: '', newKey: () => '' };

/**
 * Adds `/metrics`, rendered once per change of the store. It needs a token with the scope `read`, unless only programs of this
 * machine reach the server: then it listens on loopback, and no public address or trusted proxy is configured; and the request
 * neither names another host, nor went through a proxy, nor was made by a page of another site.
 */
export function addMetrics(server: FastifyInstance, context: Context, limiters: Limiters): void {
  const { listen, publicUrl, trustedProxies = [] } = context;
  const isOpen = isLoopback(listen.host) && publicUrl === undefined && trustedProxies.length === 0;
  const rendered = new PageCache(context);
  let sent: { tag: string; text: Prepared } | null = null;
  server.get('/metrics', async (request, reply) => {
    const viewer = await byToken(context, request);
    if (viewer !== null) {
      await limiters.requests(request, reply, viewer);
      // A client sees its own services only; the figures are of all.
      if (!viewer.needs.includes('read') || viewer.client !== null)
        throw forbidden('Metrics need a token with the scope read');
    } else if (!isOpen || !isLocal(request)) {
      await limiters.refusals(request, reply);
      throw new SluiceError('no_token', 'Metrics need a token with the scope read', { kind: 'usage' });
    } else {
      await limiters.files(request, reply);
    }
    const page = await rendered.read('/metrics', NOBODYS, async () => {
      const { metrics } = await context.sluice.metrics();
      return metricsText(metrics);
    });
    if (sent?.tag !== page.tag) sent = { tag: page.tag, text: prepare(page.text()) };
    reply.header('cache-control', 'no-store').type(METRICS_CONTENT_TYPE);
    return sendPrepared(request, reply, sent.text);
  });
}

/** What a proxy adds to requests. */
const FORWARDED = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip', 'cdn-loop'];

/** Returns whether a request without a token comes from a program of this machine. */
function isLocal(request: FastifyRequest): boolean {
  const { headers } = request;
  const isForwarded = Object.keys(headers).some((name) => name.startsWith('x-forwarded-') || FORWARDED.includes(name));
  // Programs that gather figures send neither.
  const isOther = headers.authorization !== undefined || headers.origin !== undefined || isForeign(request);
  // A browser names another host for a web page whose name was made to lead to this machine.
  return isLoopback(request.hostname) && !isForwarded && !isOther;
}
