import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lineMarker, markLine } from '@sluice/quota-core';
import type { BillingSystem, CallSending, ChargeRequest, Invoice } from '@sluice/panel-kind';

/** A billing system under test. Amounts are decimal text as its currency has them. */
export interface BillingWorld {
  readonly billing: BillingSystem;
  /** Opens a second one on the same data, as another process would; the world closes it. */
  another(): Promise<BillingSystem>;
  /** Adds a client with this credit and returns its id. */
  addClient(currency: string, credit: string): Promise<string>;
  addCredit(client: string, amount: string): Promise<void>;
  /** Cancels an invoice, whatever its lines are, as staff does. */
  cancelInvoice(id: string): Promise<void>;
  /** Ids of the client's invoices, oldest first. Those that were never more than a cancelled draft are left out. */
  invoices(client: string): Promise<string[]>;
  /** An id that no client or invoice has. */
  readonly unknownId: string;
  /** The clock: ISO UTC. */
  now(): string;
  close(): Promise<void>;
}

const SENDING: CallSending = { signal: undefined, sending: () => Promise.resolve() };

/** The behaviour of every billing system: `BillingSystem` in panel-kind. */
export function describeBilling(name: string, open: () => Promise<BillingWorld>): void {
  describe(name, () => {
    let world: BillingWorld;
    let billing: BillingSystem;
    let keys = 0;

    beforeEach(async () => {
      world = await open();
      billing = world.billing;
    });
    afterEach(() => world.close());

    const request = (client: string, fields: Partial<ChargeRequest> = {}): ChargeRequest => ({
      key: `key-${(keys += 1)}`,
      description: 'Extra traffic 1 TB for svc-1',
      amount: '10.00',
      taxed: false,
      client,
      currency: 'EUR',
      since: world.now(),
      whenShort: 'refuse',
      ...fields,
    });
    const balance = async (client: string): Promise<string> => (await billing.credit(client)).balance;
    const statuses = async (client: string): Promise<string[]> => {
      const ids = await world.invoices(client);
      return Promise.all(ids.map(async (id) => (await billing.invoice(id)).status));
    };

    /** Charges, and returns the invoice, which has this status then. */
    const charged = async (charge: ChargeRequest, status: 'paid' | 'open'): Promise<Invoice> => {
      const done = await billing.charge(charge);
      if (done.state !== status) throw new Error(done.state);
      return done.invoice;
    };

    it('charges once per key, however often and from wherever it is asked', async () => {
      const client = await world.addClient('EUR', '25.00');
      const charge = request(client);
      expect(await billing.find(charge)).toBeNull();
      const first = await billing.charge(charge);
      expect(first).toMatchObject({
        state: 'paid',
        invoice: { client, currency: 'EUR', status: 'paid', total: '10.00', balance: '0.00' },
      });
      expect(first).toMatchObject({ invoice: { lines: [{ amount: '10.00' }] } });
      const other = await world.another();
      expect(await billing.charge(charge)).toEqual(first);
      expect(await other.charge(charge)).toEqual(first);
      expect(await other.find(charge)).toEqual(first.state === 'paid' ? first.invoice : null);
      expect(await other.find({ ...charge, key: 'another' })).toBeNull();
      expect(await billing.credit(client)).toEqual({ client, currency: 'EUR', balance: '15.00' });
      expect(await statuses(client)).toEqual(['paid']);

      const second = await billing.charge(request(client));
      expect(second).toMatchObject({ state: 'paid' });
      expect(await balance(client)).toBe('5.00');
      expect(await statuses(client)).toEqual(['paid', 'paid']);
    });

    it('charges once when the same key is charged at the same time', async () => {
      const client = await world.addClient('EUR', '100.00');
      const charge = request(client);
      const others = await Promise.all([world.another(), world.another()]);
      const all = await Promise.allSettled([billing, ...others].map((one) => one.charge(charge)));
      for (const one of all) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'outcome_unknown' });
      }
      expect(await billing.charge(charge)).toMatchObject({ state: 'paid' });
      expect(await balance(client)).toBe('90.00');
      expect((await statuses(client)).filter((status) => status !== 'cancelled')).toEqual(['paid']);
    });

    it('never spends more credit than there is, however many charges run at once', async () => {
      const client = await world.addClient('EUR', '25.00');
      const other = await world.another();
      const all = await Promise.allSettled([billing, other, billing, other].map((one) => one.charge(request(client))));
      const states = all.map((one) => (one.status === 'fulfilled' ? one.value.state : String(one.reason)));
      expect(states.sort()).toEqual(['paid', 'paid', 'short', 'short']);
      expect(await balance(client)).toBe('5.00');
      expect((await statuses(client)).filter((status) => status !== 'cancelled')).toEqual(['paid', 'paid']);
    });

    it('leaves nothing to pay when the credit is too little and that is refused', async () => {
      const client = await world.addClient('EUR', '9.99');
      const charge = request(client);
      expect(await billing.charge(charge)).toEqual({
        state: 'short',
        needed: '10.00',
        credit: { client, currency: 'EUR', balance: '9.99' },
      });
      expect((await statuses(client)).filter((status) => status !== 'cancelled')).toEqual([]);
      expect(['short', 'cancelled']).toContain((await billing.charge(charge)).state);
      expect(await balance(client)).toBe('9.99');
    });

    it('leaves the invoice open when that is wanted, and pays it once there is credit', async () => {
      const client = await world.addClient('EUR', '9.99');
      const charge = request(client, { whenShort: 'leave-open' });
      const open = await billing.charge(charge);
      expect(open).toMatchObject({ state: 'open', invoice: { status: 'open', total: '10.00', balance: '10.00' } });
      expect(await billing.charge(charge)).toEqual(open);
      expect(await balance(client)).toBe('9.99');
      await world.addCredit(client, '0.01');
      expect(await billing.charge(charge)).toMatchObject({ state: 'paid' });
      expect(await balance(client)).toBe('0.00');
      expect(await statuses(client)).toEqual(['paid']);
    });

    it('cancels an open invoice once, and no paid one', async () => {
      const client = await world.addClient('EUR', '0.50');
      const charge = request(client, { whenShort: 'leave-open' });
      await billing.charge(charge);
      const [id = ''] = await world.invoices(client);
      expect(await billing.cancel(id, charge.key)).toMatchObject({ id, status: 'cancelled' });
      expect(await billing.cancel(id, charge.key)).toMatchObject({ id, status: 'cancelled' });
      await world.addCredit(client, '50.00');
      expect(await billing.charge(charge)).toMatchObject({ state: 'cancelled', invoice: { id } });
      expect(await balance(client)).toBe('50.50');

      const second = request(client);
      const paid = await charged(second, 'paid');
      await expect(billing.cancel(paid.id, second.key)).rejects.toMatchObject({ code: 'invoice_closed' });
      expect(await billing.invoice(paid.id)).toMatchObject({ status: 'paid' });
    });

    it('leaves an invoice that has got another line: nothing is paid on it or cancelled', async () => {
      const client = await world.addClient('EUR', '1.00');
      const charge = request(client, { whenShort: 'leave-open' });
      const { id } = await charged(charge, 'open');
      await expect(billing.cancel(id, 'another')).rejects.toMatchObject({ code: 'invoice_closed' });
      const line = { key: 'other', description: 'Hosting', amount: '30.00', taxed: false };
      const lines = [charge.key, 'other'].map((key) => ({ markers: [lineMarker(key)] }));
      expect(await billing.addLine(id, line)).toMatchObject({ lines });
      await expect(billing.cancel(id, charge.key)).rejects.toMatchObject({ code: 'invoice_closed' });
      await world.addCredit(client, '99.00');
      for (const whenShort of ['leave-open', 'refuse'] as const) {
        const again = await billing.charge({ ...charge, whenShort });
        expect(again).toMatchObject({ state: 'open', invoice: { id, lines } });
      }
      expect([await balance(client), await statuses(client)]).toEqual(['100.00', ['open']]);
    });

    it('refunds a paid invoice once per key', async () => {
      const client = await world.addClient('EUR', '10.00');
      const charge = request(client);
      const { id } = await charged(charge, 'paid');
      const { key, currency } = charge;
      const refund = { key: `${key}-refund`, charge: key, client, amount: '10.00', currency };
      const sent: string[] = [];
      const how: CallSending = { signal: undefined, sending: () => Promise.resolve(void sent.push('refund')) };
      for (const wrong of [{ charge: 'another' }, { amount: '10.01' }])
        await expect(billing.refund(id, { ...refund, ...wrong }, how)).rejects.toMatchObject({
          code: 'invoice_closed',
        });
      const foreign = billing.refund(id, { ...refund, currency: 'USD' }, how);
      await expect(foreign).rejects.toMatchObject({ code: 'currency_mismatch' });
      expect([await balance(client), sent]).toEqual(['0.00', []]);
      const credit = { client, currency: 'EUR', balance: '10.00' };
      expect(await billing.refund(id, refund, how)).toEqual(credit);
      expect(await (await world.another()).refund(id, refund, how)).toEqual(credit);
      expect(sent.length).toBeLessThan(2);
      expect(['paid', 'refunded']).toContain((await billing.charge(charge)).state);
      expect(await balance(client)).toBe('10.00');

      const open = await charged(request(client, { amount: '99.00', whenShort: 'leave-open' }), 'open');
      const wrong = { ...refund, key: 'refund-of-an-open-one' };
      await expect(billing.refund(open.id, wrong, how)).rejects.toMatchObject({ code: 'invoice_closed' });
      expect(await balance(client)).toBe('10.00');
    });

    it('adds a line once per key, only while the invoice can still be paid', async () => {
      const client = await world.addClient('EUR', '0.00');
      const { id } = await charged(request(client, { whenShort: 'leave-open' }), 'open');
      const line = { key: 'line-1', description: 'Calls in October', amount: '1.06', taxed: false };
      const added = await billing.addLine(id, line);
      expect(added).toMatchObject({ id, status: 'open', total: '11.06', balance: '11.06' });
      expect(added.lines.map(({ amount }) => amount)).toEqual(['10.00', '1.06']);
      expect(await (await world.another()).addLine(id, line)).toEqual(added);
      expect((await billing.addLine(id, { ...line, key: 'line-2' })).lines).toHaveLength(3);

      await world.cancelInvoice(id);
      const late = { ...line, key: 'line-3' };
      await expect(billing.addLine(id, late)).rejects.toMatchObject({ code: 'invoice_closed' });
    });

    it('adds a line of calls once by its marker, wherever it is repeated from', async () => {
      const client = await world.addClient('EUR', '50.00');
      const since = world.now().slice(0, 10);
      const line = (digits: string) => {
        const key = `sha256:${digits.padEnd(64, '0')}`;
        return { key, description: markLine('Calls in October', key), amount: '1.06' };
      };
      const first = line('000000000001');
      const opened = await billing.calls.open({ client, currency: 'EUR', line: first, since }, SENDING);
      expect(opened).toMatchObject({
        client,
        currency: 'EUR',
        total: '1.06',
        lines: [{ service: null, amount: '1.06' }],
      });
      expect(opened.lines[0]?.description).toMatch(/AB:000000000001$/);
      expect(['draft', 'open']).toContain(opened.status);
      const { id } = opened;
      const published = await billing.calls.publish(id);
      expect(published).toMatchObject({ id, status: 'open' });
      expect(await (await world.another()).calls.publish(id)).toEqual(published);
      const other = await world.another();
      const both = [
        await billing.calls.addLine(id, line('000000000002'), SENDING),
        await other.calls.addLine(id, line('000000000002'), SENDING),
      ];
      expect(both[0]).toEqual(both[1]);
      expect(both[0]?.lines.map(({ amount }) => amount)).toEqual(['1.06', '1.06']);
      expect(new Set(both[0]?.lines.map((one) => one.id)).size).toBe(2);
      expect(await other.calls.invoices({ client, since })).toEqual([both[0]]);
      expect(await billing.calls.invoice(id)).toEqual(both[0]);
      expect(await balance(client)).toBe('50.00');

      await world.cancelInvoice(id);
      await expect(billing.calls.addLine(id, line('000000000003'), SENDING)).rejects.toMatchObject({
        code: 'invoice_closed',
      });
      const wrong = { client, currency: 'JPY', line: { ...line('000000000004'), amount: '1' }, since };
      await expect(billing.calls.open(wrong, SENDING)).rejects.toMatchObject({ code: 'currency_mismatch' });
      await expect(billing.calls.invoice(world.unknownId)).rejects.toMatchObject({ code: 'unknown_invoice' });
      expect(await world.invoices(client)).toEqual([id]);
    });

    it('refuses another currency than the client has before anything is made', async () => {
      const client = await world.addClient('EUR', '5000.00');
      const charge = request(client, { currency: 'JPY', amount: '1200' });
      await expect(billing.charge(charge)).rejects.toMatchObject({ code: 'currency_mismatch' });
      expect(await world.invoices(client)).toEqual([]);
      expect(await balance(client)).toBe('5000.00');
    });

    it.each([
      ['JPY', '1000000', '1200', '998800'],
      ['EUR', '0.30', '0.10', '0.20'],
      ['KWD', '10.00', '1.500', '8.500'],
      ['IRR', '123456789012', '98765432101', '24691356911'],
    ])('computes exactly in %s', async (currency, credit, amount, left) => {
      const client = await world.addClient(currency, credit);
      const paid = await billing.charge(request(client, { currency, amount }));
      expect(paid).toMatchObject({ state: 'paid', invoice: { currency, total: amount, lines: [{ amount }] } });
      expect(await billing.credit(client)).toEqual({ client, currency, balance: left });
    });

    it('names an unknown client and an unknown invoice', async () => {
      const { unknownId } = world;
      // A ledger makes a client with its first credit.
      const charged = billing.charge(request(unknownId)).then(
        ({ state }) => state,
        (error: unknown) => (error as { code: string }).code,
      );
      expect(['unknown_client', 'short']).toContain(await charged);
      const line = { key: 'k', description: 'x', amount: '1.00', taxed: false };
      const payer = await world.addClient('EUR', '1.00');
      const refund = { key: 'k', charge: 'c', client: payer, amount: '1.00', currency: 'EUR' };
      const calls = [
        () => billing.invoice(unknownId),
        () => billing.cancel(unknownId, 'k'),
        () => billing.addLine(unknownId, line),
        () => billing.refund(unknownId, refund, SENDING),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'unknown_invoice' });
    });
  });
}
