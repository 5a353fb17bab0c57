import pg from 'pg';
import { type PostgresSettings, toServer } from './url.js';
import { getTypeParser } from './values.js';

/** So much later than the server the client ends a statement by itself. */
const GRACE_MS = 5000;

/** A server that is still there answers so often; one that does not is given up after four times that. */
const KEEP_ALIVE_S = 10;

/** What a connection is for. */
interface ConnectionOptions {
  wait: number;
  readOnly?: boolean;
  /** Its statements may last. */
  mayLast?: boolean;
}

/** Returns how a connection is opened. */
function toConfig(
  settings: PostgresSettings,
  { wait, readOnly = false, mayLast = false }: ConnectionOptions,
): pg.ClientConfig {
  const { statementMs } = settings;
  const parameters = {
    search_path: settings.schema,
    lock_timeout: settings.lockMs ?? wait,
    idle_in_transaction_session_timeout: settings.idleInTransactionMs,
    tcp_keepalives_idle: KEEP_ALIVE_S,
    tcp_keepalives_interval: KEEP_ALIVE_S,
    tcp_keepalives_count: 3,
    tcp_user_timeout: 4 * KEEP_ALIVE_S * 1000,
    jit: 'off',
    ...(mayLast ? {} : { statement_timeout: statementMs }),
    ...(readOnly ? { default_transaction_read_only: 'on' } : {}),
  };
  return {
    ...toServer(settings),
    application_name: settings.applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_S * 1000,
    types: { getTypeParser },
    options: Object.entries(parameters)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    ...(mayLast ? {} : { query_timeout: statementMs + GRACE_MS }),
  };
}

/** Returns a pool of connections to the store's schema. */
export function openPool(settings: PostgresSettings, options: ConnectionOptions): pg.Pool {
  const pool = new pg.Pool({ ...toConfig(settings, options), max: settings.pool, allowExitOnIdle: true });
  // Losing a connection that nobody uses fails nothing: the next one is opened when it is needed.
  pool.on('error', () => undefined);
  // Nor while it is used: the statement that it was to carry fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Returns one connection, which is not open yet. */
export function newClient(settings: PostgresSettings, options: ConnectionOptions): pg.Client {
  const client = new pg.Client(toConfig(settings, options));
  client.on('error', () => undefined);
  return client;
}
