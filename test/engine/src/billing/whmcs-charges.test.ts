import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BillingSystem } from '@sluice/contract/ports';
import { charge } from '@sluice/engine';
import type { ChargeRequest } from '@sluice/engine/options';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { lineMarker } from '@sluice/quota-core';
import { whmcs, type WhmcsSettings } from '@sluice/whmcs-client/billing';
import { SENDING } from '../test/describe-billing.js';

let fake: FakeWhmcs;
let billing: BillingSystem;
let client: string;
let keys = 0;

async function open(settings: Partial<WhmcsSettings> = {}): Promise<BillingSystem> {
  const { url, identifier, secret } = fake;
  return whmcs.open(whmcs.schema.parse({ url, allowHttp: true, identifier, secret, ...settings }), {
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    random: () => 0.5,
    onCall: () => undefined,
    secret: (value) => value,
  });
}

beforeEach(async () => {
  fake = await startFakeWhmcs();
  billing = await open();
  client = String(fake.addClient({ credit: '30.00' }));
});
afterEach(async () => {
  billing.close();
  await fake.close();
});

const request = (fields: Partial<ChargeRequest> = {}): ChargeRequest => ({
  key: `key-${(keys += 1)}`,
  description: 'Extra traffic',
  amount: '10.00',
  taxed: false,
  client,
  currency: 'EUR',
  since: new Date().toISOString(),
  whenShort: 'refuse',
  ...fields,
});

const replaceText = (json: unknown, from: string, to: string): unknown =>
  JSON.parse(JSON.stringify(json).replaceAll(from, to));

const changes = (): string[] => fake.server.changingCalls().map(({ endpoint }) => endpoint);

