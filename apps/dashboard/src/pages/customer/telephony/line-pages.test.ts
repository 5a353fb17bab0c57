import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SluiceError } from '@sluice/panel-kind';
import { ASSETS } from '../../../assets/assets.js';
import { type CallsBench, GERMANY, HOSTILE, SECOND, startCallsBench } from '../../../test/calls-bench.js';
import { findHardCoded } from '../../../test/hard-coded.js';
import { textOf } from '../../../test/page-texts.js';
import { Link } from '../../../test/share-link.js';

let { at, voice, link, token, bill } = {} as CallsBench;

async function open(kind: Parameters<typeof startCallsBench>[0]): Promise<void> {
  ({ at, voice, link, token, bill } = await startCallsBench(kind));
}

const page = (path: string): Promise<string> => link.text(`/services/line-1${path}`);
const text = async (path: string): Promise<string> =>
  textOf((await page(path)).replaceAll(/<svg[\s\S]*?<\/svg\s*>/g, ''));
const get = async (path: string, by = token) => at.call(`GET ${path}`, { token: by });
const billPath = (): string => `/bills/${encodeURIComponent(bill)}`;

describe.each(['astbilling', 'magnusbilling'] as const)('the pages of a line on %s', (kind) => {
  beforeAll(() => open(kind));
  afterAll(() => at.close());

  it('show the calls of the month in pages, its sums, and what each day cost', async () => {
    const first = await text('/calls');
    expect(first).toContain('November 2026');
    expect(first).toMatch(/Calls 61 .*Charges so far 17\.40 BRL/);
    expect(first).toContain('This time is not over yet');
    expect(first).toMatch(/Day Calls Charge 3 Nov 2026 1 0\.00 BRL 2 Nov 2026 60 17\.40 BRL/);
    expect(first).toMatch(/Page 1 of 3/);
    const rows = await Promise.all(
      [1, 2, 3].map(
        async (number) =>
          (await page(`/calls?page=${number}`)).match(/<tr>\s*<th scope="row"\s*><span class="wrap"><time/g)?.length,
      ),
    );
    expect(rows).toEqual([25, 25, 11]);
    expect(await text('/calls?page=99')).toContain('Page 3 of 3');
  });

  it('say of a month that is over what it cost, and lead to its bill', async () => {
    const shown = await page('/calls?period=2026-10');
    expect(textOf(shown)).toMatch(/Calls 2 .*Charges 1\.79 BRL Bill of October 2026 1\.79 BRL not paid/);
    expect(textOf(shown)).not.toMatch(/not over yet|7\.77/);
    expect(shown).toContain(`href="/share/${link.token}/services/line-1${billPath()}"`);
    expect(shown).not.toContain('<script');
    expect(textOf(await page('/calls?period=2026-09'))).toMatch(/There was no call in this month\./);
  });

  it('find calls by numbers, names, directions and outcomes, and sum those that are found', async () => {
    const german = await text('/calls?period=2026-10&search=%2B49%2030');
    expect(german).toMatch(/Calls 2 .*Calls found Calls 1 .*Charges 1\.50 BRL/);
    expect(german).toContain(GERMANY);
    expect(await text(`/calls?period=2026-10&search=${encodeURIComponent(SECOND)}`)).toMatch(/Calls found Calls 1 /);
    const inbound = await text('/calls?direction=inbound');
    expect(inbound).toMatch(/Calls 61 .*Calls found Calls 1 /);
    expect(inbound).toContain('withheld');
    expect(await text('/calls?outcome=unanswered')).toContain('No call of this month matches.');
    const turned = await page('/calls?direction=outbound&page=2');
    expect(turned).toContain('/calls?period=2026-11&amp;direction=outbound&amp;page=3');
  });

  it('refuse a month that is none or to come, at the form, and read nothing', async () => {
    const calls = voice.server.totals.calls;
    for (const period of ['2026-13', '2027-01', '0000-01', '1900-01', 'x', HOSTILE]) {
      const shown = await page(`/calls?period=${encodeURIComponent(period)}`);
      expect([period, shown.includes('id="calls-form-error"'), shown.includes('<script')]).toEqual([
        period,
        true,
        false,
      ]);
    }
    expect(voice.server.totals.calls).toBe(calls);
  });

  it('show the plan, and its rates with search in pages of at most 60 kB', async () => {
    const line = await text('');
    expect(line).toContain('Plan Business');
    if (kind === 'astbilling') expect(line).toMatch(/Price of the plan a month 49\.90 BRL Minutes in the plan 120/);
    else expect(line).not.toMatch(/Price of the plan|Minutes in the plan/);
    expect(await text('/rates')).toMatch(/302 rates, by prefix .*Page 1 of 8/);
    const german = await text('/rates?search=%2B49%2030%20123456');
    expect(german).toMatch(/1 rate, by prefix/);
    expect(german).toMatch(
      kind === 'astbilling' ? /Germany Germany fixed \+49 0\.29 BRL/ : /Germany fixed \+49 0\.29 BRL/,
    );
    for (const written of ['0049 30 123456', '00 49', '+49 (30) 12\u201134'])
      expect(await text(`/rates?search=${encodeURIComponent(written)}`)).toMatch(/Read as \+49\d* .*Germany/);
    if (kind === 'astbilling') expect(await text('/rates?search=Alemanha')).toMatch(/1 rate, by prefix .*Germany/);
    expect(await text('/rates?search=nothing')).toContain('No rate matches.');
    const style = ASSETS.find(({ type }) => type.startsWith('text/css'))?.body ?? '';
    for (const path of ['/rates', '/calls', '', billPath()])
      for (const language of ['en', 'fa']) {
        const answer = await link.get(`/services/line-1${path}?language=${language}`);
        const size = Buffer.byteLength(await answer.text()) + Buffer.byteLength(style);
        expect([path, language, answer.status, size <= 60_000 ? 'fits' : size]).toEqual([path, language, 200, 'fits']);
      }
  });

  it('say what a call costs, by minutes and seconds', async () => {
    const price = await text(`?destination=${encodeURIComponent('+۴۹۳۰۱۲۳۴۵۶')}&length=3`);
    expect(price).toMatch(/Price 0\.87 BRL Charged seconds 180/);
    for (const written of ['0049 30 123456', '00 49-30/123.456', '+49 (30) 12\u2011345\u20116'])
      expect(await text(`?destination=${encodeURIComponent(written)}&length=1`)).toContain(
        'Number, as it was read +4930123456',
      );
    expect(await text(`?destination=${encodeURIComponent(GERMANY)}&length=1:31`)).toContain('Charged seconds 96');
    for (const length of ['', 'x', '-1', '1:60', '1e3'])
      expect(await page(`?destination=49&length=${length}`)).toContain('id="simulator-form-error"');
  });

  it('show a bill with its invoice, to print', async () => {
    const shown = await text(billPath());
    expect(shown).toMatch(/Bill of October 2026.*Invoice number inv-\S+ .*Calls 2 Calls without tax 1\.79 BRL/);
    expect(shown).toMatch(/Client c-1 /);
    expect(shown).toMatch(/Calls of October 2026 1\.79 BRL Total 1\.79 BRL Left to pay 1\.79 BRL/);
    expect(shown).not.toMatch(/AB:[0-9a-f]/);
    const [, calls = ''] = /href="[^"]*(\/calls\?period=[^"]*)"/.exec(await page(billPath())) ?? [];
    expect(calls).toBe('/calls?period=2026-10');
    const file = await link.get(`/services/line-1${billPath()}/calls.csv`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const { json } = await get(`/call-bills/${encodeURIComponent(bill)}`);
    expect(json).toMatchObject({
      bill: { id: bill },
      invoice: { total: '1.79', status: 'open', lines: [{ isCalls: true }] },
    });
  });

  it('say first what is not paid, and where to ask for a way to pay it', async () => {
    const shown = await page('?language=en');
    expect(textOf(shown)).toMatch(/Your service now Calls are not paid yet: 1\.79 BRL are due\. Pay invoice inv-/);
    expect(shown).toContain('now-warning');
    expect(textOf(/<section[^>]*id="bills"[\s\S]*?<\/section>/.exec(shown)?.[0] ?? '')).toMatch(
      /not paid.*Ask your provider/,
    );
    const { json } = await get('/services/line-1');
    expect(json).toMatchObject({ advice: { state: 'owing', owed: { amount: '1.79', currency: 'BRL' } } });
  });

  it('link to the calls of a bill in the language of the page', async () => {
    const browser = { headers: { 'accept-language': 'pt-BR' } };
    const byBrowser = await (await at.fetch(`/share/${link.token}/services/line-1${billPath()}`, browser)).text();
    const byAddress = await page(`${billPath()}?language=fa`);
    for (const [shown, language, head] of [
      [byBrowser, 'pt-BR', 'Direção'],
      [byAddress, 'fa', 'جهت'],
    ] as const) {
      const href = /href="([^"]*calls\.csv[^"]*)"/.exec(shown)?.[1] ?? '';
      expect(href).toContain(`/calls.csv?language=${language}`);
      const path = href.slice(href.indexOf('/services/'));
      expect((await (await link.get(path)).text()).split('\n')[0]).toContain(head);
    }
  });

  it('show a bill as it was read last while the billing system does not answer', async () => {
    await page(billPath());
    at.clock.advance(31_000);
    const { showBill } = at.sluice.calls;
    at.sluice.calls.showBill = () =>
      Promise.reject(new SluiceError('billing_unavailable', 'SECRET', { kind: 'billing' }));
    const old = await text(billPath());
    const other = await Link.open(at, { client: 'c-2' });
    const foreign = (await at.sluice.calls.bills({ service: 'line-2' })).bills[0]?.id ?? '';
    const never = textOf(await other.text(`/services/line-2/bills/${encodeURIComponent(foreign)}`));
    at.sluice.calls.showBill = showBill;
    at.clock.advance(31_000);
    expect(old).toMatch(/The invoice can’t be read at the moment\. This is from .*Total 1\.79 BRL/);
    expect(never).toMatch(/The invoice can’t be read at the moment\..*Calls without tax 7\.77 BRL/);
    expect(`${old} ${never}`).not.toContain('SECRET');
    expect(never).not.toContain('Left to pay');
  });

  it('are a client’s alone, by page and by API', async () => {
    const foreign = (await at.sluice.calls.bills({ service: 'line-2' })).bills[0]?.id ?? '';
    for (const path of ['/calls', '/rates', '/calls?period=2026-10', `/bills/${encodeURIComponent(foreign)}`]) {
      const answer = await link.get(`/services/line-2${path}`);
      expect([path, answer.status, (await answer.text()).includes('7.77')]).toEqual([path, 404, false]);
    }
    // The bill of another under an own service.
    expect((await link.get(`/services/line-1/bills/${encodeURIComponent(foreign)}`)).status).toBe(404);
    for (const path of [
      '/services/line-2/calls?period=2026-10&whole=true',
      '/services/line-2/rates',
      '/services/line-2/call-price?destination=4930123456&seconds=60',
      `/call-bills/${encodeURIComponent(foreign)}`,
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    const { status, json } = await get('/services/line-1/calls?period=2026-10&whole=true&search=49&limit=1');
    expect([status, json]).toMatchObject([200, { total: 1, whole: { totals: { calls: 2 } }, next: null }]);
    for (const wrong of ['outcome=busy', 'period=2026-13', 'page=2', 'whole=maybe', 'direction=up'])
      expect([wrong, (await get(`/services/line-1/calls?${wrong}`)).status]).toEqual([wrong, 400]);
    for (const wrong of ['destination=49&seconds=-1', 'destination=49&seconds=x', 'seconds=1', 'destination=49'])
      expect([wrong, (await get(`/services/line-1/call-price?${wrong}`)).status]).toEqual([wrong, 400]);
  });

  it('have no text that is from no catalogue, and keep numbers from left to right', async () => {
    const data = new Set(['line', 'UTC', 'BRL', 'CSV', 'America', 'Sao', 'Paulo', 'c', 'Sluice']);
    for (const path of ['', '/calls', '/calls?period=2026-10', '/calls?period=x', '/rates', billPath()]) {
      const answer = await link.get(`/services/line-1${path}${path.includes('?') ? '&' : '?'}language=fa`);
      expect([path, findHardCoded(await answer.text(), data)]).toEqual([path, []]);
    }
    const calls = await page('/calls?period=2026-10&language=fa');
    expect(calls).toContain(`<bdi dir="ltr">${GERMANY}</bdi>`);
    expect(calls).toContain('۹ مهر ۱۴۰۵');
    expect(await page('/calls?language=en')).toContain('Months are those of the bills.');
  });

  it('show what was read last with its age while the panel is down, and bills that are stored', async () => {
    await page('/calls');
    at.clock.advance(31_000);
    voice.server.inject({ fault: { kind: 'status', status: 500 } });
    try {
      const known = await text('/calls');
      expect(known).toMatch(/can’t be reached at the moment\. This is from .*Calls 61/);
      const unknown = await text('/calls?period=2026-10&search=77');
      expect(unknown).toContain('can’t be reached at the moment. Please try again later.');
      expect(unknown).toMatch(/Bill of October 2026 1\.79 BRL/);
      expect(unknown).not.toMatch(/Calls 0|0\.0000/);
      expect(await text('/rates?search=77')).toContain('can’t be reached');
      expect(await text(billPath())).toMatch(/Total 1\.79 BRL/);
    } finally {
      voice.server.clearFaults();
      at.clock.advance(31_000);
    }
  });
});

it('nothing of the time before is shown to the next client of a line', async () => {
  await open('astbilling');
  try {
    await at.sluice.services.set('line-1', { client: 'c-3' });
    const next = await Link.open(at, { client: 'c-3' });
    const read = async (path: string): Promise<string> => textOf(await next.text(`/services/line-1${path}`));
    expect(await read('/calls?period=2026-10')).toContain('You did not have this line in this month.');
    expect(await read('/calls?period=2026-10')).not.toMatch(/1\.79|Calls 0/);
    expect(await read('/calls')).not.toMatch(/0\.2900|17\.4/);
    expect((await next.get(`/services/line-1${billPath()}`)).status).toBe(404);
  } finally {
    await at.close();
  }
});
