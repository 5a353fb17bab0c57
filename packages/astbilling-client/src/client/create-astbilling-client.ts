import type { Did } from '@sluice/quota-core/telephony';
import { readCalls } from './calls.js';
import { toCanonical } from './canonical.js';
import { Connection } from './connection.js';
import { reportEndpoints } from './reports.js';
import { ResourceClient } from './resource.js';
import { sampleResource } from './sample.js';
import { CONVERTERS, toSimulation } from './to-records.js';
import type {
  AstbillingCallOptions,
  AstbillingClient,
  AstbillingOptions,
  Simulation,
  SimulationRequest,
  TokenCheck,
} from './types.js';

/**
 * Creates a client of one telephony system, whose wire the profile describes. Nothing is sent before the first call. All calls reject
 * with the errors of `@sluice/panel-http`; `panelCode` has the kind of a refusal. Writes are sent once; after a lost or unclear answer
 * the error has `outcomeUnknown`. Passwords in answers are dropped, cookies are not kept.
 *
 * @example
 * ```ts
 * const client = createAstbillingClient({ panel: 'voip', baseUrl: 'https://voip.example.com', token });
 * const [line] = await client.subscribers.find({ externalRef: 'whmcs:service:311' });
 * client.close();
 * ```
 *
 * @throws PanelConfigError for an address or credential that can't be used, ProfileError for such a profile
 */
export function createAstbillingClient(options: AstbillingOptions): AstbillingClient {
  const connection = new Connection(options);
  const { profile } = connection;
  return {
    panel: options.panel,
    profile,
    warnings: connection.warnings,
    supports: (resource, name) => {
      const operation = profile.resources[resource]?.operations?.[name];
      return operation !== undefined && operation !== false;
    },
    hasField: (resource, field) => connection.writer.codec(resource).has(field),
    clockDifference: () => connection.clockDifference,
    auth: { verify: (call) => verify(connection, call) },
    subscribers: new ResourceClient(connection, 'subscribers', CONVERTERS.subscribers),
    dids: linkable(new ResourceClient(connection, 'dids', CONVERTERS.dids), connection),
    customers: new ResourceClient(connection, 'customers', CONVERTERS.customers),
    plans: new ResourceClient(connection, 'plans', CONVERTERS.plans),
    carriers: new ResourceClient(connection, 'carriers', CONVERTERS.carriers),
    trunks: new ResourceClient(connection, 'trunks', CONVERTERS.trunks),
    routes: new ResourceClient(connection, 'routes', CONVERTERS.routes),
    rates: new ResourceClient(connection, 'rates', CONVERTERS.rates),
    countries: new ResourceClient(connection, 'countries', CONVERTERS.countries),
    simulator: { simulate: (request, call) => simulate(connection, request, call) },
    calls: { pages: (request, call) => readCalls(connection, request, call) },
    reports: reportEndpoints(connection),
    sample: (resource, call) => sampleResource(connection, resource, call),
    close() {
      connection.close();
    },
    [Symbol.dispose]() {
      connection.close();
    },
  };
}

/** Adds the links of numbers: by the profile's own operation, else by an update. */
function linkable(dids: ResourceClient<Did>, connection: Connection): AstbillingClient['dids'] {
  const supports = (name: 'link' | 'unlink'): boolean => connection.find('dids', name) !== null;
  return Object.assign(dids, {
    link: async (id: string, subscriberId: string, call?: AstbillingCallOptions) => {
      await dids.run(supports('link') ? 'link' : 'update', { id, record: { subscriber_id: subscriberId } }, call);
    },
    unlink: async (id: string, call?: AstbillingCallOptions) => {
      if (supports('unlink')) await dids.run('unlink', { id }, call);
      else await dids.run('update', { id, record: { subscriber_id: null } }, call);
    },
  });
}

async function verify(connection: Connection, options?: AstbillingCallOptions): Promise<TokenCheck> {
  const call = { resource: 'auth', name: 'verify' } as const;
  const json = await connection.read({ ...call, parts: {} }, options);
  // Without a field for it, an answer that is not an error says that the token is valid.
  if (!connection.writer.codec('auth').has('valid')) return { valid: true, subject: null, scopes: [], expiresAt: null };
  return connection.decodeItem(call, json, ({ valid, subject = null, scopes, expires_at: expiresAt = null }) => ({
    valid: valid === true,
    subject: subject as string | null,
    scopes: (scopes ?? []) as string[],
    expiresAt: expiresAt as string | null,
  }));
}

async function simulate(
  connection: Connection,
  request: SimulationRequest,
  options?: AstbillingCallOptions,
): Promise<Simulation> {
  const call = { resource: 'simulator', name: 'simulate' } as const;
  const json = await connection.read({ ...call, parts: { record: toCanonical(request) } }, options);
  return connection.decodeItem(call, json, toSimulation);
}
