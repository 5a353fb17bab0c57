import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeMailServer, startFakeMailServer } from '@sluice/fake-panels';
import { mail } from '@sluice/notice-channels';
import { type ReadMail, readMail } from '../test/read-mail.js';
import { openUnpaidShop, PUBLIC, type UnpaidShop } from '../test/unpaid-shop.js';

let server: FakeMailServer;
let { at, fake, add, invoice } = {} as UnpaidShop;
beforeAll(async () => {
  server = await startFakeMailServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  const channel = { mail: 'staff@example.com', from: 'no-reply@example.com', smtp: server.url, requireTls: false };
  const config = { notify: [{ ...channel, for: 'client' }] };
  ({ at, fake, add, invoice } = await openUnpaidShop('whmcs', { channels: [mail], config }));
});
afterEach(() => at.close());

/** Adds services that are suspended in WHMCS, and returns the mails that say so. */
async function suspend(...numbers: readonly [number, number][]): Promise<ReadMail[]> {
  (server.mails as unknown[]).length = 0;
  for (const [number, client] of numbers) await add(number, client, 'Suspended');
  await at.sluice.notices.send();
  return server.mails.map(({ data }) => readMail(data));
}

const asked = (): number => fake.server.calls.filter(({ body }) => body.includes('action=GetInvoices')).length;

const EMPTY = { text: '', html: '' };
const HELD = 'An invoice is not paid. The service comes back after the payment.';

describe('the mail of a service that is suspended in WHMCS', () => {
  it('names the invoice that is open, and leads to it', async () => {
    const before = asked();
    const id = invoice(2, '12.50');
    const [{ text, html } = EMPTY] = await suspend([2, 42]);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`${HELD} Invoice ${id} is not paid: 12.50 EUR is left to pay.`);
    const url = `${PUBLIC}/viewinvoice.php?id=${id}`;
    expect(text).toContain(`Pay invoice ${id}:\n${url}`);
    expect(html).toContain(`<a href="${url}"`);
    expect(asked()).toBe(before + 1);
    expect((await at.sluice.notices.list()).deliveries).not.toEqual([]);
    expect(asked()).toBe(before + 1);
  });

  it('is sent all the same while its invoices can’t be read, names none', async () => {
    for (const number of [2, 3]) invoice(number, '12.50');
    fake.server.inject({ endpoint: 'GetInvoices', fault: { kind: 'status', status: 503 } });
    const mails = await suspend([2, 42], [3, 42]);
    expect(mails).toHaveLength(2);
    for (const { text } of mails) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(HELD);
      expect(text).not.toMatch(/EUR|viewinvoice|Invoice \d/);
    }
  });

  it('names none where none is open', async () => {
    fake.pay(invoice(2, '12.50'));
    const [{ text } = EMPTY] = await suspend([2, 42]);
    expect(text).toContain('An invoice is not paid.');
    expect(text).not.toMatch(/EUR|viewinvoice|Invoice \d|No invoice/);
  });
});
