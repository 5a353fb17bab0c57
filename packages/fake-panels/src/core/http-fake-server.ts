import {
  createServer as createHttp,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { CallLog } from './call-log.js';
import { type FakeCall } from './fake-call.js';
import { type FakeRequest } from './fake-request.js';
import { type FakeResponse } from './fake-response.js';
import { type CallTotals, type FakeServer } from './fake-server.js';
import { type FakeServerOptions } from './fake-server-options.js';
import { FaultBook } from './fault-book.js';
import { type FaultRule } from './fault-rule.js';
import { readRequest } from './read-request.js';
import { respond } from './respond.js';

/** A fake panel's server; its address is known once it listens. */
export class HttpFakeServer implements FakeServer {
  url = '';
  port = 0;
  latencyMs: number;
  sendsDate = true;
  readonly failures: string[] = [];
  private readonly log: CallLog;
  private readonly faults = new FaultBook();
  private readonly http: HttpServer;

  constructor(private readonly options: FakeServerOptions) {
    this.latencyMs = options.latencyMs ?? 0;
    this.log = new CallLog(options.keepCalls ?? true);
    const listener = (incoming: IncomingMessage, reply: ServerResponse): void => {
      this.serve(incoming, reply).catch((error: unknown) => {
        // A client that disconnects while it sends is not a failure of the fake.
        if (!incoming.complete) return;
        this.failures.push(String(error));
        reply.destroy();
      });
    };
    this.http = options.https === undefined ? createHttp(listener) : createHttps(options.https, listener);
    // Clients reuse connections; a server that closes one first would look like a fault.
    this.http.keepAliveTimeout = 0;
  }

  get calls(): readonly FakeCall[] {
    return this.log.calls;
  }

  get totals(): Readonly<CallTotals> {
    return this.log.totals;
  }

  /** Starts to listen on 127.0.0.1. Rejects when the port is taken. */
  async listen(): Promise<void> {
    const { http, options } = this;
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(options.port ?? 0, '127.0.0.1', () => {
        http.off('error', reject);
        resolve();
      });
    });
    const address = http.address();
    if (address === null || typeof address === 'string') throw new TypeError(`The fake ${options.name} has no port.`);
    this.port = address.port;
    this.url = `${options.https === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`;
  }

  changingCalls(): FakeCall[] {
    return this.log.changing();
  }

  clearCalls(): void {
    this.log.clear();
  }

  inject(rule: FaultRule): () => void {
    return this.faults.add(rule);
  }

  clearFaults(): void {
    this.faults.clear();
  }

  onCall(listener: (call: FakeCall) => void): () => void {
    return this.log.listen(listener);
  }

  waitForCall(match: (call: FakeCall) => boolean = () => true): Promise<FakeCall> {
    return this.log.next(match);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.http.close(() => {
        resolve();
      });
      this.http.closeAllConnections();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async serve(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const call = this.toCall(request);
    this.log.add(call);
    reply.once('close', () => {
      this.log.end();
    });
    this.stampDate(reply);
    const plan = this.faults.plan(call);
    call.fault = plan.label;
    this.log.announce(call);

    const msBefore = this.latencyMs + plan.msBefore;
    if (msBefore > 0) await wait(msBefore);
    for (const until of plan.waits) await until();
    const answer = plan.work ? await this.work(request) : undefined;
    if (plan.msAfter > 0) await wait(plan.msAfter);
    call.status = await respond(reply, answer, plan.spoil);
  }

  private toCall(request: FakeRequest): FakeCall {
    return {
      n: this.log.nextN(),
      at: Date.now(),
      method: request.method,
      path: request.path,
      endpoint: this.options.toEndpoint(request),
      query: request.query,
      headers: request.headers,
      body: request.body.toString('utf8'),
      changing: this.options.changing(request),
      status: null,
      fault: null,
    };
  }

  private stampDate(reply: ServerResponse): void {
    const { options } = this;
    reply.sendDate = this.sendsDate;
    if (options.now !== undefined && this.sendsDate) reply.setHeader('date', new Date(options.now()).toUTCString());
  }

  private async work(request: FakeRequest): Promise<FakeResponse> {
    try {
      return await this.options.handle(request);
    } catch (error) {
      this.failures.push(String(error));
      return { status: 500, body: { message: `The fake ${this.options.name} failed: ${String(error)}` } };
    }
  }
}
