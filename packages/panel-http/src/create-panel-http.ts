import { checkOptions } from './check-options.js';
import { createTransport } from './transport.js';
import { callPanel } from './panel-call.js';
import type { PanelHttp, PanelHttpOptions } from './types.js';

/**
 * Creates the transport to one panel: one connection pool, one queue and one circuit for all callers. Nothing is sent until
 * the first `request`.
 *
 * @example
 * ```ts
 * const panel = createPanelHttp({ panel: 'dcim', baseUrl: 'https://panel.example.com', auth: { bearer: token } });
 * const { body } = await panel.request({
 *   method: 'GET',
 *   path: `/api/v3/admin/ports/${id}`,
 *   endpoint: 'GET /api/v3/admin/ports/{id}',
 *   schema: z.object({ data: z.object({ id: z.number() }) }),
 * });
 * panel.close();
 * ```
 *
 * @throws PanelConfigError for settings that cannot work
 */
export function createPanelHttp(options: PanelHttpOptions): PanelHttp {
  checkOptions(options);
  const transport = createTransport(options);
  const { counters, limiter } = transport;
  return {
    request: (request) => callPanel(transport, request),
    stats: {
      get calls() {
        return counters.calls;
      },
      get failures() {
        return counters.failures;
      },
      get retries() {
        return counters.retries;
      },
      get inFlight() {
        return limiter.inFlight;
      },
      get waiting() {
        return limiter.waiting;
      },
      get concurrency() {
        return limiter.concurrency;
      },
    },
    close() {
      transport.close();
    },
  };
}
