import { parseAddress, readConnection } from '@sluice/engine/places';
import { SluiceError } from '@sluice/panel-kind';
import pg from 'pg';

/** One answered statement. */
export interface Answer {
  rows: Record<string, unknown>[];
}

/** The connections of the queue. */
export interface Database {
  /** Executes a statement; the answer of one with several is that of the last. */
  query(text: string, values?: unknown[]): Promise<Answer>;
  /** Executes statements in one transaction. */
  transaction<T>(work: (query: Database['query']) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const STATEMENT_MS = 30_000;
/** A process that hangs between two statements of a transaction must not keep its locks. */
const IDLE_MS = 5000;

/**
 * Opens connections to a database on demand.
 *
 * @throws SluiceError `bad_address` for an address that is not one of PostgreSQL
 */
export function openDatabase(url: string, { name, connections }: { name: string; connections: number }): Database {
  if (parseAddress(url) === null)
    throw new SluiceError('bad_address', 'The address of the database is not one of PostgreSQL');
  const pool = new pg.Pool({
    ...readConnection(url),
    application_name: name,
    max: connections,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_MS,
    // The server may be gone without a word.
    query_timeout: STATEMENT_MS + 5000,
    keepAlive: true,
  });
  // A connection that breaks is replaced by the next statement; one that is in use fails its statement besides.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  const withClient = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let failed = true;
    try {
      const result = await work(client);
      failed = false;
      return result;
    } finally {
      // After an error it may be inside a transaction.
      client.release(failed);
    }
  };
  return {
    query: (text, values) => withClient((client) => send(client, text, values)),
    transaction: (work) =>
      withClient(async (client) => {
        await client.query('begin');
        const result = await work((text, values) => send(client, text, values));
        await client.query('commit');
        return result;
      }),
    close: () => pool.end(),
  };
}

async function send(client: pg.PoolClient, text: string, values: unknown[] = []): Promise<Answer> {
  // Without values several statements may be sent at once, each of which is answered.
  const answer = (values.length === 0 ? await client.query(text) : await client.query(text, values)) as
    | pg.QueryResult<Record<string, unknown>>
    | pg.QueryResult<Record<string, unknown>>[];
  return { rows: [answer].flat().at(-1)?.rows ?? [] };
}
