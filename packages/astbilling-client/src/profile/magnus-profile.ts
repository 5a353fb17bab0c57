import type { Profile } from './schema.js';
import { magnusResources } from './magnus-resources.js';

/** The built-in profile `magnusbilling`: MagnusBilling 7. */
export const magnusProfile: Profile = {
  profileVersion: 1,
  name: 'magnusbilling',
  description:
    'MagnusBilling 7: one account record is customer and line; POST forms signed with HMAC-SHA-512; filters as a JSON list; errors inside 200',
  basePath: '/mbilling/index.php',
  http: {
    timeoutMs: 60000,
    maxResponseBytes: 33554432,
    bodyEncoding: 'form',
    headers: {},
    idempotencyHeader: null,
    minIntervalMs: 0,
    ignoreContentType: true,
  },
  auth: {
    kind: 'hmac',
    algorithm: 'sha512',
    digest: 'hex',
    signs: 'body',
    keyHeader: 'Key',
    signHeader: 'Sign',
    nonce: { in: 'body', name: 'nonce', source: 'epoch-micros' },
  },
  filtersEncoding: {
    style: 'json-list',
    param: 'filter',
    item: { type: 'numeric', field: '{name}', comparison: '{op}', value: '{value}' },
    ops: { eq: 'eq', from: 'gt', to: 'lt', after: 'gt', before: 'lt' },
  },
  envelope: { item: '/rows/0', list: '/rows', total: '/count', next: null, emptyListAs: [] },
  pagination: { style: 'offset', limitParam: 'limit', offsetParam: 'start', limit: 500, maxPages: 2000 },
  errors: {
    failedWhen: [
      { at: '', contains: ['invalid API access', 'invalid user', 'Access denied to All action'], kind: 'unauthorized' },
      {
        at: '',
        contains: ['invalid API action', 'invalid IP', 'Access denied', 'try edit invalid id'],
        kind: 'forbidden',
      },
      { at: '/Record not found.', equals: [null], kind: 'not_found' },
      {
        at: '/errors',
        contains: ['already been taken', 'já existe', 'ya ha sido tomado', 'already in use', '1062 Duplicate'],
        kind: 'conflict',
      },
      { at: '/errors', contains: ['is related to another'], kind: 'conflict' },
      { at: '/msg', contains: ['Trying SQL inject', 'Variable to long'], kind: 'validation_failed' },
      { at: '/errors', present: true, kind: 'validation_failed' },
      { at: '/success', equals: [0], kind: 'not_found' },
      { at: '/success', equals: [false], kind: 'validation_failed' },
    ],
    code: null,
    message: '/errors',
    details: '/errors',
    requestId: null,
    codeMap: {},
  },
  formats: {
    money: 'number',
    datetime: 'sql-local',
    date: 'iso',
    timezone: 'America/Sao_Paulo',
    duration: 'seconds',
    phone: 'digits',
    boolean: [1, 0],
    rangeStart: 'exclusive',
    rangeEnd: 'exclusive',
  },
  // Charges are rounded to 6 places and kept as 4-byte floats.
  rating: { incrementBase: 'whole-duration', minimum: 'free', places: 6, digits: 6 },
  // Those that a generated password may hold by chance; texts with blanks and signs are refused too.
  blockedWords: [
    ...[
      'copy',
      'print',
      'echo',
      'eval',
      'while',
      'alert',
      'console',
      'rename',
      'prepare',
      'assert',
      'schema',
      'concat',
    ],
    ...['unlink', 'mkdir', 'rmdir', 'popen', 'fopen', 'passthru'],
  ],
  resources: magnusResources,
};
