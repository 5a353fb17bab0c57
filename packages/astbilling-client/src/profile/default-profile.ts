import type { CallOperation, Profile, Resource } from './schema.js';

const made: CallOperation = { method: 'POST', acceptStatus: [200, 201] };

const reads = {
  list: { method: 'GET' },
  get: { method: 'GET', path: '/{id}' },
} satisfies Resource['operations'];

const lists = { ...reads, find: { method: 'GET' } } satisfies Resource['operations'];

const writes = {
  create: made,
  update: { method: 'PATCH', path: '/{id}' },
} satisfies Resource['operations'];

const lifecycle = {
  ...lists,
  ...writes,
  suspend: { method: 'POST', path: '/{id}/suspend' },
  unsuspend: { method: 'POST', path: '/{id}/unsuspend' },
  terminate: { method: 'DELETE', path: '/{id}', acceptStatus: [200, 202, 204] },
} satisfies Resource['operations'];

const deletable = {
  delete: { method: 'DELETE', path: '/{id}', acceptStatus: [200, 204] },
} satisfies Resource['operations'];

function sameNames(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

const crud = (path: string, ...filters: string[]): Resource => ({
  path,
  idField: 'id',
  ...(filters.length === 0 ? {} : { filters: sameNames(...filters) }),
  operations: { ...reads, ...writes, ...deletable },
});

/** The built-in profile `default`: Astbilling's assumed contract (docs/profiles.md). */
export const defaultProfile: Profile = {
  profileVersion: 1,
  name: 'default',
  description: 'ASSUMED contract of part B',
  basePath: '/api/v1',
  http: {
    timeoutMs: 30_000,
    maxResponseBytes: 33_554_432,
    bodyEncoding: 'json',
    headers: {},
    idempotencyHeader: 'Idempotency-Key',
    minIntervalMs: 0,
  },
  auth: { kind: 'bearer', name: 'Authorization', prefix: 'Bearer ' },
  envelope: { item: '/data', list: '/data', total: '/meta/total', next: null, emptyListAs: [] },
  pagination: { style: 'offset', limitParam: 'limit', offsetParam: 'offset', limit: 200, maxPages: 10_000 },
  errors: {
    failedWhen: [{ at: '/error', present: true }],
    code: '/error/code',
    message: '/error/message',
    details: '/error/details',
    requestId: '/error/request_id',
    codeMap: {},
  },
  formats: {
    money: 'decimal-string',
    datetime: 'iso8601-offset',
    date: 'iso',
    timezone: 'America/Sao_Paulo',
    duration: 'seconds',
    phone: 'e164',
    boolean: [true, false],
    rangeEnd: 'exclusive',
  },
  resources: {
    auth: { path: '/auth', operations: { verify: { method: 'GET', path: '/verify' } } },
    subscribers: {
      path: '/subscribers',
      idField: 'id',
      filters: sameNames('username', 'customer_id', 'status', 'external_ref'),
      operations: lifecycle,
    },
    dids: {
      path: '/dids',
      idField: 'id',
      filters: sameNames('number', 'subscriber_id', 'area_code', 'status'),
      operations: lifecycle,
    },
    customers: {
      path: '/customers',
      idField: 'id',
      filters: sameNames('name', 'external_ref', 'document'),
      operations: { ...lists, ...writes, ...deletable },
    },
    plans: crud('/plans', 'name'),
    carriers: crud('/carriers'),
    countries: { path: '/countries', idField: 'id', operations: reads },
    trunks: crud('/trunks'),
    routes: crud('/routes'),
    rates: crud('/rates', 'plan_id', 'prefix'),
    simulator: { path: '/simulator', operations: { simulate: { method: 'POST' } } },
    cdrs: {
      path: '/cdrs',
      idField: 'id',
      filters: sameNames('subscriber_id', 'customer_id', 'did', 'from', 'to', 'direction'),
      operations: { list: { method: 'GET' } },
    },
    reports: {
      path: '/reports',
      idField: 'id',
      operations: {
        create: { method: 'POST', acceptStatus: [200, 201, 202] },
        get: { method: 'GET', path: '/{id}' },
        download: { method: 'GET', path: '/{id}/file', response: 'bytes' },
      },
    },
  },
};
