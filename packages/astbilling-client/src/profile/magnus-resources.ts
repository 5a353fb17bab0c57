import type { CallOperation, FailureTest, Lookup, OperationName, Profile } from './schema.js';

const noRows: FailureTest[] = [{ at: '/rows', present: false, kind: 'bad_response' }];
const noSuccess: FailureTest[] = [{ at: '/success', present: false, kind: 'bad_response' }];

/** The default orders move while they are read. */
const byId = { sort: 't.id', dir: 'ASC' };

const readOperation = (module: string): CallOperation => ({
  method: 'POST',
  path: '/read',
  fixed: { module, action: 'read' },
  query: byId,
  failedWhen: noRows,
});

const readOperations = (module: string): Partial<Record<OperationName, CallOperation>> => ({
  list: readOperation(module),
  find: readOperation(module),
  get: { ...readOperation(module), idIn: 'filter', idName: 'id', envelope: { item: '/rows/0' } },
});

/** Reads the id of the one record with these values. */
const toLookupCall = (module: string, filters: Lookup['filters'], rest: Partial<Lookup> = {}): Lookup => ({
  method: 'POST',
  path: `/${module}/read`,
  fixed: { module, action: 'read', limit: 1 },
  filters,
  at: '/rows/0/id',
  ...rest,
});

const writeOperation = (module: string, action: string, { fixed, ...rest }: Partial<CallOperation>): CallOperation => ({
  method: 'POST',
  path: `/${action}`,
  fixed: { module, action, ...fixed },
  failedWhen: noSuccess,
  ...rest,
});

const createOperation = (module: string, { fixed, ...rest }: Partial<CallOperation>): CallOperation =>
  writeOperation(module, 'save', { fixed: { id: 0, ...fixed }, ...rest });

const updateOperation = (module: string, rest: Partial<CallOperation>): CallOperation =>
  writeOperation(module, 'save', { idIn: 'body', idName: 'id', ...rest });

const destroyOperation = (module: string): CallOperation =>
  writeOperation(module, 'destroy', { idIn: 'body', idName: 'id', response: 'json' });

/** The states of an account, which is customer and line. */
const accountStates = { active: [1, '1'], suspended: [0, '0', 2, '2', 3, '3', 4, '4', null] };

/** What of a rate can be changed. */
const rateValues = [
  ...['price_per_minute', 'connection_fee', 'initial_increment_seconds', 'increment_seconds'],
  ...['min_chargeable_seconds', 'route_id', 'status'],
];

/** The count of calls may be an estimate of all: it is used only where it proves exact. */
const callPages: Partial<CallOperation> = {
  envelope: { total: null },
  pagination: {
    ...{ style: 'after', afterFilter: 'id', remaining: '/count' },
    ...{ limitParam: 'limit', limit: 500, maxPages: 2000 },
  },
};

