import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readReport, reportHtml } from '../report/index.js';
import { SERVE_TOKEN } from './dashboard-bench.js';
import { CLIENT_PAGES, type EveryPage, staffPages, startEveryPage, ZONES } from './every-page.js';
import { extractMain, findMachineWords, findUnnamed, zoneOfFoot } from './page-texts.js';
import { Link } from './share-link.js';

let pages: EveryPage;
beforeAll(async () => {
  pages = await startEveryPage();
});
afterAll(() => pages.close());

/** Reads every page of operators and of the client, or those that are about what a run found. */
async function* readAll(isAbout: (path: string) => boolean = () => true) {
  for (const [path, zone] of staffPages(pages.others).filter(([each]) => isAbout(each)))
    yield { path, zone, ...(await pages.staff(path)) };
  for (const [path, zone] of CLIENT_PAGES) {
    const answer = await pages.customer(path);
    yield { path: `/share${path}`, zone, ...answer };
  }
}

/** Pages whose content depends on the last run. */
const isOfRuns = (path: string): boolean => /^\/($|panels|agents|log|services\/[^/]*$)/.test(path);

/** Returns what pages show wrongly: another zone than theirs, times without one, and words for machines. */
async function findWrong(isAbout?: (path: string) => boolean): Promise<object[]> {
  const wrong: object[] = [];
  for await (const { path, zone, status, page } of readAll(isAbout)) {
    const foot = zoneOfFoot(page);
    const found = [...findUnnamed(page, zone), ...findMachineWords(page)];
    if (status !== 200 || foot !== zone || found.length > 0) wrong.push({ path, status, zone, foot, found });
  }
  return wrong;
}

describe('every page', () => {
  it('names the zone of its times at the foot, has no other without a name, and no word for machines', async () => {
    expect(await findWrong()).toEqual([]);
  });

  it('writes periods as dates of their panel, months as such, and names the zone where the page has another', async () => {
    const read = async (path: string): Promise<string> => extractMain((await pages.staff(path)).page);
    expect(await read('/bills')).toContain('October 2026 (America/Sao_Paulo)');
    const relay = await read('/services/relay-1');
    expect(relay).toMatch(/<dt>Cycle<\/dt> ?<dd>November 2026<\/dd>/);
    expect(relay).toContain('in the cycle until 1 Dec 2026');
    const { link } = pages;
    expect(await link.text('/')).toContain('1 Dec 2026 (Asia/Shanghai)');
    const own = await link.text('/services/relay-1');
    expect(own).toMatch(/<dt>Period<\/dt> ?<dd>November 2026<\/dd>[\s\S]*<dt>Next due date<\/dt> ?<dd>1 Dec 2026/);
    expect(await link.text('/services/line-1')).toMatch(/<th scope="row" ?><a [^>]*>October 2026<\/a><\/th>/);
  });
});

it('the parts for other sites name the zone of their times, and so does their summary', async () => {
  for (const [path, zone] of [
    ['/services/relay-1?for=customer', ZONES.relay],
    ['/services/relay-1?for=staff', ZONES.relay],
    ['/services/line-1?for=customer', ZONES.voice],
    ['/clients/c-1', ZONES.config],
    ['/overview', ZONES.config],
  ] as const) {
    const answer = await pages.at.fetch(`/api/v1/embedded${path}`, { token: SERVE_TOKEN });
    const { timeZone, parts, summary } = (await answer.json()) as Record<string, string> & {
      parts: { html: string }[];
    };
    expect([path, timeZone]).toEqual([path, zone]);
    const wrong = parts.flatMap(({ html }) => [...findUnnamed(html, zone), ...findMachineWords(html)]);
    expect([path, ...wrong, ...findMachineWords(summary ?? '')]).toEqual([path]);
    if (path.includes('relay-1?for=customer')) expect(summary).toContain('until 1 Dec 2026 (Asia/Shanghai)');
  }
});

it('the report names the zone of its times, and that of periods of other zones', async () => {
  const { sluice, clock } = pages.at;
  let page = '';
  for await (const part of reportHtml(sluice, await readReport(sluice, { client: 'c-1', now: clock.now() })))
    page += part;
  expect([...findUnnamed(page, ZONES.config), ...findMachineWords(page)]).toEqual([]);
  expect(page).toContain('1 Dec 2026 (Asia/Shanghai)');
});

