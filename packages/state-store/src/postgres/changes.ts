import type { Client } from 'pg';

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** Returns the channel on which writes to a schema are announced. */
export const toChannel = (schema: string): string => `sluice_${schema}`;

/** How the changes of a schema are heard. */
export interface ChangesOptions {
  connect: () => Client;
  channel: string;
  random: () => number;
}

/** Hears of the writes of all processes, on a connection of its own while somebody listens; one that is lost is opened again. */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #listeners = new Set<() => void>();
  #client: Client | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #pause = SHORTEST_PAUSE_MS;
  #isEnded = false;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** Calls the listener after writes until the returned function is called. */
  subscribe(listener: () => void): () => void {
    // One object each: the same function may listen twice.
    const own = (): void => {
      listener();
    };
    this.#listeners.add(own);
    if (this.#client === null && this.#retry === null) void this.#connect();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) void this.#disconnect();
    };
  }

  end(): Promise<void> {
    this.#isEnded = true;
    this.#listeners.clear();
    return this.#disconnect();
  }

  async #connect(): Promise<void> {
    if (this.#isEnded || this.#listeners.size === 0) return;
    const client = this.#options.connect();
    this.#client = client;
    const lost = (): void => {
      if (this.#client === client) this.#reconnect(client);
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', () => {
      this.#tell();
    });
    try {
      await client.connect();
      await client.query(`listen "${this.#options.channel}"`);
      this.#pause = SHORTEST_PAUSE_MS;
      // Nobody has heard of what was written before.
      this.#tell();
    } catch {
      lost();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #reconnect(client: Client): void {
    this.#client = null;
    client.end().catch(() => undefined);
    if (this.#isEnded || this.#listeners.size === 0) return;
    this.#retry = setTimeout(
      () => {
        this.#retry = null;
        void this.#connect();
      },
      this.#pause * (0.5 + this.#options.random()),
    ).unref();
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
  }

  async #disconnect(): Promise<void> {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }
}
