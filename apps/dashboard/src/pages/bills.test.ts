import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, SERVE_TOKEN, startBench } from '../test/dashboard-bench.js';
import { type OtherPanels, startOtherPanels } from '../test/other-panels.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

let at: DashboardBench;
let panels: OtherPanels;
let bill: string;
let ownToken: string;
beforeAll(async () => {
  panels = await startOtherPanels();
  at = await startBench({
    fakes: [panels],
    kinds: [astbilling, hiddify, flvx],
    panels: panels.config,
    products: { line: { panel: 'voice', astbilling: { planId: 11 } } },
  });
  const line = { panel: 'voice', product: 'line', status: 'active' };
  await at.sluice.services.add('line-1', { ...line, client: '501', astbilling_subscriber_id: '9001' });
  await at.sluice.services.add('line-2', { ...line, client: '502' });
  await at.sluice.calls.bill({ service: 'line-1', period: '2026-10' });
  const { bills } = await at.sluice.calls.bills({ service: 'line-1' });
  bill = bills[0]?.id ?? '';
  ownToken = await at.token('client:501');
});
afterAll(() => at.close());

async function expectReport(answer: Response, titled = 'assinante', sums = 'TOTAL'): Promise<void> {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toContain('filename="calls_9001_2026-10-01_2026-11-01.csv"');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const [head, ...rows] = (await answer.text()).trim().split(/\r?\n/);
  expect(head).toContain(titled);
  expect(rows).toEqual([expect.stringContaining('0.2320'), expect.stringMatching(new RegExp(`^${sums}.*0\\.2320`))]);
}

