import { isPanelError, type CallEvent, type Clock, type PanelError } from '@sluice/panel-http';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEasyDcimClient } from '../client/create-easydcim-client.js';
import type { EasyDcimClient, EasyDcimOptions } from '../client/types.js';

export interface Asked {
  n: number;
  /** `GET /path?query`. */
  line: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

export const token = 'admin-token-1234567890';

/** A panel on loopback that answers as the test says and remembers what it was asked. */
export class TestPanel {
  answer: Answer = () => undefined;
  readonly asked: Asked[] = [];
  readonly events: CallEvent[] = [];
  readonly slept: number[] = [];
  readonly #server = createServer((request, response) => {
    this.#receive(request, response);
  });
  readonly #clients: EasyDcimClient[] = [];

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get lines(): string[] {
    return this.asked.map((asked) => asked.line);
  }

  /** Answers every call the same. */
  always(body: unknown, status = 200, headers: Record<string, string> = {}): void {
    this.answer = (_asked, response) => {
      reply(response, body, status, headers);
    };
  }

  /** Answers by the request line; what is not listed is 404. */
  routes(routes: Record<string, unknown>): void {
    this.answer = (asked, response) => {
      if (asked.line in routes) reply(response, routes[asked.line]);
      else reply(response, { message: 'Not Found' }, 404);
    };
  }

  client(options: Partial<EasyDcimOptions> = {}): EasyDcimClient {
    const client = createEasyDcimClient({
      panel: 'dcim1',
      baseUrl: this.url,
      allowHttp: true,
      token,
      timeZone: 'UTC',
      clock: this.#clock(),
      breaker: false,
      onCall: (event) => this.events.push(event),
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Forgets what it was asked. */
  clear(): void {
    this.asked.length = 0;
    this.events.length = 0;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const line = `${request.method ?? ''} ${request.url ?? ''}`;
      const body = Buffer.concat(chunks).toString();
      const asked = { n: this.asked.length + 1, line, headers: request.headers, body };
      this.asked.push(asked);
      this.answer(asked, response);
    });
  }

  #clock(): Clock {
    let now = Date.parse('2026-11-01T12:00:00.000Z');
    return {
      now: () => now,
      sleep: (ms) => {
        this.slept.push(ms);
        now += ms;
        return Promise.resolve();
      },
    };
  }
}

/** A panel for all tests of a file or group; each test begins with no call made. */
export function usePanel(): TestPanel {
  const panel = new TestPanel();
  beforeAll(() => panel.listen());
  beforeEach(() => {
    panel.clear();
  });
  afterAll(() => panel.close());
  return panel;
}

/** JSON for anything but text, which goes as it is. */
export function reply(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  response.writeHead(status, { ...(raw ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(status === 204 ? undefined : raw ? body : JSON.stringify(body));
}

/** The `PanelError` that a call ends with; anything else fails the test. */
export async function catchFailure(call: Promise<unknown>): Promise<PanelError> {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    if (isPanelError(error)) return error;
    throw error;
  }
  throw new Error(`The call succeeded: ${JSON.stringify(value)}`);
}

/** All items of a list. */
export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}
