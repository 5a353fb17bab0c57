import { easydcim } from '@sluice/easydcim-client/panel';
import { type Config, createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { type FakeEasyDcim, type ManualClock, manualClock, startFakeEasyDcim } from '@sluice/fake-panels';
import { addMoney, multiplyMoney } from '@sluice/quota-core';
import { openStore, type StateStore } from '@sluice/state-store';

export const GB = 1024 ** 3;
export const PRICE = '5.00';

/** An engine over a store that may be killed, one service that buys, and its client on the ledger. */
export interface World {
  clock: ManualClock;
  panel: FakeEasyDcim;
  store: StateStore;
  sluice: Sluice;
  /** Runs `work` on an engine that is killed at the n-th write of the store; returns whether it was. */
  killedAt: (write: number, work: (sluice: Sluice) => Promise<unknown>) => Promise<boolean>;
  use: (gigabytes: number) => void;
  /** What is wrong with the books: money without traffic, or traffic without money. */
  problems: () => Promise<string[]>;
  close: () => Promise<void>;
}

class Killed extends Error {}

const CLIENT = '42';

/** Opens a world in which auto-buy is `autoBuy`. */
export async function openWorld(autoBuy: object): Promise<World> {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const panel = await startFakeEasyDcim({ token: 'token-of-the-world', now: clock.now, timeZone: 'UTC' });
  const store = await openStore({ location: ':memory:', clock });
  const config = parseConfig(
    {
      currency: 'EUR',
      panels: { dcim: { kind: 'easydcim', url: panel.url, allowHttp: true, token: 'token-of-the-world', retries: 0 } },
      products: { ports: { panel: 'dcim', quota: { total: '100GB' }, packages: ['extra'], autoBuy } },
      packages: { extra: { traffic: '50GB', price: PRICE } },
    },
    [easydcim],
  );
  const { start, kill } = processes(config, clock);
  const sluice = await start(store);
  await addService(panel, sluice);
  return {
    clock,
    panel,
    store,
    sluice,
    async killedAt(write, work) {
      const killed = { at: write, is: false };
      const engine = await start(killable(store, killed));
      try {
        await work(engine);
      } catch (error) {
        if (!killed.is) throw error;
      } finally {
        kill();
      }
      return killed.is;
    },
    use(gigabytes) {
      panel.addTraffic(501, { in: gigabytes * GB, out: 0 });
      clock.advance(3_600_000);
    },
    problems: () => findProblems(store, sluice),
    async close() {
      await sluice.close();
      await panel.close();
    },
  };
}

/** Starts engines as processes of their own; `kill` ends the last one for good. */
function processes(config: Config, clock: ManualClock) {
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
        kinds: [easydcim],
        clock: { now: clock.now, sleep },
        owner: { host: 'test', pid: ++pid, processStart: '1' },
        isAlive: (owner) => !dead.has(owner.pid),
      }),
    kill: () => dead.add(pid),
  };
}

async function addService(panel: FakeEasyDcim, sluice: Sluice): Promise<void> {
  panel.addService({ id: 501, orderId: 901, serverId: 301, user: 11, ports: [{ id: 7001, name: 'eth0' }] });
  await sluice.services.add('svc-1', {
    panel: 'dcim',
    product: 'ports',
    client: CLIENT,
    billing_cycle: 'monthly',
    next_due_date: '2026-12-15',
    easydcim_service_id: '501',
    easydcim_order_id: '901',
    easydcim_server_id: '301',
  });
}

/** Returns the store, of which nothing can be written from the n-th write on. */
function killable(store: StateStore, killed: { at: number; is: boolean }): StateStore {
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

async function findProblems(store: StateStore, sluice: Sluice): Promise<string[]> {
  const problems: string[] = [];
  const purchases = await store.purchases.list();
  const paid = purchases.filter(({ status }) => status === 'paid');
  const { balance } = await sluice.credit.show(CLIENT);
  const { entries } = await sluice.credit.history(CLIENT);
  const added = entries
    .filter(({ amount }) => !amount.startsWith('-'))
    .reduce((sum, { amount }) => addMoney(sum, amount), '0.00');
  const refunds = purchases.filter(({ refundedAt }) => refundedAt !== null);
  const charged = multiplyMoney(PRICE, paid.length + refunds.length);
  if (addMoney(balance, charged) !== added) problems.push(`${added} added, ${charged} charged, ${balance} left`);
  const { invoices } = await sluice.invoices.list();
  for (const invoice of invoices) {
    const of = purchases.filter((row) => row.invoice === invoice.id);
    if (of.length !== 1) problems.push(`invoice ${invoice.id} (${invoice.status}) has ${of.length} purchases`);
  }
  const open = purchases.filter(({ status }) => status === 'pending').length;
  if (open > 0) problems.push(`${open} purchases are pending`);
  return problems;
}
