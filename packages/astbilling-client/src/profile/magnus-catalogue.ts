import type { Profile } from './schema.js';
import {
  createOperation,
  destroyOperation,
  readOperations,
  toLookupCall,
  updateOperation,
} from './magnus-operations.js';

/** What of a rate can be changed. */
const rateValues = [
  ...['price_per_minute', 'connection_fee', 'initial_increment_seconds', 'increment_seconds'],
  ...['min_chargeable_seconds', 'route_id', 'status'],
];

/** Plans, carriers, trunks, routes and rates of MagnusBilling 7. */
export const magnusCatalogue: Pick<Profile['resources'], 'plans' | 'carriers' | 'trunks' | 'routes' | 'rates'> = {
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
};
