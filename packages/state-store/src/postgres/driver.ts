import {
  type CompiledQuery,
  type DatabaseConnection,
  type DataTypeNode,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type GeneratedNode,
  Kysely,
  type OperationNode,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type RawNode,
} from 'kysely';
import type { ClientBase, QueryResult as ClientResult } from 'pg';
import type { Database } from '../tables/database.js';
import type { TwofoldNode } from '../tables/dialect.js';
import { isCollision, isLost } from './errors.js';
import { toPostgresType } from './schema.js';
import { storable } from './values.js';

/** More texts than the store has; lists of conditions add others. They are prepared once in each connection. */
const MOST_PREPARED = 400;

/** Names of the statements that are prepared, by their texts. */
export class StatementNames {
  readonly #names = new Map<string, string>();

  find(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MOST_PREPARED) return known;
    const name = `sluice_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}

/** Statements on one client, one after the other. */
export class ClientConnection implements DatabaseConnection {
  readonly client: ClientBase;
  readonly #names: StatementNames;
  #tail: Promise<unknown> = Promise.resolve();
  /** Why the transaction can't be committed, and the same work may succeed again. */
  repeatable: unknown = null;
  /** The first error, after which the server refuses all other statements of the transaction. */
  failure: unknown = null;
  /** Whether no other statement can be sent. */
  isBroken = false;

  constructor(client: ClientBase, names: StatementNames) {
    this.client = client;
    this.#names = names;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { command, rowCount, rows } = await this.run(() =>
      this.client.query({ text: sql, values: parameters.map(storable), ...this.#named(sql) }),
    );
    const changes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE';
    return { rows: rows as Row[], ...(changes ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
  }

  /** Runs statements without parameters in one round trip; returns the rows of each. */
  async runAll(statements: readonly string[]): Promise<ClientResult<Record<string, unknown>>[]> {
    const results: unknown = await this.run(() => this.client.query(statements.join('; ')));
    return (Array.isArray(results) ? results : [results]) as ClientResult<Record<string, unknown>>[];
  }

  run<T>(send: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(send);
    this.#tail = result.catch((error: unknown) => {
      if (isLost(error) || isUnanswered(error)) this.isBroken = true;
      if (isLost(error) || isCollision(error)) this.repeatable ??= error;
      this.failure ??= error;
    });
    return result;
  }

  // eslint-disable-next-line require-yield -- nothing streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    await Promise.reject(new Error('The store streams no results.'));
  }

  #named(text: string): { name?: string } {
    const name = this.#names.find(text);
    return name === undefined ? {} : { name };
  }
}

/** The client gave up waiting; the answer may still come, as that of another statement. */
function isUnanswered(error: unknown): boolean {
  const { message } = (error ?? {}) as Partial<Error>;
  return message?.includes('Query read timeout') === true;
}

/** How statements get a connection. */
export interface ConnectionSource {
  acquire(): Promise<ClientConnection>;
  release(connection: ClientConnection): void;
}

/** Transactions are begun by the store itself, since the work of one may have to run again. */
class StoreDriver implements Driver {
  readonly #source: ConnectionSource;

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  async init(): Promise<void> {}

  acquireConnection(): Promise<DatabaseConnection> {
    return this.#source.acquire();
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#source.release(connection as ClientConnection);
    return Promise.resolve();
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new Error('The store begins its transactions.'));
  }

  commitTransaction(): Promise<void> {
    return Promise.resolve();
  }

  rollbackTransaction(): Promise<void> {
    return Promise.resolve();
  }

  async destroy(): Promise<void> {}
}

/** A number that a row may also be given. */
const BY_DEFAULT: GeneratedNode = { kind: 'GeneratedNode', identity: true, byDefault: true };

/** States what both databases have different words for, and types of columns as those of schema.ts. */
class StoreQueryCompiler extends PostgresQueryCompiler {
  protected override visitRaw(node: RawNode): void {
    const { postgres } = node as TwofoldNode;
    super.visitRaw(postgres === undefined ? node : (postgres as RawNode));
  }

  protected override visitDataType(node: DataTypeNode): void {
    this.append(toPostgresType(node.dataType));
  }

  protected override visitColumnDefinition(node: Parameters<PostgresQueryCompiler['visitColumnDefinition']>[0]): void {
    const { dataType } = node;
    const isNumbered =
      node.primaryKey === true && (dataType as OperationNode & { dataType?: string }).dataType === 'integer';
    super.visitColumnDefinition(isNumbered ? { ...node, generated: BY_DEFAULT } : node);
  }
}

/** Returns the query builder on connections of a source. */
export function toKysely(source: ConnectionSource): Kysely<Database> {
  const dialect: Dialect = {
    createAdapter: (): DialectAdapter => new PostgresAdapter(),
    createDriver: () => new StoreDriver(source),
    createQueryCompiler: () => new StoreQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
  return new Kysely<Database>({ dialect });
}

/** Returns the query builder on one connection. */
export function onConnection(connection: ClientConnection): Kysely<Database> {
  return toKysely({ acquire: () => Promise.resolve(connection), release: () => undefined });
}
