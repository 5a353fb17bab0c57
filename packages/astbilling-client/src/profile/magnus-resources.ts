import type { CallOperation, Profile } from './schema.js';
import { magnusCatalogue } from './magnus-catalogue.js';
import { magnusLines } from './magnus-lines.js';
import { noRows, readOperation } from './magnus-operations.js';

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
  ...magnusLines,
  ...magnusCatalogue,
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
    // Messages have only the counted seconds, calls between SIP accounts 0 beside those.
    whenEmpty: { duration_seconds: 'billed_seconds', talk_seconds: 'billed_seconds' },
    operations: {
      list: { ...readOperation('call'), ...callPages },
      archive: { ...readOperation('callArchive'), ...callPages, root: true, path: '/callArchive/read' },
    },
  },
  countries: { path: '/country', operations: { list: false, get: false } },
  simulator: { path: '/simulator', operations: { simulate: false } },
  reports: { path: '/reports', operations: { create: false, get: false, download: false } },
};
