import type { Profile } from './schema.js';
import {
  byId,
  createOperation,
  destroyOperation,
  readOperations,
  toLookupCall,
  updateOperation,
  writeOperation,
} from './magnus-operations.js';

/** The states of an account, which is customer and line. */
const accountStates = { active: [1, '1'], suspended: [0, '0', 2, '2', 3, '3', 4, '4', null] };

/** Lines, customers and numbers of MagnusBilling 7. */
export const magnusLines: Pick<Profile['resources'], 'subscribers' | 'customers' | 'dids'> = {
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
      reseller_id: 'id_user',
    },
    filters: { username: 'username', customer_id: 'id', external_ref: 'description' },
    fixedFilters: { 'idGroup.id_user_type': 3 },
    values: {
      status: accountStates,
      billing_type: { postpaid: [1, '1'], prepaid: [0, '0'] },
    },
    // Users of the first administrator belong to no reseller.
    nullAs: {
      channels: [-1, '-1'],
      external_ref: [''],
      created_at: ['0000-00-00 00:00:00'],
      reseller_id: [1, '1', 0, '0', ''],
    },
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
};
