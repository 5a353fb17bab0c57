import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { FakeWhmcs } from './fake-whmcs.js';
import { fillWhmcs } from './fill-whmcs.js';
import { unserialize } from './form.js';
import { fromCents, toTax, toCents } from './money.js';
import { startFakeWhmcs } from './start-fake-whmcs.js';

let fake: FakeWhmcs;
beforeEach(async () => {
  fake = await startFakeWhmcs({ now: () => Date.parse('2026-10-15T12:00:00Z') });
});
afterEach(() => fake.close());

async function call(action: string, fields: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const { identifier, secret } = fake;
  const body = new URLSearchParams({ action, identifier, secret, responsetype: 'json', ...fields });
  const answer = await fetch(`${fake.url}/includes/api.php`, { method: 'POST', body });
  return { status: answer.status, text: await answer.text() };
}
const json = async (action: string, fields?: Record<string, string>): Promise<Record<string, unknown>> =>
  JSON.parse((await call(action, fields)).text) as Record<string, unknown>;

it('lets an invoice become a draft, open and paid, and refuses the rest', async () => {
  fake.quirks.taxRate = '20.000';
  const client = fake.addClient({ credit: '20.00' });
  const line = { itemdescription1: 'x', itemamount1: '10.00', itemtaxed1: '1' };
  const both = await json('CreateInvoice', { userid: String(client), draft: '1', sendinvoice: 'false', ...line });
  expect(both).toMatchObject({ result: 'error' }); // PHP's truth
  const { invoiceid } = await json('CreateInvoice', { userid: String(client), draft: '1', sendinvoice: '0', ...line });
  const id = { invoiceid: String(invoiceid) };
  expect(await json('ApplyCredit', { ...id, amount: '12.00' })).toMatchObject({
    message: 'Invoice Not in Unpaid Status',
  });
  expect(await json('UpdateInvoice', { ...id, publish: '1' })).toMatchObject({ result: 'success' });
  expect(await json('UpdateInvoice', { ...id, publish: '1' })).toMatchObject({ result: 'error' });
  expect(await json('ApplyCredit', { ...id, amount: '12.01' })).toMatchObject({
    message: 'Amount Exceeds Invoice Balance',
  });
  expect(await json('ApplyCredit', { ...id, amount: '20.01' })).toMatchObject({ result: 'error' });
  expect(await json('ApplyCredit', { ...id, amount: '12,00' })).toMatchObject({ amount: '12.00', invoicepaid: 'true' });
  expect(await json('GetInvoice', id)).toMatchObject({ status: 'Paid', total: '0.00', tax: '2.00', credit: '12.00' });
  expect(fake.invoice(Number(invoiceid))).toMatchObject({ price: '12.00', balance: '0.00' });
  expect(fake.credit(client)).toBe('8.00');
});

it('answers in the spellings that its quirks choose', async () => {
  const client = fake.addClient({ firstName: "João d'A" });
  fake.quirks.entities = true;
  expect((await call('GetClientsDetails', { clientid: String(client) })).text).toContain('Jo&atilde;o d&#039;A');
  const spellings = {
    text: '""',
    list: '[]',
    'inner-list': '{"product":[]}',
    'inner-text': '{"product":""}',
    null: 'null',
  };
  for (const [spelling, written] of Object.entries(spellings)) {
    fake.quirks.emptyList = spelling as keyof typeof spellings;
    expect((await call('GetClientsProducts')).text).toContain(`"products":${written}`);
  }
  fake.quirks.emptyList = 'absent';
  expect((await call('GetClientsProducts')).text).not.toContain('"products"');
  const product = fake.addProduct();
  fake.addService({ id: 5, client, product });
  fake.quirks.oneAsObject = fake.quirks.numbersAsText = true;
  expect(await json('GetClientsProducts')).toMatchObject({ totalresults: '1', products: { product: { id: '5' } } });
  fake.quirks.flattened = true;
  expect(await json('GetClientsProducts')).toMatchObject({ 'products[product][id]': '5' });
  fake.quirks.notices.add('WhmcsDetails');
  expect((await call('WhmcsDetails')).text).toMatch(/^<br \/>/);
  fake.quirks.errorStatus = 403;
  expect(await call('GetInvoice', { invoiceid: '1' })).toMatchObject({ status: 403 });
});

it('returns 25 rows unless more are requested', async () => {
  const client = fake.addClient();
  for (let count = 0; count < 30; count += 1) fake.addInvoice({ client, items: [] });
  expect(await json('GetInvoices')).toMatchObject({ totalresults: 30, numreturned: 25 });
  expect(await json('GetInvoices', { limitstart: '20', limitnum: '100' })).toMatchObject({
    startnumber: 20,
    numreturned: 10,
  });
});

it('computes and parses exactly', () => {
  expect(fromCents(toCents('-0.05') + toCents('123456789012345678.10'))).toBe('123456789012345678.05');
  expect(toTax(toCents('0.05'), '19.500')).toBe(1n);
  expect(() => toCents('1.005')).toThrow(RangeError);
  expect(unserialize(Buffer.from('a:1:{i:31;s:10:"São Paulo";}').toString('base64'))).toEqual(
    new Map([[31, 'São Paulo']]),
  );
  expect(() => unserialize(Buffer.from('a:1:{i:31;s:9:"São Paulo";}').toString('base64'))).toThrow(RangeError);
});

it('is filled with clients that have a service each', () => {
  const fields = (client: number): Record<string, string> => ({ easydcim_service_id: String(500 + client) });
  const services = fillWhmcs(fake, { clients: 3, credit: '7.00', nextDueDate: '2026-11-15', fields });
  expect(services.map((id) => fake.field(id, 'easydcim_service_id'))).toEqual(['501', '502', '503']);
  expect(fake.service(services[2] ?? 0)).toMatchObject({ clientId: 3, nextDueDate: '2026-11-15' });
  expect(fake.credit(3)).toBe('7.00');
});
