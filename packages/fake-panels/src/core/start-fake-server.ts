import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { type FakeCall } from './fake-call.js';
import { type FakeRequest } from './fake-request.js';
import { type FakeResponse } from './fake-response.js';
import { type CallTotals, type FakeServer } from './fake-server.js';
import { FaultBook } from './fault-book.js';
import { type Fault, type FaultRule } from './fault-rule.js';
import { signInPage } from './sign-in-page.js';
import { sendAnswer, sendHuge, toBytes } from './send-answer.js';

/** What a fake panel gives to its server. */
export interface FakeServerOptions {
  /** The panel's name, for error texts. */
  readonly name: string;
  /** The panel's logic; state changes happen here. */
  readonly handle: (request: FakeRequest) => FakeResponse | Promise<FakeResponse>;
  /** The endpoint's name in the log and in fault rules, such as `POST /api/v3/admin/ports/{id}/disable`. */
  readonly endpointOf: (request: FakeRequest) => string;
  /** Whether the call asks the panel for a change. */
  readonly changing: (request: FakeRequest) => boolean;
  /** Speaks TLS with this key and certificate (PEM). */
  readonly https?: { readonly key: string; readonly cert: string };
  /** Default 0: a free port. */
  readonly port?: number;
  /** Milliseconds that every call waits before the work; see `FakeServer.latencyMs`. Default 0. */
  readonly latencyMs?: number;
  /** `false`: the log stays empty, only `totals` are counted. Default `true`. */
  readonly keepCalls?: boolean;
  /** The panel's clock, milliseconds since 1970: answers carry it as their `Date`. Default: the real one. */
  readonly now?: () => number;
}

/** Starts a fake panel's server on 127.0.0.1. Rejects when the port is taken. */
export async function startFakeServer(options: FakeServerOptions): Promise<FakeServer> {
  const faults = new FaultBook();
  const listeners = new Set<(call: FakeCall) => void>();
  const failures: string[] = [];
  const totals: CallTotals = { calls: 0, changing: 0, inFlight: 0, maxInFlight: 0 };
  const keepCalls = options.keepCalls ?? true;
  let calls: FakeCall[] = [];
  let lastN = 0;

  const work = async (request: FakeRequest): Promise<FakeResponse> => {
    try {
      return await options.handle(request);
    } catch (error) {
      failures.push(String(error));
      return { status: 500, body: { message: `The fake ${options.name} failed: ${String(error)}` } };
    }
  };

  const serve = async (incoming: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    const call: FakeCall = {
      n: ++lastN,
      at: Date.now(),
      method: request.method,
      path: request.path,
      endpoint: options.endpointOf(request),
      query: request.query,
      headers: request.headers,
      body: request.body.toString('utf8'),
      changing: options.changing(request),
      status: null,
      fault: null,
    };
    if (keepCalls) calls.push(call);
    totals.calls += 1;
    if (call.changing) totals.changing += 1;
    totals.inFlight += 1;
    totals.maxInFlight = Math.max(totals.maxInFlight, totals.inFlight);
    reply.once('close', () => {
      totals.inFlight -= 1;
    });
    reply.sendDate = server.sendsDate;
    if (options.now !== undefined && server.sendsDate) reply.setHeader('date', new Date(options.now()).toUTCString());
    const plan = faults.plan(call);
    call.fault = plan.label;
    for (const listener of listeners) listener(call);

    const msBefore = server.latencyMs + plan.msBefore;
    if (msBefore > 0) await wait(msBefore);
    for (const until of plan.waits) await until();
    const answer = plan.work ? await work(request) : undefined;
    if (plan.msAfter > 0) await wait(plan.msAfter);
    call.status = await respond(reply, answer, plan.spoil);
  };

  const listener = (incoming: IncomingMessage, reply: ServerResponse): void => {
    serve(incoming, reply).catch((error: unknown) => {
      // A client that goes away while it sends is no failure of the fake.
      if (!incoming.complete) return;
      failures.push(String(error));
      reply.destroy();
    });
  };
  const http = options.https === undefined ? createHttp(listener) : createHttps(options.https, listener);
  // Clients reuse connections as long as they like; a server that closes first would look like a fault.
  http.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port ?? 0, '127.0.0.1', () => {
      http.off('error', reject);
      resolve();
    });
  });
  const address = http.address();
  if (address === null || typeof address === 'string') throw new TypeError(`The fake ${options.name} has no port.`);

  const server: FakeServer = {
    url: `${options.https === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    port: address.port,
    get calls() {
      return calls;
    },
    totals,
    failures,
    latencyMs: options.latencyMs ?? 0,
    sendsDate: true,
    changingCalls: () => calls.filter((call) => call.changing),
    clearCalls: () => {
      calls = [];
      totals.calls = 0;
      totals.changing = 0;
      totals.maxInFlight = totals.inFlight;
    },
    inject: (rule: FaultRule) => faults.add(rule),
    clearFaults: () => {
      faults.clear();
    },
    onCall: (callback) => {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    waitForCall: (match = () => true) =>
      new Promise((resolve) => {
        const callback = (call: FakeCall): void => {
          if (!match(call)) return;
          listeners.delete(callback);
          resolve(call);
        };
        listeners.add(callback);
      }),
    close: () =>
      new Promise((resolve) => {
        http.close(() => {
          resolve();
        });
        http.closeAllConnections();
      }),
  };
  return server;
}

/** Answers honestly or spoilt. Gives the status that was sent, `null` when none was. */
async function respond(
  reply: ServerResponse,
  answer: FakeResponse | undefined,
  spoil: Fault | undefined,
): Promise<number | null> {
  // The client may have left while the panel worked.
  if (reply.destroyed) return null;
  const honest = answer ?? { status: 500 };
  switch (spoil?.kind) {
    case undefined:
    case 'latency':
    case 'wait':
      if (honest.cut === true) {
        reply.socket?.destroy();
        return null;
      }
      sendAnswer(reply, honest);
      return honest.status;
    case 'status':
      sendAnswer(reply, spoil);
      return spoil.status;
    case 'hang':
      return null;
    case 'cut':
      reply.socket?.destroy();
      return null;
    case 'truncated':
      sendAnswer(reply, honest, true);
      return honest.status;
    case 'html':
      sendAnswer(reply, { status: spoil.status ?? 200, body: signInPage });
      return spoil.status ?? 200;
    case 'body':
      sendAnswer(reply, { ...spoil, status: spoil.status ?? 200 });
      return spoil.status ?? 200;
    case 'mutate':
      sendAnswer(reply, mutated(honest, spoil.change));
      return honest.status;
    case 'empty':
      sendAnswer(reply, { status: 200, headers: { 'content-type': 'application/json' } });
      return 200;
    case 'huge':
      await sendHuge(reply, spoil.bytes);
      return 200;
  }
}

function mutated(answer: FakeResponse, change: (json: unknown) => unknown): FakeResponse {
  const text = toBytes(answer.body).toString('utf8');
  const headers = { ...answer.headers, 'content-type': 'application/json' };
  return { ...answer, headers, body: JSON.stringify(change(parsed(text))) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Rejects when the client goes away while it sends. */
function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.once('end', () => {
      resolve(Buffer.concat(pieces));
    });
    incoming.once('error', reject);
    incoming.once('close', () => {
      if (!incoming.complete) reject(new Error('The client went away while it sent.'));
    });
  });
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const body = await bodyOf(incoming);
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: (incoming.method ?? 'GET').toUpperCase(),
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers,
    body,
    json: () => (body.length === 0 ? undefined : (JSON.parse(body.toString('utf8')) as unknown)),
  };
}
