import { type CuttableWay, openWay, startPostgres, type TestServer } from '@sluice/state-store/testing';

/** The addresses of a schema of its own in the database, and the ways behind them. */
export interface Routes {
  /** Of each worker, and of all commands. */
  workers: string[];
  commands: string;
  /** Of the test itself, whose way nobody cuts. */
  direct: string;
  ways: CuttableWay[];
  /** Restarts the database. */
  restart: () => Promise<void>;
  close: () => void;
}

/** A PostgreSQL that is restarted and cut off. */
export class Database {
  #stories = 0;

  private constructor(private readonly server: TestServer) {}

  static async start(): Promise<Database> {
    return new Database(await startPostgres());
  }

  /** Opens ways to an empty schema, one for each worker. */
  async open(workers: number): Promise<Routes> {
    const { server } = this;
    const direct = server.url({ schema: `story_${++this.#stories}` });
    const ways: CuttableWay[] = [];
    for (let left = workers + 1; left > 0; left--) ways.push(await openWay(server.port));
    const urls = ways.map(({ port }) => direct.replace(`:${server.port}/`, `:${port}/`));
    const [commands = '', ...own] = urls;
    return {
      workers: own,
      commands,
      direct,
      ways,
      restart: () => server.restart(),
      close() {
        for (const way of ways) way.close();
      },
    };
  }

  close(): void {
    this.server.release();
  }
}
