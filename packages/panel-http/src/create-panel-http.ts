import { checkOptions } from './check-options.js';
import { createTransport } from './transport.js';
import { callPanel } from './panel-call.js';
import type { PanelHttp, PanelHttpOptions } from './types.js';

/**
 * The transport to one panel: one connection pool, one queue, one circuit, whoever calls. `PanelConfigError` for settings that
 * cannot work. Nothing is sent until the first `request`.
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
