import type { Sluice } from '@sluice/engine';
import type { FakeWhmcs, ManualClock } from '@sluice/fake-panels';
import type { StateStore } from '@sluice/state-store';
import { call } from '../calls/telephony-panel.js';
import { openWorld as openExchange } from '../calls/world.js';
import { openLedgerBooks, openWhmcsBooks } from '../purchases/books.js';
import { openWorld as openShop, type World as Shop } from '../purchases/world.js';

/** A line of money that is due: the purchase of a package, its refund, or a bill of calls. */
export interface MoneyWorld {
  readonly store: StateStore;
  readonly clock: ManualClock;
  readonly sluice: Sluice;
  /** Null with the local ledger. */
  readonly fake: FakeWhmcs | null;
  /** What the line amounts to, and how its text begins. */
  readonly amount: string;
  readonly text: string;
  /** Amounts of the lines with a key on invoices that are not cancelled; those of refunds in the log of credit. */
  lines: () => Promise<string[]>;
  /** Makes the line; a repeat is the same one. */
  make: (sluice: Sluice, signal?: AbortSignal) => Promise<unknown>;
  /** A person asks for it again at once, who knows that it was not made. */
  again: () => Promise<unknown>;
  /** The next run, a while later, and a person who answers what it asks: the line is made in the end. */
  finish: () => Promise<void>;
  /** The states of what is stored. */
  states: () => Promise<string[]>;
  /** Stores it as a process leaves it that was killed while it sent the line, also one of an earlier version. */
  putInDoubt: () => Promise<void>;
  /** What is wrong with money besides. */
  problems: () => Promise<string[]>;
  /** Runs `work` on an engine that is killed before its n-th write to the store or call to WHMCS; returns whether it was. */
  killedAt: (moment: number, work: (sluice: Sluice) => Promise<unknown>) => Promise<boolean>;
  close: () => Promise<void>;
}

type Billing = 'ledger' | 'whmcs';

/** Opens a shop whose client can pay a purchase. */
async function openPaying(billing: Billing): Promise<Shop> {
  const world = await openShop({ enabled: false }, billing === 'whmcs' ? openWhmcsBooks : openLedgerBooks);
  await world.books.addCredit('20.00');
  world.use(10);
  await world.sluice.poll();
  return world;
}

/** What a purchase and its refund have in common. */
function ofShop({ store, clock, sluice, books, problems, killedAt, close }: Shop) {
  return { store, clock, sluice, problems, killedAt, close, fake: books.fake, amount: '5.00' };
}

/** Opens a world with a package to buy. */
export async function openPurchase(billing: Billing): Promise<MoneyWorld> {
  const world = await openPaying(billing);
  const { sluice, store } = world;
  const text = 'Extra traffic';
  const make: MoneyWorld['make'] = (engine, signal) =>
    engine.purchases.create('svc-1', 'extra', { ref: 'once', ...(signal !== undefined && { signal }) });
  return {
    ...{ ...ofShop(world), make, text },
    again: () => make(sluice),
    lines: () => readLines(world.books.fake, store, text),
    async finish() {
      world.use(1);
      await sluice.poll();
      // Killed before it was stored.
      if ((await store.purchases.list()).length === 0) await make(sluice);
    },
    states: async () => (await store.purchases.list()).map(({ status }) => status),
    async putInDoubt() {
      for (const { id } of await store.purchases.list())
        await store.purchases.update(id, { status: 'pending', invoice: null, charged: null, paidAt: null });
    },
  };
}

/** Opens a world with a purchase to be returned. */
export async function openRefund(billing: Billing): Promise<MoneyWorld> {
  const world = await openPaying(billing);
  const { sluice, store, clock } = world;
  const { id } = (await sluice.purchases.create('svc-1', 'extra')).purchase;
  const make: MoneyWorld['make'] = (engine, signal) =>
    engine.purchases.cancel(id, { refund: true, ...(signal !== undefined && { signal }) });
  return {
    ...{ ...ofShop(world), make, text: 'Refund of' },
    again: () => make(sluice),
    lines: async () => Array.from({ length: (await world.books.credit()).refunds }, () => '5.00'),
    async finish() {
      world.use(1);
      await sluice.poll();
      // Killed before it was stored.
      if ((await store.purchases.get(id))?.status === 'paid') await make(sluice);
    },
    async states() {
      const row = await store.purchases.get(id);
      return [row?.status === 'refunded' && row.refundedAt !== null ? 'made' : (row?.status ?? '')];
    },
    putInDoubt: () =>
      store.purchases.update(id, { refundedAt: null, refundSentAt: new Date(clock.now()).toISOString() }),
  };
}

/** Opens a world with calls to be billed; in WHMCS `invoice` is whether the service has an open one. */
export async function openBill(billing: Billing, invoice: boolean): Promise<MoneyWorld> {
  const world = await openExchange(billing, { invoice });
  const { sluice, store, clock, reports } = world;
  const text = 'Calls of';
  world.exchange.calls = [call('2026-10-15T12:00:00-03:00', '1.0600')];
  const make: MoneyWorld['make'] = (engine, signal) =>
    engine.calls.bill({ reports, ...(signal !== undefined && { signal }) });
  const again: MoneyWorld['again'] = () => sluice.calls.bill({ reports, resend: true });
  return {
    ...{ store, clock, sluice, make, again, fake: world.fake, amount: '1.06', text },
    lines: () => readLines(world.fake, store, text),
    async finish() {
      clock.advance(11 * 60_000);
      await again();
    },
    states: async () => (await store.callBills.list()).map(({ state }) => state),
    async putInDoubt() {
      for (const { id } of await store.callBills.list())
        await store.callBills.update(id, { state: 'sending', note: null, endedAt: null });
    },
    problems: () => Promise.resolve([]),
    killedAt: world.killedAt,
    close: () => world.close(),
  };
}

async function readLines(fake: FakeWhmcs | null, store: StateStore, text: string): Promise<string[]> {
  if (fake !== null) {
    const live = fake.invoices().filter(({ status }) => status !== 'Cancelled');
    const lines = live.flatMap((invoice) => invoice.lines);
    return lines.filter(({ description }) => description.startsWith(text)).map(({ amount }) => amount);
  }
  const live = (await store.invoices.list()).filter(({ status }) => status !== 'cancelled');
  return (await store.invoices.lines(live.map(({ id }) => id))).map(({ amount }) => amount);
}
