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
  Deletable,
  Lifecycle,
  Reads,
  ReadsAndWrites,
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
  const subscribers = new ResourceClient(connection, 'subscribers', CONVERTERS.subscribers);
  const dids = new ResourceClient(connection, 'dids', CONVERTERS.dids);
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
    subscribers: { ...writesOf(subscribers), ...lifecycleOf(subscribers) },
    dids: {
      ...writesOf(dids),
      ...lifecycleOf(dids),
      link: async (id, subscriberId, call) => {
        const record = { subscriber_id: subscriberId };
        await dids.run(connection.find('dids', 'link') === null ? 'update' : 'link', { id, record }, call);
      },
      unlink: async (id, call) => {
        if (connection.find('dids', 'unlink') === null) {
          await dids.run('update', { id, record: { subscriber_id: null } }, call);
        } else await dids.run('unlink', { id }, call);
      },
    },
    ...catalogue(connection),
    simulator: { simulate: (request, call) => simulate(connection, request, call) },
    calls: { pages: (request, call) => readCalls(connection, request, call) },
    reports: reportEndpoints(connection),
    sample: (resource, call) => sampleResource(connection, resource, call),
    close() {
      connection.close();
    },
  };
}

type Catalogue = Pick<
  AstbillingClient,
  'customers' | 'plans' | 'carriers' | 'trunks' | 'routes' | 'rates' | 'countries'
>;

function catalogue(connection: Connection): Catalogue {
  return {
    customers: deletable(new ResourceClient(connection, 'customers', CONVERTERS.customers)),
    plans: deletable(new ResourceClient(connection, 'plans', CONVERTERS.plans)),
    carriers: deletable(new ResourceClient(connection, 'carriers', CONVERTERS.carriers)),
    trunks: deletable(new ResourceClient(connection, 'trunks', CONVERTERS.trunks)),
    routes: deletable(new ResourceClient(connection, 'routes', CONVERTERS.routes)),
    rates: deletable(new ResourceClient(connection, 'rates', CONVERTERS.rates)),
    countries: readsOf(new ResourceClient(connection, 'countries', CONVERTERS.countries)),
  };
}

function readsOf<Row>(resource: ResourceClient<Row>): Reads<Row> {
  return {
    list: (filters, call) => resource.list(filters, call),
    find: (filters, call) => resource.find(filters, call),
    get: (id, call) => resource.get(id, call),
  };
}

function writesOf<Row, Values extends object>(resource: ResourceClient<Row>): ReadsAndWrites<Row, Values> {
  return {
    ...readsOf(resource),
    create: (values, call) => resource.create(values, call),
    update: (id, values, call) => resource.update(id, values, call),
  };
}

function deletable<Row, Values extends object>(resource: ResourceClient<Row>): ReadsAndWrites<Row, Values> & Deletable {
  return { ...writesOf<Row, Values>(resource), delete: (id, call) => resource.run('delete', { id }, call) };
}

function lifecycleOf<Row>(resource: ResourceClient<Row>): Lifecycle {
  return {
    suspend: (id, call) => resource.run('suspend', { id }, call),
    unsuspend: (id, call) => resource.run('unsuspend', { id }, call),
    terminate: (id, call) => resource.run('terminate', { id }, call),
  };
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
