import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, startBench, useBenchForEach } from '../../test/dashboard-bench.js';
import { startOtherPanels } from '../../test/other-panels.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const toPath = (invoice: string): string => `/invoices/${invoice}`;

describe('the invoice of a package in the local ledger', () => {
  const at = useBenchForEach({ config: { brand: { name: 'Acme Hosting' } } });
  let invoice: string;

  beforeEach(async () => {
    await at.addService(1, 'c-1', 120);
    await at.sluice.services.set('svc-1', { client_name: 'María Ruiz' });
    await at.sluice.poll();
    await at.sluice.credit.add('c-1', { amount: '20.00', currency: 'EUR' });
    const { purchase } = await at.sluice.purchases.create('svc-1', 'extra-50', { client: 'c-1' });
    invoice = purchase.invoice ?? 'none';
  });

  it('has a page, which the list of purchases leads to', async () => {
    const link = await Link.open(at, { client: 'c-1' });
    const href = `/share/${link.token}${toPath(invoice)}`;
    expect(await link.text('/services/svc-1')).toContain(`href="${href}"`);
    const page = textOf(await link.text(toPath(invoice)));
    expect(page).toContain(`Invoice ${invoice}`);
    expect(page).toMatch(
      new RegExp(
        `Provider Acme Hosting Client María Ruiz Invoice number ${invoice} Made 20 Nov 2026.* State paid Paid on 20 Nov 2026`,
      ),
    );
    expect(page).toMatch(/What for Amount Extra traffic 50 GB for svc-1 5\.00 EUR Total 5\.00 EUR/);
    expect(page).not.toContain('from your credit');
    expect(await link.text('/')).toContain(`Invoice <a href="${href}" rel="noopener"><bdi>${invoice}`);
  });

  it.each([
    ['fa', `فاکتور`, 'چنین فاکتوری وجود ندارد'],
    ['pt-BR', 'Fatura', 'Esta fatura não existe'],
    ['zh-CN', '账单', '此账单不存在'],
  ])('speaks %s', async (language, title, unknown) => {
    const link = await Link.open(at, { client: 'c-1' });
    expect(textOf(await link.text(`${toPath(invoice)}?language=${language}`))).toContain(title);
    const none = await link.get(`${toPath('none')}?language=${language}`);
    expect([none.status, textOf(await none.text())]).toEqual([404, expect.stringContaining(unknown)]);
  });

  it('is of its client alone: to others as one that nobody has', async () => {
    await at.addService(2, 'c-2', 20);
    const other = await Link.open(at, { client: 'c-2' });
    const read = async (id: string) => {
      const answer = await other.get(toPath(id));
      return [answer.status, (await answer.text()).replaceAll(id, 'ID').replaceAll(/nonce="[^"]*"/g, '')];
    };
    expect(await read(invoice)).toEqual(await read('inv-0'));
    const token = await at.token('read', 'buy', 'client:c-2');
    for (const route of [`GET /invoices/${invoice}`, `POST /invoices/${invoice}/pay`]) {
      const { status, json } = await at.call(route, { token });
      expect([route, status, json]).toMatchObject([route, 404, { error: { code: 'unknown_invoice' } }]);
    }
  });

  it('that was in the billing system of before has no page here', async () => {
    const [bought] = await at.store.purchases.list({ service: 'svc-1' });
    if (bought === undefined) throw new Error('nothing was bought');
    await at.store.purchases.add({ ...bought, id: 'pur-old', key: 'old', billing: 'whmcs', invoice: '1016' });
    const link = await Link.open(at, { client: 'c-1' });
    const page = await link.text('/services/svc-1');
    expect(textOf(page)).toContain('1016');
    expect(page).not.toContain(toPath('1016'));
  });
});

describe('the invoice of calls in the local ledger', () => {
  let at: DashboardBench;
  let invoice: string;

  beforeEach(async () => {
    const panels = await startOtherPanels();
    at = await startBench({
      fakes: [panels],
      kinds: [astbilling, hiddify, flvx],
      panels: panels.config,
      products: { line: { panel: 'voice', astbilling: { planId: 11 } } },
      config: { brand: { topUpUrl: 'https://pay.example.com/add' } },
    });
    const line = { panel: 'voice', product: 'line', status: 'active' };
    await at.sluice.services.add('line-1', { ...line, client: '501', astbilling_subscriber_id: '9001' });
    await at.sluice.calls.bill({ service: 'line-1', period: '2026-10' });
    const { bills } = await at.sluice.calls.bills({ service: 'line-1' });
    invoice = bills[0]?.invoice ?? 'none';
  });
  afterEach(() => at.close());

  it('says what is missing before it can be paid, and is paid from credit once', async () => {
    const link = await Link.open(at, { client: '501', buy: true });
    expect(await link.text('/services/line-1')).toContain(toPath(invoice));
    const before = await link.text(toPath(invoice));
    expect(textOf(before)).toMatch(/State not paid .*Left to pay 0\.23(20)? EUR .*of credit are missing/);
    expect(textOf(before)).toContain('Amount Calls of 1142000001, October 2026 0.23');
    expect(before).not.toContain('<form class="form" method="post"');
    await at.sluice.credit.add('501', { amount: '1.00', currency: 'EUR' });
    const page = await link.text(toPath(invoice));
    const form = link.readForm(page, '/pay');
    for (const _time of [1, 2]) await link.send(`${toPath(invoice)}/pay`, form);
    expect(textOf(await link.text(toPath(invoice)))).toContain('State paid');
    const { balance } = await at.sluice.credit.show('501');
    expect(balance).toMatch(/^0\.7\d+$/);
  });

  it.each([
    ['only reads', { client: '501' }],
    ['has a budget for purchases', { client: '501', buy: true, maxAmount: '5.00' }],
  ])('is not paid by a link that %s', async (_which, rights) => {
    await at.sluice.credit.add('501', { amount: '1.00', currency: 'EUR' });
    const link = await Link.open(at, rights);
    expect(await link.text(toPath(invoice))).not.toContain('<form class="form" method="post"');
    const sent = await link.post(`${toPath(invoice)}/pay`, {});
    expect(sent.status).toBeGreaterThanOrEqual(400);
    expect(await at.sluice.invoices.show(invoice)).toMatchObject({ status: 'open' });
  });
});
