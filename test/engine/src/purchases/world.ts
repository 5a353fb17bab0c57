import { easydcim } from '@sluice/easydcim-client/panel';
import { type Config, createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { type FakeEasyDcim, type ManualClock, manualClock, startFakeEasyDcim } from '@sluice/fake-panels';
import { addMoney, multiplyMoney } from '@sluice/quota-core';
import { openStore, type PurchaseRecord, type StateStore } from '@sluice/state-store';
import { type BookedInvoice, type Books, CLIENT, openLedgerBooks } from './books.js';

export const GB = 1024 ** 3;
export const PRICE = '5.00';

/** An engine over a store that may be killed, one service that buys, and the books of its client. */
export interface World {
  clock: ManualClock;
  panel: FakeEasyDcim;
  store: StateStore;
  sluice: Sluice;
  books: Books;
  /** Runs `work` on an engine that is killed before its n-th write to the store or call to WHMCS; returns whether it was. */
  killedAt: (moment: number, work: (sluice: Sluice) => Promise<unknown>) => Promise<boolean>;
  use: (gigabytes: number) => void;
  /** What is wrong with the books: money without traffic, or traffic without money. */
  problems: () => Promise<string[]>;
  close: () => Promise<void>;
}

class Killed extends Error {}

/** Opens a world in which auto-buy is `autoBuy`, with the ledger unless other books are named. */
export async function openWorld(
  autoBuy: object,
  openBooks: (clock: ManualClock, store: StateStore) => Promise<Books> = openLedgerBooks,
): Promise<World> {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const panel = await startFakeEasyDcim({ token: 'token-of-the-world', now: clock.now, timeZone: 'UTC' });
  const store = await openStore({ location: ':memory:', clock });
  const books = await openBooks(clock, store);
  const config = parseConfig(
    {
      ...books.config,
      currency: 'EUR',
      poll: { doubt: { jump: 'off' } },
      panels: { dcim: { kind: 'easydcim', url: panel.url, allowHttp: true, token: 'token-of-the-world', retries: 0 } },
      products: { ports: { panel: 'dcim', quota: { total: '100GB' }, packages: ['extra', 'large'], autoBuy } },
      packages: { extra: { traffic: '50GB', price: PRICE }, large: { traffic: '500GB', price: PRICE } },
    },
    [easydcim],
    [books.kind(store)],
  );
  const { start, kill } = processes(config, clock, books);
  const sluice = await start(store);
  await addService(panel, sluice);
  return {
    clock,
    panel,
    store,
    sluice,
    books,
    async killedAt(moment, work) {
      let moments = 0;
      const killed: Killing = { is: false, next: () => (killed.is ||= ++moments >= moment) };
      const engine = await start(killable(store, killed));
      const off = books.onCall(killed.next);
      try {
        await work(engine);
      } catch (error) {
        if (!killed.is) throw error;
      } finally {
        off();
        kill();
      }
      return killed.is;
    },
    use(gigabytes) {
      panel.addTraffic(501, { in: gigabytes * GB, out: 0 });
      clock.advance(3_600_000);
    },
    problems: () => findProblems(store, books),
    async close() {
      await sluice.close();
      await books.close();
      await panel.close();
    },
  };
}

/** Starts engines as processes of their own; `kill` ends the last one for good. */
function processes(config: Config, clock: ManualClock, books: Books) {
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
        billing: [books.kind(store)],
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

/** A process that is about to be killed. */
interface Killing {
  is: boolean;
  /** Counts what the process is about to do; returns whether it is killed before that. */
  next: () => boolean;
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

async function findProblems(store: StateStore, books: Books): Promise<string[]> {
  const purchases = await store.purchases.list();
  const invoices = await books.invoices();
  return [
    ...(await findMoneyProblems(purchases, invoices, books)),
    ...invoices.flatMap((invoice) => findInvoiceProblems(invoice, purchases)),
    ...purchases.flatMap((row) => {
      const waits = row.invoice !== null && invoices.some(({ id, status }) => id === row.invoice && status === 'open');
      return row.status === 'pending' && !waits ? [`purchase ${row.id} is pending`] : [];
    }),
  ];
}

/** What was spent is the price of each purchase, and what was spent from credit is missing there. */
async function findMoneyProblems(
  purchases: readonly PurchaseRecord[],
  invoices: readonly BookedInvoice[],
  books: Books,
): Promise<string[]> {
  const bought = purchases.filter(({ status }) => status === 'paid' || status === 'refunded');
  const charged = multiplyMoney(PRICE, bought.length);
  const spent = invoices.map((invoice) => invoice.spent).reduce(addMoney, '0.00');
  const fromCredit = invoices.map((invoice) => invoice.fromCredit).reduce(addMoney, '0.00');
  const { balance, received, refunds } = await books.credit();
  const refunded = purchases.filter(({ refundedAt }) => refundedAt !== null).length;
  const problems: string[] = [];
  if (spent !== charged) problems.push(`${spent} spent for purchases of ${charged}`);
  if (addMoney(balance, fromCredit) !== received)
    problems.push(`${received} received, ${fromCredit} taken, ${balance} left`);
  if (refunds !== refunded) problems.push(`${refunds} refunds of ${refunded} purchases`);
  return problems;
}

/** An invoice belongs to one purchase, and their states agree. */
function findInvoiceProblems({ id, status }: BookedInvoice, purchases: readonly PurchaseRecord[]): string[] {
  if (status === 'cancelled') return [];
  const own = purchases.filter(({ invoice }) => invoice === id);
  const expected = { draft: [], open: ['pending'], paid: ['paid', 'refunded'], refunded: ['refunded'] }[status];
  const [row, ...more] = own;
  if (row !== undefined && more.length === 0 && expected.some((one) => one === row.status)) return [];
  return [
    `invoice ${id} (${status}) has purchases ${own.map((each) => `${each.status} by ${each.actor}`).join(', ') || 'none'}`,
  ];
}
