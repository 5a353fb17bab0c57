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
  /** Runs `work` on an engine that is killed before its n-th write to the store or call to WHMCS; returns whether it was. */
  killedAt(moment: number, work: (sluice: Sluice) => Promise<unknown>): Promise<boolean>;
  /** Starts an engine over another, empty store. */
  withLostStore(): Promise<Sluice>;
  close(): Promise<void>;
}

class Killed extends Error {}

/** A process that is about to be killed. */
interface Killing {
  is: boolean;
  /** Counts what the process is about to do; returns whether it is killed before that. */
  next: () => boolean;
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

function killings(fake: FakeWhmcs | null, bench: EngineBench): Pick<World, 'killedAt'> {
  return {
    async killedAt(moment, work) {
      let moments = 0;
      const killed: Killing = { is: false, next: () => (killed.is ||= ++moments >= moment) };
      const off = fake?.server.inject({ match: killed.next, when: 'before', fault: { kind: 'cut' } });
      try {
        await bench.inAnother(work, { store: killable(bench.store, killed) });
      } catch (error) {
        if (!killed.is) throw error;
      } finally {
        off?.();
      }
      return killed.is;
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

/** Returns the store, of which nothing can be written after the kill. */
function killable(store: StateStore, killed: Killing): StateStore {
  return new Proxy(store, {
    get(target, name: keyof StateStore) {
      if (name === 'close') return () => Promise.resolve();
      if (name !== 'write') return target[name];
      const write: StateStore['write'] = (work, options) =>
        killed.next() ? Promise.reject(new Killed('killed')) : target.write(work, options);
      return write;
    },
  });
}