describe('the CSV of a bill', () => {
  it("is linked from the operator's list and downloaded from there", async () => {
    const cookie = await at.login();
    const page = await (await at.fetch('/bills?service=line-1', { cookie })).text();
    const [, address = ''] = /href="(\/bills\/[^"]+)"/.exec(page) ?? [];
    expect(address).toBe(`/bills/${encodeURIComponent(bill)}`);
    await expectReport(await at.fetch(address, { cookie }));
    expect((await at.fetch('/bills/nothing', { cookie })).status).toBe(404);
    expect((await at.fetch(address)).status).toBe(303);
    const own = await at.login(await at.token('read', 'client:501'));
    expect((await at.fetch(address, { cookie: own })).status).toBeGreaterThanOrEqual(400);
  });

  it("is linked from the line's page, for its client only", async () => {
    const link = await Link.open(at, { client: '501' });
    const page = await link.text('/services/line-1');
    const [, address = ''] = /href="([^"]*\/bills\/[^"]+\/calls\.csv\?language=en)"/.exec(page) ?? [];
    expect(address).toContain(encodeURIComponent(bill));
    await expectReport(await at.fetch(address), 'Line,Call', 'total');
    const other = await Link.open(at, { client: '502' });
    for (const service of ['line-1', 'line-2']) {
      for (const part of ['', '/calls.csv']) {
        const answer = await other.get(`/services/${service}/bills/${encodeURIComponent(bill)}${part}`);
        expect([service, part, answer.status]).toEqual([service, part, 404]);
        expect(await answer.text()).not.toContain('0.2320');
      }
    }
  });

  it('is in the language of its client, the same columns with figures that spreadsheets read', async () => {
    const link = await Link.open(at, { client: '501' });
    const read = async (language: string): Promise<string> => {
      const file = `/services/line-1/bills/${encodeURIComponent(bill)}/calls.csv?language=${language}`;
      // A text without the mark that it begins with.
      const bytes = new Uint8Array(await (await link.get(file)).arrayBuffer());
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    };
    expect((await read('fa')).split('\r\n')).toEqual([
      '\uFEFFتاریخ و ساعت (UTC),جهت,از,به,مقصد,نتیجه,مکالمه (ثانیه),محاسبه‌شده (ثانیه),بهای هر دقیقه (EUR),هزینه (EUR),خط,شناسهٔ تماس',
      expect.stringMatching(/^2026-10-\d\d \d\d:\d\d:\d\d,خروجی,.*,پاسخ‌داده‌شده,\d+,\d+,[\d.]*,0\.2320,/),
      expect.stringMatching(/^مجموع,,,,,,\d+,\d+,,0\.2320,,$/),
      '',
    ]);
    const [head, row] = (await read('pt-BR')).split('\r\n');
    expect(head).toContain(';Resultado;');
    expect(row).toMatch(/^\d\d\/10\/2026 \d\d:\d\d:\d\d;.*;atendida;.*;0,2320;/);
    const byApi = async (query: string): Promise<unknown> =>
      ((await at.call(`GET /call-bills/${encodeURIComponent(bill)}/report${query}`)).json as { text: string }).text;
    expect(await byApi('')).toMatch(/^data_hora,/);
    expect(await byApi('?language=farsi')).toBe(await read('fa'));
  });

  it('without a client is of the client who had the service in its period', async () => {
    const [stored] = await at.store.callBills.list({ service: 'line-1' });
    if (stored === undefined) throw new Error('there is no bill');
    const show = async (of: string): Promise<[boolean, number]> => {
      const link = await Link.open(at, { client: of });
      const page = await link.text('/services/line-1');
      const file = await link.get(`/services/line-1/bills/${encodeURIComponent(bill)}/calls.csv`);
      return [page.includes('October 2026'), file.status];
    };
    try {
      await at.store.callBills.update(bill, { client: null });
      expect(await show('501')).toEqual([true, 200]);
      await at.sluice.services.set('line-1', { client: '502' });
      expect(await show('502')).toEqual([false, 404]);
    } finally {
      await at.store.callBills.update(bill, { client: stored.client });
      await at.sluice.services.set('line-1', { client: '501' });
    }
  });

  it('is not offered of calls that a person has charged, whose charge every list has', async () => {
    const [stored] = await at.store.callBills.list({ service: 'line-1' });
    const { state, note, file, digest, amount } = stored!;
    const noted = { state: 'zero', note: 'by-hand: zero', file: null, digest: '', amount: '0' } as const;
    await at.store.callBills.update(bill, noted);
    try {
      const link = await Link.open(at, { client: '501' });
      for (const page of [await at.page('/bills?service=line-1'), await link.text('/services/line-1')]) {
        expect(page).not.toMatch(/href="[^"]*\/bills\//);
        expect(textOf(page)).toMatch(/charged by hand.*0\.2320 EUR/s);
      }
      const { json } = await at.call('GET /call-bills?service=line-1');
      expect(json).toMatchObject({ bills: [{ state: 'by-hand', total: '0.2320', invoice: stored?.invoice }] });
      const report = await at.call(`GET /call-bills/${encodeURIComponent(bill)}/report`);
      expect([report.status, report.json]).toMatchObject([409, { error: { code: 'no_report' } }]);
    } finally {
      await at.store.callBills.update(bill, { state, note, file, digest, amount });
    }
  });

  it('is not offered of a line whose calls are not read', async () => {
    const [stored] = await at.store.callBills.list({ service: 'line-1' });
    const { state, note, file, digest } = stored!;
    await at.store.callBills.update(bill, { state: 'zero', note: 'prepaid', file: null, digest: '' });
    try {
      expect(await at.page('/bills?service=line-1')).not.toMatch(/href="[^"]*\/bills\//);
      const { json } = await at.call('GET /call-bills?service=line-1');
      expect(json).toMatchObject({ bills: [{ state: 'zero', report: false }] });
    } finally {
      await at.store.callBills.update(bill, { state, note, file, digest });
    }
    const { json } = await at.call('GET /call-bills?service=line-1');
    expect(json).toMatchObject({ bills: [{ state: 'confirmed', report: true }] });
  });

  it('is listed for staff only where it failed before its calls were read', async () => {
    const [stored] = await at.store.callBills.list({ service: 'line-1' });
    const { state, note, file, digest } = stored!;
    const listOwn = async () => (await at.fetch('/api/v1/call-bills', { token: ownToken })).json();
    expect(await listOwn()).toMatchObject({ bills: [{ id: bill }] });
    await at.store.callBills.update(bill, { state: 'failed', note: 'line-of-reseller', file: null, digest: '' });
    try {
      expect(await listOwn()).toMatchObject({ bills: [] });
      expect(await (await Link.open(at, { client: '501' })).text('/services/line-1')).toContain(
        'There is no bill yet.',
      );
      expect(await at.page('/bills?service=line-1')).toContain('failed');
    } finally {
      await at.store.callBills.update(bill, { state, note, file, digest });
    }
  });

  it('has the same text by the API', async () => {
    const address = `/api/v1/call-bills/${encodeURIComponent(bill)}/report`;
    const answer = await at.fetch(address, { token: SERVE_TOKEN });
    expect(await answer.json()).toMatchObject({ text: expect.stringContaining('0.2320') });
  });

  it('is read by the API by its client only, as if there were none for others', async () => {
    const address = (id: string): string => `/api/v1/call-bills/${encodeURIComponent(id)}/report`;
    const own = await at.fetch(address(bill), { token: ownToken });
    expect([own.status, await own.json()]).toEqual([
      200,
      { name: 'calls_9001_2026-10-01_2026-11-01.csv', text: expect.stringContaining('0.2320') },
    ]);
    const token = await at.token('client:502');
    const ask = async (id: string) => {
      const answer = await at.fetch(address(id), { token });
      return [answer.status, (await answer.text()).replaceAll(id, 'ID')];
    };
    expect(await ask(bill)).toEqual([404, expect.stringContaining('unknown_bill')]);
    expect(await ask(bill)).toEqual(await ask('nothing'));
  });
});

describe('the invoice of a bill in the local ledger', () => {
  it('is not paid for client and staff until it is paid', async () => {
    const link = await Link.open(at, { client: '501' });
    const read = async () => ({
      line: textOf(await link.text('/services/line-1')),
      home: textOf(await link.text('/')),
      staff: textOf(await at.page('/bills?service=line-1')),
      json: (await at.call('GET /call-bills?service=line-1')).json as {
        bills: { invoice: string; invoiceStatus: string }[];
      },
    });
    const before = await read();
    const [{ invoice, invoiceStatus }] = before.json.bills as [{ invoice: string; invoiceStatus: string }];
    expect(invoiceStatus).toBe('open');
    for (const text of [before.line, before.staff])
      expect(text).toMatch(new RegExp(`October 2026 not paid ?: pay invoice ${invoice}`));
    expect(before.home).toMatch(/Calls not paid yet 0\.23(20)? EUR/);
    await at.sluice.credit.add('501', { amount: '1.00', currency: 'EUR' });
    await at.sluice.invoices.pay(invoice);
    const after = await read();
    expect(after.json.bills).toMatchObject([{ invoiceStatus: 'paid' }]);
    for (const text of [after.line, after.staff]) expect(text).toMatch(/October 2026 paid/);
    expect(after.home).not.toContain('not paid');
  });
});