/** The resources of MagnusBilling 7. */
export const magnusResources: Profile['resources'] = {
  auth: {
    path: '/plan',
    fields: { valid: null, subject: null, scopes: null, expires_at: null },
    operations: {
      verify: {
        method: 'POST',
        path: '/read',
        fixed: { module: 'plan', action: 'read', limit: 1 },
        failedWhen: noRows,
      },
    },
  },
  subscribers: {
    path: '/user',
    idField: 'id',
    fields: {
      id: 'id',
      username: 'username',
      customer_id: 'id',
      plan_id: 'id_plan',
      area_code: null,
      channels: 'calllimit',
      status: 'active',
      sip_password: 'password',
      sip: null,
      caller_id: null,
      billing_type: 'typepaid',
      external_ref: 'description',
      created_at: 'creationdate',
      updated_at: null,
      credit: 'credit',
      credit_limit: 'creditlimit',
      sip_accounts: 'sip_count',
    },
    filters: { username: 'username', customer_id: 'id', external_ref: 'description' },
    fixedFilters: { 'idGroup.id_user_type': 3 },
    values: {
      status: accountStates,
      billing_type: { postpaid: [1, '1'], prepaid: [0, '0'] },
    },
    nullAs: { channels: [-1, '-1'], external_ref: [''], created_at: ['0000-00-00 00:00:00'] },
    wholeNumbers: ['credit_limit'],
    operations: {
      ...readOperations('user'),
      create: createOperation('user', {
        fixed: { createUser: 1, active: 1 },
        send: [
          ...['username', 'plan_id', 'channels', 'sip_password', 'billing_type', 'external_ref', 'credit_limit'],
          ...['name', 'document'],
        ],
        // With a taken name the line is made without a SIP account, and the answer is a success.
        lookup: { sip_name: toLookupCall('sip', { name: '{username}' }, { query: byId, absent: true }) },
        compose: {
          phone: '{caller_id}',
          prefix_local: '00/,0/55,*/55{area_code}/8,*/55{area_code}/9,*/55/10,*/55/11',
        },
        envelope: { item: '/data' },
      }),
      update: updateOperation('user', {
        send: ['username', 'plan_id', 'channels', 'status', 'billing_type', 'external_ref', 'credit_limit'],
      }),
      suspend: { via: 'update', set: { status: 'suspended' } },
      unsuspend: { via: 'update', set: { status: 'active' } },
      terminate: destroyOperation('user'),
    },
  },
  customers: {
    within: 'subscribers',
    path: '/user',
    idField: 'id',
    fields: {
      id: 'id',
      name: ['firstname', 'lastname'],
      document: 'doc',
      email: 'email',
      phone: 'mobile',
      external_ref: null,
      status: 'active',
      created_at: 'creationdate',
    },
    filters: { document: 'doc', email: 'email' },
    fixedFilters: { 'idGroup.id_user_type': 3 },
    values: { status: accountStates },
    nullAs: { document: [''], email: [''], phone: [''], created_at: ['0000-00-00 00:00:00'] },
    operations: {
      ...readOperations('user'),
      create: false,
      update: updateOperation('user', { send: ['name', 'document', 'email', 'phone'] }),
      delete: false,
    },
  },
  dids: {
    path: '/did',
    idField: 'id',
    fields: {
      id: 'id',
      number: 'did',
      area_code: null,
      country_code: null,
      carrier_id: null,
      subscriber_id: 'id_user',
      destination: null,
      channels: 'calllimit',
      monthly_price: 'fixrate',
      setup_price: 'connection_charge',
      currency: null,
      status: 'activated',
      external_ref: 'description',
      reserved: 'reserved',
    },
    filters: { number: 'did', subscriber_id: 'id_user', external_ref: 'description' },
    values: { status: { active: [1, '1'], suspended: [0, '0'] } },
    nullAs: { subscriber_id: [0, '0', ''], channels: [-1, '-1'], external_ref: [''] },
    operations: {
      ...readOperations('did'),
      create: createOperation('did', { send: ['number', 'channels', 'external_ref'] }),
      update: updateOperation('did', { send: ['channels', 'status', 'external_ref', 'reserved'] }),
      link: createOperation('diddestination', {
        root: true,
        path: '/diddestination/save',
        fixed: { voip_call: 1, priority: 1, destination: '' },
        send: [],
        lookup: { sip_id: toLookupCall('sip', { id_user: '{subscriber_id}' }, { query: byId }) },
        compose: { id_did: '{id}', id_user: '{subscriber_id}', id_sip: '{sip_id}' },
      }),
      unlink: writeOperation('did', 'liberar', { send: [], compose: { ids: '[{id}]' } }),
      suspend: { via: 'update', set: { status: 'suspended' } },
      unsuspend: { via: 'update', set: { status: 'active' } },
      terminate: { via: 'unlink' },
    },
  },
  plans: {
    path: '/plan',
    idField: 'id',
    fields: {
      id: 'id',
      name: 'name',
      description: null,
      monthly_price: null,
      currency: null,
      included_minutes: null,
      status: null,
    },
    filters: { name: 'name' },
    operations: {
      ...readOperations('plan'),
      create: createOperation('plan', { send: ['name'] }),
      update: updateOperation('plan', { send: ['name'] }),
      delete: destroyOperation('plan'),
    },
  },
  carriers: {
    path: '/provider',
    idField: 'id',
    fields: { id: 'id', name: 'provider_name', code: null, csp: null, status: null },
    filters: { name: 'provider_name' },
    operations: {
      ...readOperations('provider'),
      create: createOperation('provider', { send: ['name'] }),
      update: updateOperation('provider', { send: ['name'] }),
      delete: destroyOperation('provider'),
    },
  },
  trunks: {
    path: '/trunk',
    idField: 'id',
    fields: {
      id: 'id',
      name: 'trunkcode',
      carrier_id: 'id_provider',
      host: 'host',
      port: 'port',
      transport: 'transport',
      username: 'user',
      password: 'secret',
      max_channels: 'maxuse',
      strip_digits: 'removeprefix',
      add_prefix: 'trunkprefix',
      status: 'status',
    },
    filters: { name: 'trunkcode', carrier_id: 'id_provider' },
    values: { status: { active: [1, '1'], inactive: [0, '0'] } },
    nullAs: { max_channels: [-1, '-1'], transport: ['no'], strip_digits: [''], add_prefix: [''] },
    operations: {
      ...readOperations('trunk'),
      create: createOperation('trunk', {
        fixed: {
          providertech: 'sip',
          allow: 'alaw,ulaw',
          fromdomain: '',
          language: '',
          sms_res: '',
          link_sms: '',
          user: '',
          secret: '',
        },
      }),
      update: updateOperation('trunk', {}),
      delete: destroyOperation('trunk'),
    },
  },
  routes: {
    path: '/trunkGroup',
    idField: 'id',
    fields: { id: 'id', name: 'name', prefix: null, priority: null, trunk_ids: 'id_trunk', status: null },
    filters: { name: 'name' },
    operations: {
      ...readOperations('trunkGroup'),
      create: createOperation('trunkGroup', { fixed: { type: 1 } }),
      update: updateOperation('trunkGroup', { send: ['trunk_ids'] }),
      delete: destroyOperation('trunkGroup'),
    },
  },
  rates: {
    path: '/rate',
    idField: 'id',
    fields: {
      id: 'id',
      plan_id: 'id_plan',
      prefix: 'idPrefixprefix',
      description: 'idPrefixdestination',
      country_code: null,
      price_per_minute: 'rateinitial',
      connection_fee: 'connectcharge',
      initial_increment_seconds: 'initblock',
      increment_seconds: 'billingblock',
      minimum_seconds: null,
      min_chargeable_seconds: 'minimal_time_charge',
      valid_from: null,
      valid_to: null,
      route_id: 'id_trunk_group',
      status: 'status',
    },
    filters: { plan_id: 'id_plan', prefix: 'idPrefix.prefix' },
    values: { status: { active: [1, '1'], inactive: [0, '0'] } },
    operations: {
      ...readOperations('rate'),
      create: createOperation('rate', {
        send: ['plan_id', ...rateValues],
        lookup: { prefix_id: toLookupCall('prefix', { prefix: '{prefix}' }) },
        compose: { id_prefix: '{prefix_id}' },
      }),
      update: updateOperation('rate', { send: rateValues }),
      delete: destroyOperation('rate'),
    },
  },
  cdrs: {
    path: '/call',
    idField: 'id',
    fields: {
      id: 'id',
      unique_id: 'uniqueid',
      direction: 'sipiax',
      subscriber_id: 'id_user',
      username: 'idUserusername',
      source: 'callerid',
      destination: 'calledstation',
      destination_description: 'idPrefixdestination',
      did: null,
      carrier_id: null,
      trunk_id: 'id_trunk',
      rate_id: null,
      prefix: null,
      started_at: 'starttime',
      answered_at: 'starttime',
      ended_at: null,
      duration_seconds: 'real_sessiontime',
      talk_seconds: 'real_sessiontime',
      billed_seconds: 'sessiontime',
      price_per_minute: null,
      charge: 'sessionbill',
      currency: null,
      disposition: 'terminatecauseid',
    },
    filters: {
      subscriber_id: 'id_user',
      customer_id: 'id_user',
      did: 'calledstation',
      from: 'starttime',
      to: 'starttime',
    },
    values: {
      direction: {
        outbound: [0, '0', 1, '1', 4, '4', 5, '5', 6, '6', 7, '7'],
        inbound: [2, '2', 3, '3', 8, '8', 9, '9'],
      },
      disposition: {
        ANSWERED: [1, '1'],
        BUSY: [2, '2'],
        'NO ANSWER': [3, '3'],
        CONGESTION: [5, '5'],
        FAILED: [4, '4', 6, '6', 7, '7', 8, '8', 9, '9', 10, '10'],
      },
    },
    operations: {
      list: { ...readOperation('call'), ...callPages },
      archive: { ...readOperation('callArchive'), ...callPages, root: true, path: '/callArchive/read' },
    },
  },
  countries: { path: '/country', operations: { list: false, get: false } },
  simulator: { path: '/simulator', operations: { simulate: false } },
  reports: { path: '/reports', operations: { create: false, get: false, download: false } },
};
