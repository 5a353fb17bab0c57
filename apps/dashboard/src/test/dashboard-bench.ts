import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { BillingKind, NoticeChannelKind, QueueReader } from '@sluice/contract/ports';
import { easydcim } from '@sluice/easydcim-client/panel';
import { createSluice, type Files, nodeFiles, parseConfig, type Sluice } from '@sluice/engine';
import { type FakeEasyDcim, type ManualClock, manualClock, startFakeEasyDcim } from '@sluice/fake-panels';
import type { PanelKind } from '@sluice/panel-kind';
import { openStore, type StateStore } from '@sluice/state-store';
import { extractMain } from './page-texts.js';
import { type Dashboard, type DashboardOptions, startDashboard } from '../index.js';

export const GB = 1024 ** 3;
const HOUR = 3_600_000;
/** `serve.token` of the dashboard. */
export const SERVE_TOKEN = 'first-start-token-0123456789';
const PANEL_TOKEN = 'panel-secret-9f3c';

/** A dashboard over real HTTP, on an engine with a database file and a fake EasyDCIM, all on one clock. */
export interface DashboardBench {
  clock: ManualClock;
  panel: FakeEasyDcim;
  sluice: Sluice;
  store: StateStore;
  /** The database file. */
  location: string;
  dashboard: Dashboard;
  /** Adds a service to panel and store: number 1 is `svc-1`, EasyDCIM service 501, order 901, ports 7011, 7012. */
  addService(number: number, client?: string, usedGb?: number): Promise<void>;
  /** Creates a token and returns its text. */
  token(...scopes: string[]): Promise<string>;
  /** Sends a request to the dashboard; follows no redirect. */
  fetch(at: string, init?: RequestInit & { token?: string; cookie?: string }): Promise<Response>;
  /** Returns the main part of a page, of drawings only the opening tag; by default as one who logged in with `serve.token`. */
  page(at: string, cookie?: string): Promise<string>;
  /** Sends a request such as `GET /services` to the API; by default with `serve.token` and a new key. */
  call(request: string, options?: CallOptions): Promise<Called>;
  /** Logs in and returns the cookie. */
  login(token?: string): Promise<string>;
  close(): Promise<void>;
}

export interface CallOptions {
  /** `null`: none. */
  token?: string | null | undefined;
  key?: string | null;
  body?: object | undefined;
}

export interface Called {
  status: number;
  headers: Headers;
  json: Record<string, unknown>;
}

export interface BenchOptions {
  /** Further keys of the config. */
  config?: Record<string, unknown>;
  panels?: Record<string, object>;
  products?: Record<string, object>;
  kinds?: readonly PanelKind[];
  billing?: readonly BillingKind[];
  channels?: readonly NoticeChannelKind[];
  dashboard?: Partial<DashboardOptions>;
  /** Closed after it. */
  fakes?: readonly { close(): Promise<void> }[];
  /** Default a new database file. */
  location?: string;
  /** Of a location on PostgreSQL: whose clock decides when runs are lost. Default the database's. */
  leaseClock?: 'caller' | 'database';
  files?: Files;
  /** Reads the queue of jobs; default none. */
  queue?: QueueReader | undefined;
  /** Default the value itself. */
  secret?: (value: string, key: string) => string;
  /** Returns the store as the engine sees it. */
  seenAs?: (store: StateStore) => StateStore;
  /** Milliseconds that the store waits for a lock; default as always. */
  wait?: number;
  /** Default returns at once. */
  sleep?: (ms: number) => Promise<void>;
}

