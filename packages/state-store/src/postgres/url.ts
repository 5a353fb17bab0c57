import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { StoreError } from '../store-error.js';

/** What a URL of a store on PostgreSQL says. */
export interface PostgresSettings {
  /** The URL as messages show it: without the password and what its query hides. */
  shown: string;
  host: string;
  port: number;
  user: string;
  password: string | undefined;
  database: string;
  schema: string;
  applicationName: string;
  ssl: ConnectionOptions | false;
  /** Most connections at once. */
  pool: number;
  /** Milliseconds; the server ends what lasts longer. */
  connectMs: number;
  statementMs: number;
  idleInTransactionMs: number;
  /** Null: as long as the store waits for a lock. */
  lockMs: number | null;
}

/** How a server is reached, with the names of the driver's options. The password is a secret. */
export interface ServerConnection extends Pick<
  PostgresSettings,
  'host' | 'port' | 'user' | 'password' | 'database' | 'ssl'
> {
  connectionTimeoutMillis: number;
}

/** Returns how the server of these settings is reached. */
export function toServer({ host, port, user, password, database, ssl, connectMs }: PostgresSettings): ServerConnection {
  return { host, port, user, password, database, ssl, connectionTimeoutMillis: connectMs };
}

/** Default port of PostgreSQL. */
const PORT = 5432;

/** A write needs one, and each read that runs beside it another. */
const FEWEST_CONNECTIONS = 2;

const DEFAULTS = {
  pool: 8,
  connect_timeout: 10,
  statement_timeout: 60_000,
  idle_in_transaction_session_timeout: 60_000,
};

const KNOWN = [
  'application_name',
  'connect_timeout',
  'host',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'password',
  'pool',
  'port',
  'schema',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'statement_timeout',
  'user',
] as const;

type Known = (typeof KNOWN)[number];

/**
 * Reads the URL of a store on PostgreSQL.
 *
 * @throws StoreError `store_unsupported`
 */
export function readPostgresUrl(location: string): PostgresSettings {
  const url = parse(location);
  const query = readQuery(url.searchParams);
  const named = decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const host = (named === NO_HOST ? '' : named) || query.host || 'localhost';
  const user = decode(url.username) || query.user;
  const database = decode(url.pathname.slice(1));
  if (user === undefined || user === '') throw refused('names no user');
  if (database === '' || database.includes('/')) throw refused('names no database');
  const schema = query.schema ?? 'sluice';
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema) || schema.startsWith('pg_'))
    throw refused('has a "schema" that is not of small letters, digits and _');
  const port = url.port === '' ? number(query, 'port', PORT, 1) : Number(url.port);
  const name = host.includes(':') ? `[${host}]` : encodeURIComponent(host).replaceAll('%2F', '/');
  const shown = `postgres://${encodeURIComponent(user)}@${name}:${port}/${encodeURIComponent(database)}`;
  return {
    shown: schema === 'sluice' ? shown : `${shown}?schema=${schema}`,
    ...{ host, port, user, database, schema },
    password: decode(url.password) || query.password,
    applicationName: query.application_name ?? 'sluice',
    ssl: readTls(query, host),
    pool: number(query, 'pool', DEFAULTS.pool, FEWEST_CONNECTIONS),
    connectMs: 1000 * number(query, 'connect_timeout', DEFAULTS.connect_timeout, 1),
    statementMs: number(query, 'statement_timeout', DEFAULTS.statement_timeout, 1),
    idleInTransactionMs: number(
      query,
      'idle_in_transaction_session_timeout',
      DEFAULTS.idle_in_transaction_session_timeout,
      1,
    ),
    lockMs: query.lock_timeout === undefined ? null : number(query, 'lock_timeout', 0, 1),
  };
}

/** No message has a part of the URL that could be of the password. */
function refused(what: string): StoreError {
  return new StoreError(
    'store_unsupported',
    `The URL of the store ${what}. Write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with signs such as @ and / in the password as %40 and %2F.`,
  );
}

const NO_HOST = 'none';

function parse(location: string): URL {
  const [, rest = ''] = /^postgres(?:ql)?:\/\/(.*)$/i.exec(location) ?? [];
  try {
    // Where a user is named, a URL has to have a host; the query may name a folder with a socket.
    return new URL(`postgres://${rest.replace(/^([^/?#]*@)(?=[/?#]|$)/, `$1${NO_HOST}`)}`);
  } catch {
    throw refused("can't be read");
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused("can't be read");
  }
}

function readQuery(params: URLSearchParams): Partial<Record<Known, string>> {
  const query: Partial<Record<Known, string>> = {};
  for (const [name, value] of params) {
    const known = KNOWN.find((one) => one === name);
    if (known === undefined) throw refused(`has the unknown parameter "${name.slice(0, 40)}"`);
    query[known] = value;
  }
  return query;
}

function number(query: Partial<Record<Known, string>>, name: Known, fallback: number, least: number): number {
  const text = query[name];
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw refused(`has a "${name}" that is not a whole number of at least ${least}`);
  return Number(text);
}

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

/** What the server's certificate has to prove, as libpq has it; other hosts than this one are reached with TLS unless stated. */
function readTls(query: Partial<Record<Known, string>>, host: string): ConnectionOptions | false {
  const { sslmode, sslrootcert, sslcert, sslkey } = query;
  const mode = MODES.find((one) => one === (sslmode ?? (isLocal(host) ? 'disable' : 'require')));
  if (mode === undefined) throw refused(`has an "sslmode" that is none of ${MODES.join(', ')}`);
  if ((sslcert === undefined) !== (sslkey === undefined)) throw refused('has one of "sslcert" and "sslkey" only');
  if (mode === 'disable') {
    if (sslmode === undefined && (sslrootcert ?? sslcert) !== undefined)
      return readTls({ ...query, sslmode: 'verify-full' }, host);
    return false;
  }
  const ca = sslrootcert === undefined || sslrootcert === 'system' ? undefined : read('sslrootcert', sslrootcert);
  const own =
    sslcert === undefined || sslkey === undefined
      ? {}
      : { cert: read('sslcert', sslcert), key: read('sslkey', sslkey) };
  const proves = mode === 'require' ? sslrootcert !== undefined : true;
  return {
    ...own,
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: proves,
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = 'unreadable' } = error as { code?: string };
    throw new StoreError(
      'store_unsupported',
      `The file of "${name}" in the URL of the store can't be read: ${path} (${code}).`,
    );
  }
}
