import { describe, expect, it } from '@jest/globals';
import { charge } from '@sluice/engine';
import { addMoney, compareMoney, negateMoney } from '@sluice/quota-core';
import * as fc from 'fast-check';
import { describeBilling, SENDING } from '../test/describe-billing.js';
import { type LedgerWorld, openLedgerWorld } from './ledger-world.js';

const SINCE = '2026-11-20T10:00:00.000Z';

describeBilling('the local ledger', openLedgerWorld);

async function inWorld(work: (world: LedgerWorld) => Promise<void>): Promise<void> {
  const world = await openLedgerWorld();
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

const CLIENTS = { anna: 'EUR', ben: 'JPY', cem: 'IRR' } as const;
type Client = keyof typeof CLIENTS;

const client = fc.constantFrom(...(Object.keys(CLIENTS) as Client[]));
const cents = fc.integer({ min: 1, max: 5000 });
const key = fc.integer({ min: 0, max: 7 });

type Step =
  | { do: 'add'; client: Client; cents: number; ref: number | null }
  | { do: 'charge'; client: Client; cents: number; key: number; whenShort: 'refuse' | 'leave-open' }
  | { do: 'pay'; invoice: number }
  | { do: 'cancel'; invoice: number }
  | { do: 'refund'; invoice: number; cents: number; key: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), client, cents, ref: fc.option(key) }),
  fc.record({
    do: fc.constant('charge' as const),
    client,
    cents,
    key,
    whenShort: fc.constantFrom('refuse' as const, 'leave-open' as const),
  }),
  fc.record({ do: fc.constant('pay' as const), invoice: key }),
  fc.record({ do: fc.constant('cancel' as const), invoice: key }),
  fc.record({ do: fc.constant('refund' as const), invoice: key, cents, key }),
);

/** Cents of EUR; of the others a thousand billion times as many. */
function toText(of: Client, amount: number): string {
  const digits = String(amount).padStart(3, '0');
  return CLIENTS[of] === 'EUR' ? `${digits.slice(0, -2)}.${digits.slice(-2)}` : `${amount}00000000000`;
}

const REFUSED = ['ref_used', 'unknown_client', 'unknown_invoice', 'invoice_closed', 'no_credit', 'currency_mismatch'];

async function play({ billing, sluice }: LedgerWorld, one: Step): Promise<void> {
  const { invoices } = await sluice.invoices.list();
  if (one.do === 'add') {
    const ref = one.ref === null ? undefined : `ref-${one.ref}`;
    await sluice.credit.add(one.client, {
      amount: toText(one.client, one.cents),
      currency: CLIENTS[one.client],
      ref,
    });
    return;
  }
  if (one.do === 'charge') {
    const { client: of, cents: amount, whenShort } = one;
    const what = { description: 'x', taxed: false, since: SINCE, whenShort };
    const money = { amount: toText(of, amount), currency: CLIENTS[of] };
    await charge(billing, { key: `charge-${one.key}`, client: of, ...money, ...what });
    return;
  }
  const invoice = invoices[one.invoice];
  const id = invoice?.id ?? 'none';
  if (one.do === 'pay') await sluice.invoices.pay(id);
  else if (one.do === 'cancel') await sluice.invoices.cancel(id);
  else {
    const amount = toText((invoice?.client ?? 'anna') as Client, one.cents);
    const charge = invoice?.lines[0]?.id ?? 'none';
    const of = { client: invoice?.client ?? 'none', currency: invoice?.currency ?? 'EUR' };
    await billing.refund(id, { key: `refund-${one.key}`, charge, amount, ...of }, SENDING);
  }
}

async function expectSound({ store, sluice }: LedgerWorld): Promise<void> {
  expect((await store.maintenance.check()).filter(({ status }) => status === 'failed')).toEqual([]);
  const { invoices } = await sluice.invoices.list();
  for (const [name, currency] of Object.entries(CLIENTS)) {
    const entries = await store.ledger.entries({ account: `client:${name}` });
    for (const entry of entries)
      expect([entry.currency, compareMoney(entry.balance, '0') >= 0]).toEqual([currency, true]);
    const paid = invoices.filter((one) => one.client === name && ['paid', 'refunded'].includes(one.status));
    const taken = entries.filter(({ of }) => of.kind === 'payment').map(({ amount }) => amount);
    const sum = (amounts: string[]): string => amounts.reduce(addMoney, '0');
    expect(compareMoney(sum(paid.map(({ total }) => total)), negateMoney(sum(taken)))).toBe(0);
  }
}