/** Starts all of it at 2026-11-20 12:00 UTC; cycles run from the 15th to the 15th. */
export async function startBench(options: BenchOptions = {}): Promise<DashboardBench> {
  const time = manualClock('2026-11-20T12:00:00Z');
  const clock = { ...time, sleep: options.sleep ?? (() => Promise.resolve()) };
  const panel = await startFakeEasyDcim({ token: PANEL_TOKEN, now: clock.now, timeZone: 'UTC' });
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-dashboard-'));
  const location = options.location ?? path.join(folder, 'sluice.db');
  const kinds = [easydcim, ...(options.kinds ?? [])];
  const dcim = { kind: 'easydcim', url: panel.url, token: PANEL_TOKEN, allowHttp: true, retries: 0 };
  const ports = { panel: 'dcim', quota: { total: '100GB' }, action: 'disable-ports', packages: ['extra-50'] };
  const config = parseConfig(
    {
      timeZone: 'UTC',
      currency: 'EUR',
      panels: { dcim, ...options.panels },
      products: { ports, ...options.products },
      packages: { 'extra-50': { traffic: '50GB', price: '5.00' } },
      poll: { doubt: { jump: 'off' } },
      ...options.config,
    },
    kinds,
    options.billing,
    options.channels,
  );
  const { wait, leaseClock = 'database' } = options;
  const store = await openStore({ location, clock, leaseClock, ...(wait === undefined ? {} : { wait }) });
  const { billing, channels, secret, queue, seenAs = (seen: StateStore) => seen } = options;
  const files = options.files ?? nodeFiles;
  const parts = { kinds, billing, channels, secret, queue, clock, files };
  const sluice = await createSluice({ config, store: seenAs(store), ...parts });
  const dashboard = await startDashboard({
    sluice,
    store,
    listen: { host: '127.0.0.1', port: 0 },
    token: SERVE_TOKEN,
    clock,
    randomBytes,
    version: '0.0.0-test',
    ...options.dashboard,
  });
  const fetchFrom: DashboardBench['fetch'] = (at, { token, cookie, headers, ...init } = {}) => {
    const all = new Headers(headers);
    if (token !== undefined) all.set('authorization', `Bearer ${token}`);
    if (cookie !== undefined) all.set('cookie', cookie);
    return fetch(new URL(at, dashboard.url), { redirect: 'manual', ...init, headers: all });
  };
  const login: DashboardBench['login'] = async (token = SERVE_TOKEN) => {
    const answer = await fetchFrom('/login', { method: 'POST', body: new URLSearchParams({ token }) });
    return /^[^;]*/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
  };
  return {
    ...{ clock, panel, sluice, store, location, dashboard, login },
    fetch: fetchFrom,
    page: async (at, cookie) => extractMain(await (await fetchFrom(at, { cookie: cookie ?? (await login()) })).text()),
    call: (request, called = {}) => callFrom(fetchFrom, request, called),
    addService: (number, client, usedGb = 0) => addService({ clock, panel, sluice }, number, { client, usedGb }),
    token: async (...scopes) =>
      (await sluice.access.create({ name: `t-${scopes.join('-').replace(/:/g, '.')}`, scopes })).token,
    close: async () => {
      await dashboard.close();
      await sluice.close();
      await panel.close();
      for (const fake of options.fakes ?? []) await fake.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A bench for all tests of a file. */
export function useBench(options: BenchOptions = {}): DashboardBench {
  const at = {} as DashboardBench;
  beforeAll(async () => {
    Object.assign(at, await startBench(options));
  });
  afterAll(() => at.close());
  return at;
}

/** A bench for each test of a file. */
export function useBenchForEach(options: BenchOptions = {}): DashboardBench {
  const at = {} as DashboardBench;
  beforeEach(async () => {
    Object.assign(at, await startBench(options));
  });
  afterEach(() => at.close());
  return at;
}

let keys = 0;

async function callFrom(
  fetchFrom: DashboardBench['fetch'],
  request: string,
  { token = SERVE_TOKEN, key = `call-${keys++}`, body }: CallOptions,
): Promise<Called> {
  const [method = '', path = ''] = request.split(' ');
  const headers = { 'content-type': 'application/json', ...(key === null ? {} : { 'idempotency-key': key }) };
  const answer = await fetchFrom(`/api/v1${path}`, {
    ...{ method, ...(token === null ? {} : { token }) },
    ...(method === 'GET' ? {} : { headers, body: JSON.stringify(body ?? {}) }),
  });
  const json = (await answer.json()) as Called['json'];
  return { status: answer.status, headers: answer.headers, json };
}

async function addService(
  { clock, panel, sluice }: Pick<DashboardBench, 'clock' | 'panel' | 'sluice'>,
  number: number,
  { client, usedGb }: { client: string | undefined; usedGb: number },
): Promise<void> {
  const ids = { id: 500 + number, orderId: 900 + number, serverId: 300 + number };
  const port = (index: number) => 7000 + number * 10 + index;
  const ports = [
    { id: port(1), name: 'eth0' },
    { id: port(2), name: 'eth1' },
  ];
  panel.addService({ ...ids, user: 10 + number, ports });
  if (usedGb > 0) panel.addTraffic(ids.id, { in: usedGb * GB, out: 0, at: clock.now() - HOUR });
  await sluice.services.add(`svc-${number}`, {
    panel: 'dcim',
    product: 'ports',
    billing_cycle: 'monthly',
    next_due_date: '2026-12-15',
    easydcim_service_id: String(ids.id),
    easydcim_order_id: String(ids.orderId),
    easydcim_server_id: String(ids.serverId),
    ...(client === undefined ? {} : { client }),
  });
}
