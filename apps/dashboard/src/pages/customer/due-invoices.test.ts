import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EmbeddedService } from '@sluice/contract/documents';
import { LANGUAGES } from '@sluice/messages/languages';
import { SERVE_TOKEN } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';
import { openUnpaidShop, PUBLIC, type UnpaidShop } from '../../test/unpaid-shop.js';

const CLIENT = 42;

let { at, fake, add, invoice: invoiceOf } = {} as UnpaidShop;

/** Returns what stands on top of the page of a service, and its button. */
async function readTop(
  id = 'whmcs-71',
  client = CLIENT,
  language = 'en',
): Promise<{ text: string; href: string | null }> {
  // What is read is shown for a while.
  at.clock.advance(31_000);
  const link = await Link.open(at, { client: String(client) });
  const page = await link.text(`/services/${id}?language=${language}`);
  const top = /<section class="card" id="now">[\s\S]*?<\/section>/.exec(page)?.[0] ?? page;
  expect(top).toContain('id="now"');
  return { text: textOf(top), href: /class="button button-main" href="([^"]*)"/.exec(top)?.[1] ?? null };
}

const UNREAD = 'The invoice can’t be read at the moment.';

afterEach(() => at.close());

describe.each(['whmcs', 'ledger'] as const)('a service that is not paid in WHMCS, with billing in %s', (billing) => {
  beforeEach(async () => {
    ({ at, fake, add, invoice: invoiceOf } = await openUnpaidShop(billing));
  });

  it('names the invoice that is open, with amount and link', async () => {
    invoiceOf(1, '3.00', 43);
    fake.pay(invoiceOf(1, '7.00'));
    fake.addInvoice({ client: CLIENT, items: [{ description: 'Domain', amount: '9.00' }] });
    const id = invoiceOf(1, '12.50');
    const { text, href } = await readTop();
    expect(text).toContain(`An invoice is not paid. The service comes back after the payment.`);
    expect(text).toContain(`Invoice ${id} is not paid: 12.50 EUR is left to pay. Pay invoice ${id}`);
    expect(href).toBe(`${PUBLIC}/viewinvoice.php?id=${id}`);
    for (const language of LANGUAGES) expect((await readTop('whmcs-71', CLIENT, language)).text).toContain(String(id));
  });

  it('is named to other sites, which link it themselves', async () => {
    const read = async (): Promise<EmbeddedService> => {
      at.clock.advance(31_000);
      const answer = await at.fetch('/api/v1/embedded/services/whmcs-71?for=customer', { token: SERVE_TOKEN });
      return (await answer.json()) as EmbeddedService;
    };
    expect(await read()).toMatchObject({ due: null });
    const id = invoiceOf(1, '12.50');
    const { due, parts } = await read();
    expect(due).toEqual({ invoice: String(id), label: `Pay invoice ${id}` });
    const top = parts.find((part) => part.id === 'now')?.html ?? '';
    expect(textOf(top)).toContain(`Invoice ${id} is not paid: 12.50 EUR is left to pay.`);
    expect(top).not.toContain('<a ');
    invoiceOf(1, '1.00');
    expect(await read()).toMatchObject({ due: { invoice: null, label: 'Pay the invoice' } });
    fake.server.inject({ fault: { kind: 'status', status: 503 } });
    expect(await read()).toMatchObject({ due: { invoice: null, label: 'Pay the invoice' } });
  });

  it('has the sum of several, and leads to all', async () => {
    for (const amount of ['5.00', '7.25']) invoiceOf(1, amount);
    const { text, href } = await readTop();
    expect(text).toContain('Several invoices are not paid: 12.25 EUR is left to pay. Pay the invoice');
    expect(href).toBe(`${PUBLIC}/clientarea.php?action=invoices`);
  });

  it('says that none is open any more once it is paid, and asks for no payment', async () => {
    const id = invoiceOf(1, '12.50');
    fake.pay(id);
    const { text, href } = await readTop();
    expect(text).toContain(
      'An invoice was not paid. No invoice of this service is open. If you have paid it, that is noticed with the next',
    );
    expect(text).not.toMatch(/is not paid|after the payment/);
    expect([text.includes('Pay '), text.includes(String(id)), href]).toEqual([false, false, null]);
  });

  it('shows the last figure with its age while WHMCS fails, and never a made-up one', async () => {
    const id = invoiceOf(1, '12.50');
    await add(2, 43, 'Suspended');
    expect((await readTop()).text).not.toContain(UNREAD);
    fake.server.inject({ fault: { kind: 'status', status: 503 } });
    const { text, href } = await readTop();
    expect(text).toMatch(new RegExp(`Invoice ${id} is not paid: 12\\.50 EUR .*${UNREAD} This is from 20 Nov 2026`));
    expect(href).toBe(`${PUBLIC}/viewinvoice.php?id=${id}`);
    const other = await readTop('whmcs-72', 43);
    expect(other.text).toContain(UNREAD);
    expect(other.text).not.toMatch(/EUR|Invoice \d/);
    expect(other.text).toContain(billing === 'whmcs' ? 'Pay the invoice' : 'Ask your provider');
    fake.server.clearFaults();
    expect((await readTop('whmcs-72', 43)).text).not.toContain(UNREAD);
  });

  it('says nothing of invoices where there are too many to read', async () => {
    for (let count = 0; count < 11; count++) invoiceOf(1, '1.00');
    const before = fake.server.calls.length;
    expect((await readTop()).text).not.toMatch(/EUR|is not paid:|No invoice/);
    expect(fake.server.calls.length - before).toBeLessThan(5);
  });

  it('says nothing of invoices that may not be read', async () => {
    invoiceOf(1, '12.50');
    fake.quirks.denied.add('GetInvoices');
    const { text } = await readTop();
    expect(text).not.toMatch(/EUR|is not paid:|No invoice|can’t be read/);
  });

  it('is asked about once, by nobody else, and never in a list or where nothing is to be paid', async () => {
    invoiceOf(1, '12.50');
    await add(3, CLIENT, 'Active');
    const link = await Link.open(at, { client: String(CLIENT) });
    const count = (): number => fake.server.calls.filter(({ body }) => /action=GetInvoices/.test(body)).length;
    const before = count();
    await link.text('/services/whmcs-73');
    expect(count()).toBe(before);
    await Promise.all([link.text('/services/whmcs-71'), link.text('/services/whmcs-71')]);
    await link.text('/services/whmcs-71');
    expect(count()).toBe(before + 1);
    const error = { code: 'unknown_service' };
    await expect(at.sluice.invoices.due('whmcs-71', { reader: '43' })).rejects.toMatchObject(error);
    await expect(at.sluice.invoices.due('whmcs-none', { reader: '43' })).rejects.toMatchObject(error);
    expect(count()).toBe(before + 1);
  });

  it('does not show the invoice of another client, to whom WHMCS has given the service', async () => {
    const service = fake.world.services.get(71);
    Object.assign(service ?? {}, { clientId: 43 });
    invoiceOf(1, '12.50', 43);
    expect((await readTop()).text).not.toMatch(/EUR|is not paid:/);
  });
});