/** Returns the form of a page that was refused, and what of it has the focus. */
function findRefused(page: string): { form: string; focused: string[] } {
  const [form = ''] = page.match(/<form[\s\S]*?<\/form>/g)?.filter((text) => text.includes('role="alert"')) ?? [];
  return { form, focused: page.match(/<[^>]*autofocus[^>]*>/g) ?? [] };
}

describe('the forms of clients, where they are refused', () => {
  it.each([
    ['/services/relay-1', '/auto-buy', { package: 'extra-50', threshold: 'abc', max: '1' }, 'threshold'],
    ['/services/relay-1', '/auto-buy', { package: 'extra-50', threshold: '10GB', max: 'many' }, 'max'],
    ['/services/line-1', '/caller-id', { caller_id: 'nobody' }, 'caller_id'],
    ['/services/line-1', '/destination', { number: '+551142000001', destination: 'nowhere else' }, 'destination'],
  ])('of %s%s keep their place, what was typed and the focus', async (path, action, typed, field) => {
    const answer = await pages.link.post(`${path}${action}`, typed);
    const { form, focused } = findRefused(extractMain(await answer.text()));
    expect([answer.status >= 400 && answer.status < 500, focused.length]).toEqual([true, 1]);
    const values: Readonly<Record<string, string>> = typed;
    for (const part of [`name="${field}"`, `value="${values[field] ?? ''}"`, 'aria-invalid="true"'])
      expect(focused[0]).toContain(part);
    expect(form).toContain(`action="/share/${pages.link.token}${path}${action}"`);
  });

  it('ask the same again, with the reason', async () => {
    await pages.at.sluice.credit.add('c-1', { amount: '50.00', currency: 'EUR', ref: 'first' });
    const poor = await Link.open(pages.at, { client: 'c-1', buy: true, changePassword: true, maxAmount: '1.00' });
    const bought = await poor.post('/services/relay-1/buy', { package: 'extra-50' });
    const page = extractMain(await bought.text());
    expect([bought.status, page]).toEqual([409, expect.stringMatching(/role="alert"[\s\S]*<dt>Price<\/dt>/)]);
    // What the link can't pay has no form any more.
    expect(page).toMatch(/more than the 1\.00 EUR that are left[\s\S]*Back to the service/);
    const gone = await poor.post('/services/relay-1/buy', { package: 'none' });
    expect(extractMain(await gone.text())).toMatch(/role="alert"[\s\S]*Packages of extra traffic/);
    pages.others.relay.inject({ fault: { kind: 'status', status: 503 } });
    const asked = await poor.post('/services/relay-1/password', {});
    pages.others.relay.clearFaults();
    expect(extractMain(await asked.text())).toMatch(/action="[^"]*\/password"[\s\S]*role="alert"/);
  });

  it('say at the price of a call what is wrong with the number or the seconds', async () => {
    for (const [query, field] of [
      ['destination=5511987654321&length=abc', 'length'],
      ['destination=not-a-number&length=1', 'destination'],
    ]) {
      const page = await pages.link.text(`/services/line-1?${query ?? ''}`);
      const { form, focused } = findRefused(page);
      expect([query, focused.length, form.includes('simulator-form')]).toEqual([query, 1, true]);
      expect(focused[0]).toContain(`name="${field ?? ''}"`);
      expect(form).toContain('value="');
    }
  });
});

describe('the pages of a run', () => {
  it.each([['poll'], ['plan'], ['agent check']])('of %s have neither', async (command) => {
    for (const panel of ['dcim', 'vpn'] as const) {
      const path = await pages.run({ command, panel });
      const { status, page } = await pages.staff(path);
      const wrong = [...findUnnamed(page, ZONES[panel]), ...findMachineWords(page)];
      expect([command, status, zoneOfFoot(page), ...wrong]).toEqual([command, 200, ZONES[panel]]);
    }
  });
});

describe('the same holds for every page', () => {
  it('while a run was stopped by the brake, a service fails and another is 600 times over', async () => {
    await pages.breakIn();
    expect((await pages.staff('/')).page).toContain('No run over panel dcim changed anything');
    expect((await pages.staff('/services/svc-3')).page).toContain('over 999%');
    expect(await findWrong(isOfRuns)).toEqual([]);
  });

  it('while a panel is down', async () => {
    await pages.goDown();
    expect((await pages.staff('/panels/dcim')).page).toMatch(/badge-bad">down/);
    expect(await findWrong(isOfRuns)).toEqual([]);
  });
});
