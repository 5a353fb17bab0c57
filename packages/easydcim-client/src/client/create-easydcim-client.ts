import { logIn, probe } from './access.js';
import { bandwidthEndpoint } from './bandwidth.js';
import { Connection } from './connection.js';
import { graphEndpoints } from './graph.js';
import { orderEndpoints, serviceEndpoints } from './orders.js';
import { checkTimeZone } from './panel-time.js';
import { portEndpoints } from './ports.js';
import type { EasyDcimClient, EasyDcimOptions } from './types.js';

/**
 * Creates a client of one EasyDCIM panel (API v3). Nothing is sent before the first call. All calls reject with the errors of
 * `@sluice/panel-http`; an answer that can't be parsed is a `PanelUnreadableError`, never zero and never an empty list.
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
    bandwidth: bandwidthEndpoint(connection, options),
    ports: portEndpoints(connection, options),
    orders: orderEndpoints(connection, options),
    services: serviceEndpoints(connection),
    graphs: graphEndpoints(connection, options),
    probe: (call) => probe(connection, call),
    login: (credentials) => logIn(connection, credentials),
    close() {
      connection.close();
    },
    [Symbol.dispose]() {
      connection.close();
    },
  };
}
