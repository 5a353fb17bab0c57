import path from 'node:path';
import type { Sluice } from '@sluice/engine';
import type { CallReports } from '@sluice/engine/options';
import { type FakeWhmcs, type ManualClock, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { openStore, type StateStore } from '@sluice/state-store';
import { whmcs } from '@sluice/whmcs-client/billing';
import { EngineBench } from '../bench/engine-bench.js';
import { createExchange, type Exchange, LINE, telephonyKind } from './telephony-panel.js';

/** An engine over a store file and a billing system, with one line `svc-1`. */
export interface World {
  bench: EngineBench;
  exchange: Exchange;
  clock: ManualClock;
  store: StateStore;
  /** The engine that runs now. */
  readonly sluice: Sluice;
  fake: FakeWhmcs | null;
  /** The client of the service. */
  client: string;
  /** Its id in WHMCS. */
  service: string | null;
  /** Reports by name. */
  files: Map<string, string>;
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

interface WorldOptions {
  billFrom?: string | null;
  invoice?: boolean;
  limits?: readonly object[];
  timeZone?: string;
  currency?: string;
}

export const NOW = '2026-11-05T12:00:00.000Z';

/** Opens a world; with WHMCS the client has an unpaid invoice for the service. */
export async function openWorld(billing: 'ledger' | 'whmcs', options: WorldOptions = {}): Promise<World> {
  const clock = manualClock(NOW);
  const exchange = createExchange();
  const fake = billing === 'whmcs' ? await startFakeWhmcs({ now: clock.now }) : null;
  const { client, service } = addClient(fake, options.invoice ?? true);
  const parts = { kinds: [telephonyKind(exchange)], billing: [whmcs] };
  const bench = await EngineBench.open(clock, parts, toConfig(fake, options));
  const { store } = bench;
  const add = (sluice: Sluice): Promise<unknown> => addService(sluice, client, service);
  await add(bench.sluice);
  const files = new Map<string, string>();
  const others: StateStore[] = [];
  return {
    bench,
    get sluice() {
      return bench.sluice;
    },
    ...{ exchange, clock, store, fake, client, service, files },
    reports: createReports(files),
    lines: () => readLines(fake, store),
    ...killings(fake, bench),
    async withLostStore() {
      const lost = await openStore({ location: path.join(bench.folder, 'other.db'), clock });
      others.push(lost);
      const other = await bench.start({ store: lost });
      await add(other);
      return other;
    },
    async close() {
      for (const one of others) await one.close();
      await bench.close();
      await fake?.close();
    },
  };
}

/** Returns the ways in which an engine is killed while it works. */
function killings(fake: FakeWhmcs | null, bench: EngineBench): Pick<World, 'killedAt' | 'killedAtCall'> {
  const run = async (killed: Kill, work: (sluice: Sluice) => Promise<unknown>): Promise<boolean> => {
    await bench.inAnother(work, { store: killable(bench.store, killed) }).catch((error: unknown) => {
      if (!killed.is) throw error;
    });
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
  { billFrom = '2026-08-01', limits = [], timeZone = 'UTC', currency = 'BRL' }: WorldOptions,
): string {
  const whmcsSection = ({ url, identifier, secret }: FakeWhmcs): object => ({
    ...{ url, allowHttp: true, identifier, secret, timeout: '1s' },
    calls: { taxed: false, onlyWriter: true },
  });
  const tel = { kind: 'exchange', url: 'https://exchange.example', ...(billFrom === null ? {} : { billFrom }) };
  return JSON.stringify({
    currency,
    panels: { tel },
    timeZone,
    products: { line: { panel: 'tel', limits } },
    ...(fake === null ? {} : { billing: 'whmcs', whmcs: whmcsSection(fake) }),
  });
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