describe('any order of credit, charges, payments, cancellations and refunds', () => {
  it('keeps sums, balances and invoices right', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) =>
        inWorld(async (world) => {
          for (const one of steps) {
            await play(world, one).catch((error: unknown) => {
              expect(REFUSED).toContain((error as { code?: string }).code);
            });
          }
          await expectSound(world);
        }),
      ),
      { numRuns: 25 },
    );
  });
});

describe('the local ledger, beyond other systems', () => {
  it('returns parts of an invoice until all of it is returned', () =>
    inWorld(async ({ billing, sluice }) => {
      await sluice.credit.add('7', { amount: '10', currency: 'EUR' });
      const what = { client: '7', description: 'x', taxed: false, since: SINCE, whenShort: 'refuse' } as const;
      const paid = await charge(billing, { key: 'k', amount: '9.90', currency: 'EUR', ...what });
      const id = paid.state === 'short' ? '' : paid.invoice.id;
      const of = { charge: 'k', client: '7', currency: 'EUR' };
      const refund = (key: string, amount: string) => billing.refund(id, { key, amount, ...of }, SENDING);
      expect(await refund('a', '4.90')).toMatchObject({ balance: '5.00' });
      await expect(refund('b', '5.01')).rejects.toMatchObject({ code: 'invoice_closed' });
      expect(await billing.invoice(id)).toMatchObject({ status: 'paid' });
      expect(await refund('b', '5.00')).toMatchObject({ balance: '10.00' });
      expect(await refund('a', '4.90')).toMatchObject({ balance: '10.00' });
      expect(await sluice.invoices.show(id)).toMatchObject({ status: 'refunded', closedAt: expect.any(String) });
      await expect(refund('c', '0.01')).rejects.toMatchObject({ code: 'invoice_closed' });
    }));

  it('refuses a key of another client or invoice, and an aborted call', () =>
    inWorld(async ({ billing, sluice }) => {
      for (const of of ['7', '8']) await sluice.credit.add(of, { amount: '10', currency: 'EUR' });
      const what = { description: 'x', taxed: false, since: SINCE, amount: '1.00', currency: 'EUR' };
      const first = await charge(billing, { key: 'k', client: '7', whenShort: 'refuse', ...what });
      const used = { code: 'ref_used' };
      await expect(charge(billing, { key: 'k', client: '8', whenShort: 'refuse', ...what })).rejects.toMatchObject(
        used,
      );
      const open = await charge(billing, { key: 'm', client: '8', whenShort: 'leave-open', ...what, amount: '99.00' });
      const id = open.state === 'short' ? '' : open.invoice.id;
      const put = billing.put({ key: 'k', ...what }, await billing.invoice(id), SENDING);
      await expect(put).rejects.toMatchObject(used);
      expect(await billing.find({ key: 'k', client: '7', since: SINCE })).toMatchObject([{ status: 'paid' }]);
      expect(await billing.find({ key: 'z', client: '7', since: SINCE })).toEqual([]);
      const aborted = AbortSignal.abort(new Error('stop'));
      await expect(billing.cancel(id, 'm', aborted)).rejects.toThrow('stop');
      // An open invoice that a repeated charge must not leave is cancelled.
      const again = await charge(billing, { key: 'm', client: '8', whenShort: 'refuse', ...what, amount: '99.00' });
      expect(again).toMatchObject({ state: 'short', needed: '99.00' });
      expect(await billing.invoice(id)).toMatchObject({ status: 'cancelled', balance: '0.00' });
      expect(first.state).toBe('paid');
    }));

  it('makes a charge of nothing a paid invoice', () =>
    inWorld(async ({ billing, store, addClient }) => {
      const of = await addClient('EUR', '0.00');
      const what = { description: 'x', taxed: false, since: SINCE, whenShort: 'refuse' } as const;
      const paid = await charge(billing, { key: 'k', client: of, amount: '0', currency: 'EUR', ...what });
      expect(paid).toMatchObject({ state: 'paid', invoice: { total: '0.00', balance: '0.00' } });
      expect(await store.ledger.entries()).toEqual([]);
    }));
});
