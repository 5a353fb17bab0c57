import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { CallEvent } from '@sluice/panel-http';
import { type AstbillingClient, type AstbillingOptions, createAstbillingClient } from '../index.js';
import { fixture, fixtureText } from './fixture.js';

export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  form: Record<string, string>;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as it stands; `json` is written. */
  text?: string;
  json?: unknown;
  /** Closes the connection instead. */
  cut?: true;
}

/** A panel of a test: every answer comes from `answer`. */
export interface Panel {
  url: string;
  seen: Seen[];
  events: CallEvent[];
  warnings: string[];
  slept: number[];
  client: AstbillingClient;
  /** `GET /path` or `POST /path` of all requests so far. */
  calls(): string[];
  close(): Promise<void>;
}

/** The answer that a file of `fixtures` describes. */
export function toAnswer(name: string): Answer {
  const { _http = {}, _body_text } = fixture<{
    _http?: { status?: number; headers?: Record<string, string> };
    _body_text?: string;
  }>(name);
  const { status = 200, headers } = _http;
  return { status, text: _body_text ?? fixtureText(name), ...(headers === undefined ? {} : { headers }) };
}

export async function openPanel(
  answer: (seen: Seen, n: number) => Answer,
  options: Partial<AstbillingOptions> = {},
): Promise<Panel> {
  const seen: Seen[] = [];
  const events: CallEvent[] = [];
  const warnings: string[] = [];
  const slept: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const { pathname, searchParams } = new URL(url, 'http://panel');
      const body = Buffer.concat(chunks).toString();
      const form = Object.fromEntries(new URLSearchParams(body));
      const one = { method, path: pathname, query: searchParams, headers, body, form };
      seen.push(one);
      const { status = 200, headers: own = {}, text, json, cut } = answer(one, seen.length);
      if (cut === true) {
        response.destroy();
        return;
      }
      response.writeHead(status, { 'content-type': 'application/json', ...own });
      response.end(text ?? (json === undefined ? '' : JSON.stringify(json)));
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let now = Date.parse('2026-11-22T12:00:00Z');
  const client = createAstbillingClient({
    panel: 'voip',
    baseUrl: url,
    allowHttp: true,
    token: 'demo-token-1',
    breaker: false,
    clock: {
      now: () => now,
      sleep: (ms) => {
        slept.push(ms);
        now += ms;
        return Promise.resolve();
      },
    },
    random: () => 0,
    onCall: (event) => events.push(event),
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  return {
    ...{ url, seen, events, warnings, slept, client },
    calls: () => seen.map(({ method, path }) => `${method} ${path}`),
    close: async () => {
      client.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
