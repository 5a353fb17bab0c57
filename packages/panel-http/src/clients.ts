import type { Client, Dispatcher } from 'undici';

/** Gets what becomes of a request. */
export type RequestHandler = Dispatcher.DispatchHandler & {
  /** Has no controller where the request was not begun. */
  onResponseError(controller: Dispatcher.DispatchController | undefined, error: Error): void;
};

interface Waiting {
  readonly request: Dispatcher.DispatchOptions;
  readonly handler: RequestHandler;
}

/**
 * The connections of a pool, each with one request at a time. The one that was free last is used first, so that no more are open than
 * there were requests at once; undici's pool searches all of them for each request.
 */
export class Clients {
  readonly #create: () => Client;
  readonly #most: number;
  readonly #all = new Set<Client>();
  readonly #free: Client[] = [];
  #waiting: Waiting[] = [];
  #closed = false;

  constructor(create: () => Client, most: number) {
    this.#create = create;
    this.#most = most;
  }

  /** Sends a request, once a connection is free. */
  dispatch(request: Dispatcher.DispatchOptions, handler: RequestHandler): void {
    const client = this.#closed ? undefined : (this.#free.pop() ?? this.#open());
    if (client !== undefined) this.#send(client, { request, handler });
    else if (this.#closed) handler.onResponseError(undefined, new Error('the connections are closed'));
    else this.#waiting.push({ request, handler });
  }

  /** Closes all connections; what is sent or waits fails. */
  close(): void {
    this.#closed = true;
    for (const client of this.#all) void client.destroy();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { request, handler } of waiting) this.dispatch(request, handler);
  }

  #open(): Client | undefined {
    if (this.#all.size >= this.#most) return undefined;
    const client = this.#create();
    this.#all.add(client);
    client.on('drain', () => {
      this.#release(client);
    });
    // Such a client is not used again, as in undici's pool; what it was to send has got the error.
    client.on('connectionError', () => {
      this.#all.delete(client);
      this.#sendNext();
    });
    return client;
  }

  #send(client: Client, { request, handler }: Waiting): void {
    // It is free again once it says so.
    if (client.dispatch(request, handler)) this.#release(client);
  }

  #release(client: Client): void {
    if (this.#closed || !this.#all.has(client)) return;
    this.#free.push(client);
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#waiting.length === 0) return;
    const client = this.#free.pop() ?? this.#open();
    const next = client === undefined ? undefined : this.#waiting.shift();
    if (client !== undefined && next !== undefined) this.#send(client, next);
  }
}
