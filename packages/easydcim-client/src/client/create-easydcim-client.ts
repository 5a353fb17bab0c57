import { bandwidthCall } from './bandwidth-call.js';
import { Connection } from './connection.js';
import { graphCalls } from './graph-calls.js';
import { logIn } from './log-in.js';
import { orderCalls } from './order-calls.js';
import { checkTimeZone } from './panel-time.js';
import { portCalls } from './port-calls.js';
import { probe } from './probe.js';
import { serviceCalls } from './service-calls.js';
import type { EasyDcimClient, EasyDcimOptions } from './types.js';

/**
 * Creates a client of one EasyDCIM panel (API v3). Nothing is sent before the first call. All calls reject with the errors of
 * `@sluice/panel-http`; an answer that is not understood is a `PanelUnreadableError`, never zero and never an empty list.
 *
 * @example
 * ```ts
 * const panel = createEasyDcimClient({
 *   panel: 'dcim1',
 *   baseUrl: 'https://dcim.example.com',
 *   token,
 *   timeZone: 'Europe/Berlin',
 * });
 * const usage = await panel.bandwidth('501', { start: '2026-10-14T22:00:00.000Z', end: '2026-11-01T12:00:00.000Z' });
 * panel.close();
 * ```
 *
 * @throws PanelConfigError for an address, token or time zone that cannot be used
 */
export function createEasyDcimClient(options: EasyDcimOptions): EasyDcimClient {
  checkTimeZone(options.timeZone);
  const connection = new Connection(options);
  return {
    panel: options.panel,
    warnings: connection.warnings,
    bandwidth: bandwidthCall(connection, options),
    ports: portCalls(connection, options),
    orders: orderCalls(connection, options),
    services: serviceCalls(connection),
    graphs: graphCalls(connection, options),
    probe: (call) => probe(connection, call),
    login: (credentials) => logIn(connection, credentials),
    close() {
      connection.close();
    },
  };
}
