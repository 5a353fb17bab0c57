import type { FastifyInstance } from 'fastify';
import { SluiceError } from '@sluice/panel-kind';
import { byToken } from '../access/authenticate.js';
import { forbidden } from '../server/failure.js';
import type { Limiters } from '../server/limits.js';
import { isLoopback } from '../server/listen-address.js';
import type { Context } from '../server/options.js';
import { METRICS_CONTENT_TYPE, metricsText } from './metrics-text.js';

/**
 * Adds `/metrics`. It needs a token with the scope `read`, unless only programs of this machine reach the server: then it
 * listens on loopback, no public address states that a proxy is before it, and the request names a loopback host. A
 * browser names another one for a web page whose name was made to lead to this machine.
 */
export function addMetrics(server: FastifyInstance, context: Context, limiters: Limiters): void {
  const isOpen = isLoopback(context.listen.host) && context.publicUrl === undefined;
  server.get('/metrics', async (request, reply) => {
    const viewer = await byToken(context, request);
    if (viewer !== null) {
      await limiters.requests(request, reply, viewer.id);
      // A client sees its own services only; the figures are of all.
      if (!viewer.needs.includes('read') || viewer.client !== null)
        throw forbidden('Metrics need a token with the scope read');
    } else if (!isOpen || !isLoopback(request.hostname) || request.headers.authorization !== undefined) {
      await limiters.refusals(request, reply);
      throw new SluiceError('no_token', 'Metrics need a token with the scope read', { kind: 'usage' });
    }
    const { metrics } = await context.sluice.metrics();
    return reply
      .header('cache-control', 'no-store')
      .type(METRICS_CONTENT_TYPE)
      .send(await metricsText(metrics));
  });
}
