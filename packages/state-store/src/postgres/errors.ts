import { StoreError, type StoreErrorCode } from '../store-error.js';

type Meaning = readonly [code: StoreErrorCode, message: string];

const REFUSED: Meaning = [
  'store_refused',
  'refuses the access. Check the user, its password and rights, and pg_hba.conf',
];
const NO_PASSWORD: Meaning = [
  'store_refused',
  'asks for a password, and none was stated. State it in the URL, such as "${env:STATE_URL}", or in PGPASSWORD or ~/.pgpass',
];
const AWAY: Meaning = [
  'store_unreachable',
  "can't be reached. Check that the server runs, its address, and the network",
];
const CUT: Meaning = [
  'store_unreachable',
  'was lost: the connection was cut. Check the server and the network, and try again',
];
const BUSY: Meaning = [
  'store_busy',
  'is locked by another process. Wait until that has finished, or end it, and try again',
];
const SLOW: Meaning = [
  'store_timeout',
  'was ended by a time-out. Try again; if it lasts, raise the time-out in the URL of the store',
];
const FULL: Meaning = ['store_full', "can't grow: the disk of the server is full. Free disk space and try again"];
const IO: Meaning = ['store_io', 'could not be read or written: the server reports an error. Check its log'];
const DAMAGED: Meaning = ['store_damaged', 'is damaged. Check the log of the server, or restore a backup'];
const ALTERED: Meaning = ['store_damaged', 'does not have the tables of its schema version'];
const INVALID: Meaning = ['store_invalid', "refused a value that it can't hold; nothing was written"];

/** By the codes of PostgreSQL (SQLSTATE) or their classes, longer ones first. */
const BY_STATE: readonly (readonly [prefix: string, Meaning])[] = [
  ['25P03', SLOW],
  [
    '25006',
    [
      'store_read_only',
      "can't be written: the server or the user's transactions are read-only. Use the primary server",
    ],
  ],
  ['28', REFUSED],
  ['3D000', ['store_missing', 'does not exist. Create the database, or check its name']],
  ['3F000', ['store_missing', 'has no tables yet. Check the schema in its URL, or create it with a first run']],
  ['40001', BUSY],
  ['40P01', BUSY],
  ['42501', REFUSED],
  ['53100', FULL],
  [
    '53300',
    [
      'store_busy',
      'has no free connection. Lower "pool" in the URL of the store, or raise max_connections of the server',
    ],
  ],
  ['55P03', BUSY],
  ['57014', SLOW],
  ['57P03', AWAY],
  ['57P', CUT],
  ['58', IO],
  ['53', IO],
  ['08', CUT],
  ['22', INVALID],
  ['23', ['store_conflict', 'refused a row that breaks one of its invariants; nothing was written']],
  ['42', ALTERED],
  ['XX001', DAMAGED],
  ['XX002', DAMAGED],
];

/** By the codes of the system and of TLS. */
const BY_SYSTEM: readonly (readonly [test: RegExp, Meaning])[] = [
  [/^(ECONNRESET|EPIPE|ETIMEDOUT_READ)$/, CUT],
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EHOSTDOWN|ENOENT|EACCES|ECONNABORTED)$/,
    AWAY,
  ],
  [
    /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_OSSL_)/,
    [
      'store_refused',
      'has no TLS that its URL accepts. Check sslmode and sslrootcert there, and the certificate of the server',
    ],
  ],
];

/** The client waited in vain. */
const UNANSWERED = /Query read timeout/i;

/** Errors of the client that have no code. */
const BY_MESSAGE: readonly (readonly [test: RegExp, Meaning])[] = [
  [
    /does not support SSL|There was an error establishing an SSL/i,
    [
      'store_refused',
      'does not support TLS. Set it up on the server; only on a network that nobody else uses, write sslmode=disable in the URL',
    ],
  ],
  [UNANSWERED, SLOW],
  [/timeout expired|timeout exceeded when trying to connect|connection timeout/i, AWAY],
  [/password must be a( non-empty)? string|no password/i, NO_PASSWORD],
  [/SASL/i, REFUSED],
  [/Connection terminated|Connection ended|not queryable|closed the connection|Cannot use a pool/i, CUT],
];

/** Returns the state (SQLSTATE) of an error of the server. */
export function toState(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) && 'severity' in error ? error.code : null;
}

/** An error, also of another realm, as those of the system are in tests. */
function isError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

/** The first error of several attempts to connect, such as one for each address of the host. */
function findFirst(error: Error): Error {
  if (!('errors' in error) || !Array.isArray(error.errors)) return error;
  return error.errors.find(isError) ?? error;
}

function findMeaning(given: Error): Meaning | null {
  const error = findFirst(given);
  const state = toState(error);
  if (state !== null) return BY_STATE.find(([prefix]) => state.startsWith(prefix))?.[1] ?? IO;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if ('syscall' in error || code !== '') {
    const found = BY_SYSTEM.find(([test]) => test.test(code));
    if (found !== undefined) return found[1];
  }
  return BY_MESSAGE.find(([test]) => test.test(error.message))?.[1] ?? null;
}

/** Returns whether the connection is gone, or can't be had: what was not committed was rolled back. */
export function isLost(error: unknown): boolean {
  if (!isError(error)) return false;
  const meaning = findMeaning(error);
  return meaning === CUT || meaning === AWAY;
}

/** Returns whether a statement failed because the database did not answer, or has no connection to spare: the same may succeed later. */
export function isServerAway(error: unknown): boolean {
  if (!isError(error)) return false;
  return isLost(error) || toState(error) === '53300' || UNANSWERED.test(error.message);
}

/** Returns whether the server rolled the transaction back since it met another one; the same work may succeed again. */
export function isCollision(error: unknown): boolean {
  const state = toState(error);
  return state === '40001' || state === '40P01';
}

/** Converts an error of PostgreSQL or of its client to a {@link StoreError}; returns any other error unchanged. */
export function toStoreError(error: unknown, shown: string): unknown {
  if (error instanceof StoreError || !isError(error)) return error;
  const meaning = findMeaning(error);
  if (meaning === null) return error;
  const [code, message] = meaning;
  return new StoreError(code, `The store ${shown} ${message} (${cleaned(findFirst(error).message)}).`, {
    cause: error,
  });
}

/** The server's text without signs that control terminals. */
function cleaned(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300);
}
