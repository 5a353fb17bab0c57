import type { BillingKind, BillingSystem, InvoiceStatus } from '@sluice/contract/ports';
import { createLedger, createSluice, parseConfig } from '@sluice/engine';
import { type Fault, type FakeWhmcs, type ManualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { SluiceError } from '@sluice/panel-kind';
import { addMoney } from '@sluice/quota-core';
import type { StateStore } from '@sluice/state-store';
import { whmcs } from '@sluice/whmcs-client/billing';
import * as z from 'zod/mini';

export const CLIENT = '42';

/** How calls to a billing system fail. */
export const FAULTS = ['cut', 'lost', '500', 'lost 500', 'page', 'address', 'role'] as const;

/** A fault in some of the next calls. */
export interface Trouble {
  fault: (typeof FAULTS)[number];
  skip: number;
  times: number;
}

/** An invoice as its billing system has it. */
export interface BookedInvoice {
  id: string;
  status: InvoiceStatus;
  /** What its client spent on it. */
  spent: string;
  /** The part of it that was credit. */
  fromCredit: string;
}

/** Credit and invoices of one client, and the billing system that keeps them. */
export interface Books {
  /** The fake of a billing system that is another program. */
  readonly fake: FakeWhmcs | null;
  /** Section and choice of the billing system in the config. */
  readonly config: object;
  /** Returns the billing system as a process sees it whose writes go to `store`. */
  kind(store: StateStore): BillingKind;
  /** Calls back before each call, which is cut if that returns true; the returned function ends that. */
  onCall(callback: () => boolean): () => void;
  /** Lets calls fail; the returned function ends that. */
  inject(trouble: Trouble): () => void;
  addCredit(amount: string): Promise<void>;
  /** The client pays its oldest open invoice, or staff cancels it; nothing where clients can't. */
  settle(how: 'pay' | 'void'): void;
  invoices(): Promise<BookedInvoice[]>;
  /** The credit that is left, the sum of what was added and returned, and how often some was returned. */
  credit(): Promise<{ balance: string; received: string; refunds: number }>;
  close(): Promise<void>;
}

/** Opens the local ledger in a store. */
export async function openLedgerBooks(clock: ManualClock, store: StateStore): Promise<Books> {
  const sluice = await createSluice({ config: parseConfig({ panels: {} }, []), kinds: [], store, clock: still(clock) });
  const troubles = new Set<Trouble>();
  return {
    fake: null,
    config: { billing: 'shaky', shaky: {} },
    kind: (own) => shakyLedger(own, troubles),
    // Its calls are writes of the store.
    onCall: () => () => undefined,
    inject(trouble) {
      const one = { ...trouble };
      troubles.add(one);
      return () => troubles.delete(one);
    },
    async addCredit(amount) {
      await sluice.credit.add(CLIENT, { amount, currency: 'EUR' });
    },
    settle: () => undefined,
    async invoices() {
      const { invoices } = await sluice.invoices.list();
      return invoices.map(({ id, status, total }) => {
        const spent = status === 'paid' || status === 'refunded' ? total : '0.00';
        return { id, status, spent, fromCredit: spent };
      });
    },
    async credit() {
      const { balance } = await sluice.credit.show(CLIENT);
      const { entries } = await sluice.credit.history(CLIENT);
      const amounts = entries.map(({ amount }) => amount).filter((amount) => !amount.startsWith('-'));
      const refunds = entries.filter(({ kind }) => kind === 'refund').length;
      return { balance, received: amounts.reduce(addMoney, '0.00'), refunds };
    },
    close: () => sluice.close(),
  };
}

const still = ({ now }: ManualClock) => ({ now, sleep: () => Promise.resolve() });

const WRITES = ['put', 'pay', 'cancel', 'refund'];

/** The ledger as a billing system whose calls can fail, by the rules of the port. */
function shakyLedger(store: StateStore, troubles: ReadonlySet<Trouble>): BillingKind {
  const fail = (name: string, lost: boolean): never => {
    const isUnknown = lost && WRITES.includes(name);
    throw new SluiceError(isUnknown ? 'outcome_unknown' : 'billing_unavailable', `no answer to ${name}`, {
      kind: 'billing',
    });
  };
  const next = (): string | null => {
    for (const one of troubles) {
      one.skip -= 1;
      if (one.skip < 0 && one.skip >= -one.times) return one.fault;
    }
    return null;
  };
  return {
    kind: 'shaky',
    title: 'A shaky ledger',
    schema: z.strictObject({}),
    descriptions: {},
    secrets: [],
    open(_settings, { clock }) {
      const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
      const ledger = createLedger({ store, clock, randomBytes, actor: () => 'test' });
      const shaky = new Proxy(ledger, {
        get(target, name: keyof BillingSystem) {
          const method = target[name];
          if (typeof method !== 'function' || name === 'close') return method;
          return async (...args: unknown[]): Promise<unknown> => {
            const fault = next();
            const isLost = fault?.startsWith('lost') === true;
            if (fault !== null && !isLost) return fail(name, false);
            const done = await (method as (...all: unknown[]) => Promise<unknown>)(...args);
            return isLost ? fail(name, true) : done;
          };
        },
      });
      return Promise.resolve(shaky);
    },
  };
}

/** Opens a fake WHMCS; its invoices are paid with tax. */
export async function openWhmcsBooks(clock: ManualClock): Promise<Books> {
  const fake = await startFakeWhmcs({ now: clock.now, keepCalls: false });
  const client = fake.addClient({ id: Number(CLIENT), currency: 'EUR' });
  const { url, identifier, secret } = fake;
  return {
    fake,
    config: { billing: 'whmcs', whmcs: { url, allowHttp: true, identifier, secret } },
    kind: () => whmcs,
    onCall: (callback) => fake.server.inject({ match: callback, fault: { kind: 'cut' } }),
    inject: ({ fault, skip, times }) => {
      const when = fault.startsWith('lost') ? 'after' : 'before';
      return fake.server.inject({ skip, times, when, fault: toFault(fault) });
    },
    addCredit(amount) {
      fake.addCredit(client, amount);
      return Promise.resolve();
    },
    settle(how) {
      const open = fake.invoices(client).find(({ status }) => status === 'Unpaid');
      if (open === undefined) return;
      if (how === 'pay') fake.pay(open.id);
      else fake.setInvoiceStatus(open.id, 'Cancelled');
    },
    invoices: () => Promise.resolve(fake.invoices(client).map(toBooked)),
    credit() {
      const added = fake.credits(client).filter(({ amount }) => !amount.startsWith('-'));
      const received = added.map(({ amount }) => amount).reduce(addMoney, '0.00');
      const refunds = added.filter(({ description }) => description.startsWith('Refund')).length;
      return Promise.resolve({ balance: fake.credit(client), received, refunds });
    },
    async close() {
      await fake.close();
      if (fake.server.failures.length > 0) throw new Error(String(fake.server.failures[0]));
    },
  };
}

function toFault(fault: Trouble['fault']): Fault {
  if (fault === 'cut' || fault === 'lost') return { kind: 'cut' };
  if (fault === '500' || fault === 'lost 500') return { kind: 'status', status: 500 };
  if (fault === 'page') return { kind: 'html', status: 403 };
  const message = fault === 'address' ? 'Invalid IP 192.0.2.7' : 'Invalid Permissions: API action "x" is not allowed';
  return { kind: 'body', status: 403, body: { result: 'error', message } };
}

function toBooked({ id, status, credit, paid }: ReturnType<FakeWhmcs['invoice']>): BookedInvoice {
  const known = { Draft: 'draft', Unpaid: 'open', Paid: 'paid', Cancelled: 'cancelled' } as const;
  return {
    id: String(id),
    status: known[status as keyof typeof known],
    spent: addMoney(credit, paid),
    fromCredit: credit,
  };
}
