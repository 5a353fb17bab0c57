import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CallReports, type Config, createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { type FakeWhmcs, type ManualClock, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import type { PanelKind } from '@sluice/panel-kind';
import { openStore, type StateStore } from '@sluice/state-store';
import { whmcs } from '@sluice/whmcs-client/billing';
import { createExchange, type Exchange, LINE, telephonyKind } from './telephony-panel.js';

/** An engine over a store file and a billing system, with one line `svc-1`. */
export interface World {
  exchange: Exchange;
  clock: ManualClock;
  store: StateStore;
  sluice: Sluice;
  fake: FakeWhmcs | null;
  /** The client of the service. */
  client: string;
  /** Its id in WHMCS. */
  service: string | null;
  /** Reports by name. */
  files: Map<string, string>;
  config: Config;
  reports: CallReports;
  /** Descriptions and amounts of all lines with a marker on invoices that are not cancelled. */
  lines(): Promise<string[]>;
  /** Runs `work` on an engine whose store fails for good from the n-th write on; returns whether it was reached. */
  killedAt(write: number, work: (sluice: Sluice) => Promise<unknown>): Promise<boolean>;
  /** Runs `work` on an engine that dies when its n-th call reaches WHMCS; returns whether that call was made. */
  killedAtCall(call: number, work: (sluice: Sluice) => Promise<unknown>): Promise<boolean>;
  /** Starts an engine over another, empty store. */
  withLostStore(): Promise<Sluice>;
  close(): Promise<void>;
}

class Killed extends Error {}

/** The write from which a killed process stores nothing, and whether it is dead. */
interface Kill {
  at: number;
  is: boolean;
}

export const NOW = '2026-11-05T12:00:00.000Z';

/** Opens a world; with WHMCS the client has an unpaid invoice for the service. */
export async function openWorld(
  billing: 'ledger' | 'whmcs',
  options: { billFrom?: string | null; invoice?: boolean; limits?: readonly object[]; timeZone?: string } = {},
): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-calls-'));
  const clock = manualClock(NOW);
  const exchange = createExchange();
  const fake = billing === 'whmcs' ? await startFakeWhmcs({ now: clock.now }) : null;
  const { client, service } = addClient(fake, options.invoice ?? true);
  const { billFrom = '2026-08-01', limits = [], timeZone = 'UTC' } = options;
  const kinds = [telephonyKind(exchange)];
  const config = toConfig(fake, { billFrom, limits, timeZone }, kinds);
  const opened: StateStore[] = [];
  const openFile = async (name: string): Promise<StateStore> => {
    const store = await openStore({ location: path.join(folder, name), clock });
    opened.push(store);
    return store;
  };
  const { start, kill } = processes(config, kinds, clock);
  const add = (sluice: Sluice): Promise<unknown> => addService(sluice, client, service);
  const store = await openFile('sluice.db');
  const sluice = await start(store);
  await add(sluice);
  const files = new Map<string, string>();
  return {
    exchange,
    clock,
    store,
    sluice,
    fake,
    client,
    service,
    files,
    config,
    reports: createReports(files),
    lines: () => readLines(fake, store),
    ...killings(fake, (killed) => start(killable(store, killed)), kill),
    async withLostStore() {
      const other = await start(await openFile('other.db'));
      await add(other);
      return other;
    },
    async close() {
      for (const one of opened) await one.close();
      await fake?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the ways in which an engine that `start` starts is killed while it works. */
function killings(
  fake: FakeWhmcs | null,
  start: (killed: Kill) => Promise<Sluice>,
  kill: () => void,
): Pick<World, 'killedAt' | 'killedAtCall'> {
  const run = async (killed: Kill, work: (sluice: Sluice) => Promise<unknown>): Promise<boolean> => {
    const engine = await start(killed);
    try {
      await work(engine);
    } catch (error) {
      if (!killed.is) throw error;
    } finally {
      kill();
    }
    return killed.is;
  };
  return {
    killedAt: (write, work) => run({ at: write, is: false }, work),
    async killedAtCall(call, work) {
      const killed = { at: Infinity, is: false };
      let calls = 0;
      const match = (): boolean => (killed.is ||= ++calls >= call);
      const remove = fake?.server.inject({ match, when: 'before', fault: { kind: 'cut' } });
      try {
        return await run(killed, work);
      } finally {
        remove?.();
      }
    },
  };
}

function toConfig(
  fake: FakeWhmcs | null,
  { billFrom, limits, timeZone }: { billFrom: string | null; limits: readonly object[]; timeZone: string },
  kinds: PanelKind[],
): Config {
  const whmcsSection = (one: FakeWhmcs): object => ({
    url: one.url,
    allowHttp: true,
    identifier: one.identifier,
    secret: one.secret,
    timeout: '1s',
    calls: { taxed: false, onlyWriter: true },
  });
  const tel = { kind: 'exchange', url: 'https://exchange.example', ...(billFrom === null ? {} : { billFrom }) };
  return parseConfig(
    {
      currency: 'BRL',
      panels: { tel },
      timeZone,
      products: { line: { panel: 'tel', limits } },
      ...(fake === null ? {} : { billing: 'whmcs', whmcs: whmcsSection(fake) }),
    },
    kinds,
    [whmcs],
  );
}

/** Starts engines as processes of their own; `kill` ends the last one for good. */
function processes(config: Config, kinds: PanelKind[], clock: ManualClock) {
  const dead = new Set<number>();
  let pid = 0;
  const sleep = (ms: number): Promise<void> => {
    clock.advance(ms);
    return Promise.resolve();
  };
  return {
    start: (store: StateStore): Promise<Sluice> =>
      createSluice({
        config,
        store,
        kinds,
        billing: [whmcs],
        clock: { now: clock.now, sleep },
        randomBytes: (count) => randomBytes(count),
        owner: { host: 'test', pid: ++pid, processStart: '1' },
        isAlive: (owner) => !dead.has(owner.pid),
      }),
    kill: () => dead.add(pid),
  };
}

function addClient(fake: FakeWhmcs | null, withInvoice: boolean): { client: string; service: string | null } {
  if (fake === null) return { client: '42', service: null };
  const client = fake.addClient({ currency: 'BRL' });
  const service = fake.addService({ client, product: fake.addProduct({ name: 'Telefonia' }) });
  if (withInvoice) addInvoice(fake, client, service);
  return { client: String(client), service: String(service) };
}

function addService(sluice: Sluice, client: string, service: string | null): Promise<unknown> {
  return sluice.services.add('svc-1', {
    panel: 'tel',
    product: 'line',
    client,
    status: 'active',
    exchange_line: LINE,
    ...(service === null ? {} : { whmcs_service_id: service }),
  });
}

/** Makes an unpaid invoice of a service, as WHMCS does. */
export function addInvoice(fake: FakeWhmcs, client: number, service: number): number {
  return fake.addInvoice({
    client,
    status: 'Unpaid',
    items: [{ service, description: 'Telefonia Corporativa', amount: '99.00' }],
  });
}

async function readLines(fake: FakeWhmcs | null, store: StateStore): Promise<string[]> {
  const isCalls = ({ description }: { description: string }): boolean => description.includes('AB:');
  if (fake !== null) {
    const live = fake.invoices().filter(({ status }) => status !== 'Cancelled');
    return live.flatMap(({ lines }) =>
      lines.filter(isCalls).map(({ description, amount }) => `${description} ${amount}`),
    );
  }
  const live = (await store.invoices.list()).filter(({ status }) => status !== 'cancelled');
  const rows = await store.invoices.lines(live.map(({ id }) => id));
  return rows.filter(isCalls).map(({ description, amount }) => `${description} ${amount}`);
}

/** Returns reports that are kept by name. */
export function createReports(files = new Map<string, string>()): CallReports {
  return {
    format: 'rfc4180',
    find: (name) => Promise.resolve(files.has(name) ? `/reports/${name}` : null),
    open(name) {
      const parts: string[] = [];
      return Promise.resolve({
        write: (text) => {
          parts.push(text);
          return Promise.resolve();
        },
        finish: () => {
          files.set(name, parts.join(''));
          return Promise.resolve(`/reports/${name}`);
        },
        discard: () => Promise.resolve(),
      });
    },
  };
}

/** Returns the store, of which nothing can be written from the n-th write on. */
function killable(store: StateStore, killed: Kill): StateStore {
  let writes = 0;
  return new Proxy(store, {
    get(target, name: keyof StateStore) {
      if (name === 'close') return () => Promise.resolve();
      if (name !== 'write') return target[name];
      const write: StateStore['write'] = (work, options) => {
        killed.is ||= ++writes >= killed.at;
        if (killed.is) return Promise.reject(new Killed('killed'));
        return target.write(work, options);
      };
      return write;
    },
  });
}
