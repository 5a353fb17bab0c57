import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BillingSystem, Invoice, NewLine, Sending } from '@sluice/contract/ports';
import { charge } from '@sluice/engine';
import type { ChargeRequest } from '@sluice/engine/options';
import { lineMarker, markLine } from '@sluice/quota-core';

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

/** Sends, and stores nothing before. */
export const SENDING: Sending = { signal: undefined, sending: () => Promise.resolve() };

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
    const put = async (line: NewLine, id: string, system = billing): Promise<Invoice> =>
      system.put(line, await system.invoice(id), SENDING);
    const find = (system: BillingSystem, { key, client, since }: ChargeRequest): Promise<Invoice[]> =>
      system.find({ key, client, since: since.slice(0, 10) });
    const balance = async (client: string): Promise<string> => (await billing.credit(client)).balance;
    const statuses = async (client: string): Promise<string[]> => {
      const ids = await world.invoices(client);
      return Promise.all(ids.map(async (id) => (await billing.invoice(id)).status));
    };

    /** Charges, and returns the invoice, which has this status then. */
    const charged = async (due: ChargeRequest, status: 'paid' | 'open'): Promise<Invoice> => {
      const done = await charge(billing, due);
      if (done.state !== status) throw new Error(done.state);
      return done.invoice;
    };

    it('charges once per key, however often and from wherever it is asked', async () => {
      const client = await world.addClient('EUR', '25.00');
      const due = request(client);
      expect(await find(billing, due)).toEqual([]);
      const first = await charge(billing, due);
      expect(first).toMatchObject({
        state: 'paid',
        invoice: { client, currency: 'EUR', status: 'paid', total: '10.00', balance: '0.00' },
      });
      expect(first).toMatchObject({ invoice: { lines: [{ amount: '10.00' }] } });
      const other = await world.another();
      expect(await charge(billing, due)).toEqual(first);
      expect(await charge(other, due)).toEqual(first);
      expect(await find(other, due)).toEqual(first.state === 'paid' ? [first.invoice] : []);
      expect(await find(other, { ...due, key: 'another' })).toEqual([]);
      expect(await billing.credit(client)).toEqual({ client, currency: 'EUR', balance: '15.00' });
      expect(await statuses(client)).toEqual(['paid']);

      const second = await charge(billing, request(client));
      expect(second).toMatchObject({ state: 'paid' });
      expect(await balance(client)).toBe('5.00');
      expect(await statuses(client)).toEqual(['paid', 'paid']);
    });

    it('charges once when the same key is charged at the same time', async () => {
      const client = await world.addClient('EUR', '100.00');
      const due = request(client);
      const others = await Promise.all([world.another(), world.another()]);
      const all = await Promise.allSettled([billing, ...others].map((one) => charge(one, due)));
      for (const one of all) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'outcome_unknown' });
      }
      expect(await charge(billing, due)).toMatchObject({ state: 'paid' });
      expect(await balance(client)).toBe('90.00');
      expect((await statuses(client)).filter((status) => status !== 'cancelled')).toEqual(['paid']);
    });

    it('never spends more credit than there is, however many charges run at once', async () => {
      const client = await world.addClient('EUR', '25.00');
      const other = await world.another();
      const all = await Promise.allSettled([billing, other, billing, other].map((one) => charge(one, request(client))));
      const states = all.map((one) => (one.status === 'fulfilled' ? one.value.state : String(one.reason)));
      expect(states.sort()).toEqual(['paid', 'paid', 'short', 'short']);
      expect(await balance(client)).toBe('5.00');
      expect((await statuses(client)).filter((status) => status !== 'cancelled')).toEqual(['paid', 'paid']);
    });

    it('leaves nothing to pay when the credit is too little and that is refused', async () => {
      const client = await world.addClient('EUR', '9.99');
      const due = request(client);
      expect(await charge(billing, due)).toEqual({
        state: 'short',
        needed: '10.00',
        credit: { client, currency: 'EUR', balance: '9.99' },
      });
      expect((await statuses(client)).filter((status) => status !== 'cancelled')).toEqual([]);
      expect(['short', 'cancelled']).toContain((await charge(billing, due)).state);
      expect(await balance(client)).toBe('9.99');
    });

    it('leaves the invoice open when that is wanted, and pays it once there is credit', async () => {
      const client = await world.addClient('EUR', '9.99');
      const due = request(client, { whenShort: 'leave-open' });
      const open = await charge(billing, due);
      expect(open).toMatchObject({ state: 'open', invoice: { status: 'open', total: '10.00', balance: '10.00' } });
      expect(await charge(billing, due)).toEqual(open);
      expect(await balance(client)).toBe('9.99');
      await world.addCredit(client, '0.01');
      expect(await charge(billing, due)).toMatchObject({ state: 'paid' });
      expect(await balance(client)).toBe('0.00');
      expect(await statuses(client)).toEqual(['paid']);
    });

    it('cancels an open invoice once, and no paid one', async () => {
      const client = await world.addClient('EUR', '0.50');
      const due = request(client, { whenShort: 'leave-open' });
      await charge(billing, due);
      const [id = ''] = await world.invoices(client);
      expect(await billing.cancel(id, due.key)).toMatchObject({ id, status: 'cancelled' });
      expect(await billing.cancel(id, due.key)).toMatchObject({ id, status: 'cancelled' });
      await world.addCredit(client, '50.00');
      expect(await charge(billing, due)).toMatchObject({ state: 'cancelled', invoice: { id } });
      expect(await balance(client)).toBe('50.50');

      const second = request(client);
      const paid = await charged(second, 'paid');
      await expect(billing.cancel(paid.id, second.key)).rejects.toMatchObject({ code: 'invoice_closed' });
      expect(await billing.invoice(paid.id)).toMatchObject({ status: 'paid' });
    });

    it('leaves an invoice that has got another line: nothing is paid on it or cancelled', async () => {
      const client = await world.addClient('EUR', '1.00');
      const due = request(client, { whenShort: 'leave-open' });
      const { id } = await charged(due, 'open');
      await expect(billing.cancel(id, 'another')).rejects.toMatchObject({ code: 'invoice_closed' });
      const line = { key: 'other', description: 'Hosting', amount: '30.00', taxed: false };
      const lines = [due.key, 'other'].map((key) => ({ markers: [lineMarker(key)] }));
      expect(await put(line, id)).toMatchObject({ lines });
      await expect(billing.cancel(id, due.key)).rejects.toMatchObject({ code: 'invoice_closed' });
      await world.addCredit(client, '99.00');
      for (const whenShort of ['leave-open', 'refuse'] as const) {
        const again = await charge(billing, { ...due, whenShort });
        expect(again).toMatchObject({ state: 'open', invoice: { id, lines } });
      }
      expect([await balance(client), await statuses(client)]).toEqual(['100.00', ['open']]);
    });

    it('refunds a paid invoice once per key', async () => {
      const client = await world.addClient('EUR', '10.00');
      const due = request(client);
      const { id } = await charged(due, 'paid');
      const { key, currency } = due;
      const refund = { key: `${key}-refund`, charge: key, client, amount: '10.00', currency };
      const sent: string[] = [];
      const how: Sending = { signal: undefined, sending: () => Promise.resolve(void sent.push('refund')) };
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
      expect(['paid', 'refunded']).toContain((await charge(billing, due)).state);
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
      const added = await put(line, id);
      expect(added).toMatchObject({ id, status: 'open', total: '11.06', balance: '11.06' });
      expect(added.lines.map(({ amount }) => amount)).toEqual(['10.00', '1.06']);
      expect(await put(line, id, await world.another())).toEqual(added);
      expect((await put({ ...line, key: 'line-2' }, id)).lines).toHaveLength(3);

      await world.cancelInvoice(id);
      const late = { ...line, key: 'line-3' };
      await expect(put(late, id)).rejects.toMatchObject({ code: 'invoice_closed' });
    });

    it('puts a line of calls on an invoice once by its marker, wherever it is repeated from', async () => {
      const client = await world.addClient('EUR', '50.00');
      const since = world.now().slice(0, 10);
      const line = (digits: string): NewLine => {
        const key = `sha256:${digits.padEnd(64, '0')}`;
        return { key, description: markLine('Calls in October', key), amount: '1.06', taxed: false };
      };
      const first = line('000000000001');
      const opened = await billing.put(first, { client, currency: 'EUR', pay: null }, SENDING);
      expect(opened).toMatchObject({
        client,
        currency: 'EUR',
        total: '1.06',
        acceptsLines: true,
        lines: [{ service: null, amount: '1.06', markers: ['AB:000000000001'] }],
      });
      expect(opened.lines[0]?.description).toMatch(/AB:000000000001$/);
      expect(['draft', 'open']).toContain(opened.status);
      const published = await billing.publish(opened);
      const { id } = published;
      expect(published).toMatchObject({ id: opened.id, status: 'open' });
      const other = await world.another();
      expect(await other.publish(await other.invoice(id))).toEqual(published);
      const both = [await put(line('000000000002'), id), await put(line('000000000002'), id, other)];
      expect(both[0]).toEqual(both[1]);
      expect(both[0]?.lines.map(({ amount }) => amount)).toEqual(['1.06', '1.06']);
      expect(new Set(both[0]?.lines.map((one) => one.id)).size).toBe(2);
      expect(await other.find({ client, since })).toEqual([both[0]]);
      expect(await other.find({ client, since, key: first.key })).toEqual([both[0]]);
      expect(await billing.invoice(id)).toEqual(both[0]);
      expect(await balance(client)).toBe('50.00');

      await world.cancelInvoice(id);
      await expect(put(line('000000000003'), id)).rejects.toMatchObject({ code: 'invoice_closed' });
      await expect(billing.invoice(world.unknownId)).rejects.toMatchObject({ code: 'unknown_invoice' });
      expect(await world.invoices(client)).toEqual([id]);
    });

    it('refuses another currency than the client has before anything is made', async () => {
      const client = await world.addClient('EUR', '5000.00');
      const due = request(client, { currency: 'JPY', amount: '1200' });
      await expect(charge(billing, due)).rejects.toMatchObject({ code: 'currency_mismatch' });
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
      const paid = await charge(billing, request(client, { currency, amount }));
      expect(paid).toMatchObject({ state: 'paid', invoice: { currency, total: amount, lines: [{ amount }] } });
      expect(await billing.credit(client)).toEqual({ client, currency, balance: left });
    });

    it('names an unknown client and an unknown invoice', async () => {
      const { unknownId } = world;
      // A ledger makes a client with its first credit.
      const outcome = charge(billing, request(unknownId)).then(
        ({ state }) => state,
        (error: unknown) => (error as { code: string }).code,
      );
      expect(['unknown_client', 'short']).toContain(await outcome);
      const line = { key: 'k', description: 'x', amount: '1.00', taxed: false };
      const payer = await world.addClient('EUR', '1.00');
      const known = await charged(request(payer, { whenShort: 'leave-open' }), 'open');
      const refund = { key: 'k', charge: 'c', client: payer, amount: '1.00', currency: 'EUR' };
      const calls = [
        () => billing.invoice(unknownId),
        () => billing.cancel(unknownId, 'k'),
        () => billing.put(line, { ...known, id: unknownId }, SENDING),
        () => billing.refund(unknownId, refund, SENDING),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'unknown_invoice' });
    });
  });
}