describe('a charge', () => {
  it('makes a draft, publishes it and applies credit, each once', async () => {
    await charge(billing, request());
    expect(changes()).toEqual(['CreateInvoice', 'UpdateInvoice', 'ApplyCredit']);
  });

  it('makes no invoice that the credit cannot pay, with or without tax', async () => {
    expect(await charge(billing, request({ amount: '30.01' }))).toMatchObject({ state: 'short', needed: '30.01' });
    expect(changes()).toEqual([]);
    fake.quirks.taxRate = '19.000';
    const taxed = request({ amount: '30.00', taxed: true });
    expect(await charge(billing, taxed)).toMatchObject({ state: 'short', needed: '35.70' });
    expect(changes()).toEqual(['CreateInvoice', 'UpdateInvoice']);
    expect(fake.invoices().map(({ status }) => status)).toEqual(['Cancelled']);
    expect(await charge(billing, { ...taxed, key: 'less', amount: '25.00' })).toMatchObject({
      state: 'paid',
      invoice: { total: '29.75', balance: '0.00', lines: [{ amount: '25.00' }] },
    });
  });

  it('is found again by its mark where the database can store no emoji', async () => {
    fake.quirks.narrowText = true;
    const named = request({ description: '50 GB for 🇩🇪 Frankfurt 🚀' });
    expect(await charge(billing, named)).toMatchObject({ state: 'paid' });
    expect(await charge(billing, named)).toMatchObject({ state: 'paid' });
    const lines = fake.invoices().flatMap((invoice) => invoice.lines.map(({ description }) => description));
    expect(lines).toEqual([`50 GB for Frankfurt ${lineMarker(named.key)}`]);
  });

  it('refuses what WHMCS would round before it changes anything, and reads such amounts', async () => {
    const kuwaiti = String(fake.addClient({ currency: 'KWD', credit: '10.00' }));
    const third = { client: kuwaiti, currency: 'KWD', amount: '1.505' };
    await expect(charge(billing, request(third))).rejects.toThrow(/can't book 1\.505 KWD exactly/);
    const open = String(fake.addInvoice({ client: Number(kuwaiti), items: [{ description: 'x', amount: '1.00' }] }));
    const line = { key: 'k', description: 'x', amount: '0.005', taxed: false };
    const put = billing.put(line, await billing.invoice(open), SENDING);
    await expect(put).rejects.toMatchObject({ code: 'bad_amount' });
    const long = request({ ...third, amount: '98765432109876543.21', whenShort: 'leave-open' });
    await expect(charge(billing, long)).rejects.toMatchObject({ code: 'bad_amount' });
    expect(changes()).toEqual([]);
    fake.server.inject({
      endpoint: 'GetClientsDetails',
      fault: { kind: 'mutate', change: (json) => replaceText(json, '"10.00"', '"10.005"') },
    });
    expect(await billing.credit(kuwaiti)).toMatchObject({ balance: '10.005' });
    fake.server.inject({
      endpoint: 'GetInvoice',
      fault: { kind: 'mutate', change: (json) => replaceText(json, '"1.50"', '"1.505"') },
    });
    await expect(charge(billing, request({ ...third, amount: '1.500' }))).rejects.toMatchObject({ kind: 'billing' });
    expect(fake.credit(Number(kuwaiti))).toBe('10.00');
  });

  it('finds its key whatever WHMCS makes of the text, and only its own', async () => {
    fake.quirks.entities = true;
    const first = request({ key: "a&b'[c] ä", description: 'R&D <b>[sluice:key-other]' });
    expect(await charge(billing, first)).toMatchObject({ state: 'paid' });
    expect(await charge(billing, first)).toMatchObject({ state: 'paid' });
    expect(await charge(billing, request({ key: 'key-other' }))).toMatchObject({ state: 'paid' });
    expect(fake.invoices()).toHaveLength(2);
    expect(fake.credit(Number(client))).toBe('10.00');
  });

  it('continues by reading where the answer of a write cannot be used', async () => {
    for (const action of ['CreateInvoice', 'UpdateInvoice', 'ApplyCredit']) fake.quirks.notices.add(action);
    expect(await charge(billing, request())).toMatchObject({ state: 'paid' });
    expect(changes()).toEqual(['CreateInvoice', 'UpdateInvoice', 'ApplyCredit']);
  });

  it('leaves to the client what was paid in part, and what WHMCS collects', async () => {
    const open = request({ amount: '40.00', whenShort: 'leave-open' });
    await charge(billing, open);
    const [{ id } = { id: 0 }] = fake.invoices();
    fake.setInvoiceStatus(id, 'Collections');
    fake.addCredit(Number(client), '100.00');
    expect(await charge(billing, { ...open, whenShort: 'refuse' })).toMatchObject({ state: 'open' });
    expect(fake.credit(Number(client))).toBe('130.00');
    await expect(billing.cancel(String(id), open.key)).rejects.toMatchObject({ code: 'invoice_closed' });
    fake.setInvoiceStatus(id, 'Odd');
    await expect(billing.invoice(String(id))).rejects.toThrow(/unknown status "Odd"/);
  });

  it('mails an invoice that is left to its client once, also after lost answers, and no other', async () => {
    const open = request({ amount: '40.00', whenShort: 'leave-open' });
    fake.server.inject({ endpoint: 'UpdateInvoice', when: 'after', times: 1, fault: { kind: 'cut' } });
    expect(await charge(billing, open)).toMatchObject({ state: 'open' });
    await charge(billing, open);
    await charge(billing, request());
    await charge(billing, request({ amount: '20.01', taxed: true }));
    expect(fake.mails()).toEqual([fake.invoices()[0]?.id]);
    expect(changes().filter((endpoint) => endpoint === 'UpdateInvoice')).toHaveLength(2);
  });

  it('pays what is left, once the client has paid it or a person has cancelled it', async () => {
    const requests = [1, 2].map(() => request({ amount: '40.00', whenShort: 'leave-open' }));
    for (const one of requests) await charge(billing, one);
    const [paid, cancelled] = fake.invoices().map(({ id }) => id);
    fake.pay(paid ?? 0);
    fake.setInvoiceStatus(cancelled ?? 0, 'Cancelled');
    const states = [];
    for (const one of requests) states.push((await charge(billing, one)).state);
    expect(states).toEqual(['paid', 'cancelled']);
    expect(fake.credit(Number(client))).toBe('30.00');
  });
});

describe('errors', () => {
  it.each([
    [
      'wrong credentials',
      (): Partial<WhmcsSettings> => ({ secret: 'wrong' }),
      /did not accept.*Authentication Failed.*whmcs\.identifier and whmcs\.secret/,
    ],
    ['a wrong address', () => ({ url: 'http://127.0.0.1:9' }), /could not be reached.*whmcs\.url/],
    ['another folder', () => ({ url: `${fake.server.url}/x` }), /HTML page/],
  ])('with %s name the cause and the config key', async (_name, settings, words) => {
    const wrong = await open(settings());
    const error: unknown = await charge(wrong, request()).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'billing_unavailable', kind: 'billing' });
    expect(String(error)).toMatch(words);
    expect(JSON.stringify(error)).not.toContain(fake.secret);
    wrong.close();
  });

  it('name the address and the action that WHMCS refuses', async () => {
    fake.quirks.denied.add('CreateInvoice');
    const refused = charge(billing, request());
    await expect(refused).rejects.toMatchObject({ code: 'billing_unavailable', details: { refusal: 'permission' } });
    await expect(refused).rejects.toThrow(/^WHMCS .*"createinvoice" is not allowed.*API role/);
    fake.quirks.refusedAddress = '2001:db8::5';
    await expect(billing.credit(client)).rejects.toThrow(/2001:db8::5.*whmcs\.accessKey/);
    expect(fake.invoices()).toEqual([]);
  });

  it('after a change has been made say that it is not known', async () => {
    fake.quirks.denied.add('ApplyCredit');
    const one = request();
    await expect(charge(billing, one)).rejects.toMatchObject({ code: 'outcome_unknown', kind: 'billing' });
    fake.quirks.denied.clear();
    expect(await charge(billing, one)).toMatchObject({ state: 'paid' });
    expect(fake.invoices()).toHaveLength(1);
  });

  it('of an object that no id can name need no call', async () => {
    for (const id of ['', '0', '-1', '1 or 1', 'abc']) {
      await expect(billing.credit(id)).rejects.toMatchObject({ code: 'unknown_client' });
      await expect(billing.invoice(id)).rejects.toMatchObject({ code: 'unknown_invoice' });
    }
    expect(fake.server.calls).toEqual([]);
  });
});
