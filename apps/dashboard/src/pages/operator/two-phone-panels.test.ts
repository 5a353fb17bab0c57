import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { toKey } from '../../test/share-link.js';

let at: DashboardBench;
let north: FakeAstbilling;
let south: FakeAstbilling;
let cookie: string;
beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  [north, south] = [await startFakeAstbilling({ now }), await startFakeAstbilling({ now })];
  for (const [voice, username] of [
    [north, 'mine'],
    [south, 'somebody-else'],
  ] as const) {
    const plan = voice.add('plans', { id: '11', name: 'Plan' });
    voice.addSubscriber({ id: '9001', username, plan });
  }
  const panel = ({ url, token }: FakeAstbilling) => ({ kind: 'astbilling', url, token, allowHttp: true, retries: 0 });
  at = await startBench({
    fakes: [north, south],
    kinds: [astbilling],
    config: { currency: 'BRL' },
    panels: { north: panel(north), south: panel(south) },
    products: { line: { panel: 'south', astbilling: { planId: 11 } } },
  });
  await at.sluice.services.add('line-1', { panel: 'south', product: 'line', client: '501', status: 'active' });
  cookie = await at.login();
});
afterAll(() => at.close());

it('links no service of another panel to the line of the same id there', async () => {
  const page = await (await at.fetch('/lines/9001?panel=north', { cookie })).text();
  expect(textOf(page)).toContain('Line mine');
  const csrf = /name="csrf" value="([^"]*)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ panel: 'north', name: 'mine', service: 'line-1', csrf, key: toKey() });
  const answer = await at.fetch('/lines/9001/link', { method: 'POST', cookie, body });
  const to = answer.headers.get('location');
  const after = textOf(to === null ? await answer.text() : await (await at.fetch(to, { cookie })).text());
  const own = await at.sluice.telephony.line('line-1').catch(() => null);
  expect(after).toMatch(/line-1\S* is on panel \S*south\S* and this is on panel \S*north/);
  expect({ line: own?.subscriber['username'], saysStored: after.includes('The change is stored.') }).toEqual({
    line: undefined,
    saysStored: false,
  });
});

it('leads to the page that asks before a number is suspended, where two panels have numbers', async () => {
  north.addDid({ id: '71', number: '+551142000001', subscriber: '9001' });
  const page = await (await at.fetch('/dids/71?panel=north', { cookie })).text();
  const form = /<form[^>]*action="([^"]*\/suspend)"[\s\S]*?<\/form>/.exec(page);
  const hidden = [...(form?.[0] ?? '').matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  const query = new URLSearchParams(
    hidden.map(([, name = '', value = '']): [string, string] => [name, value]),
  ).toString();
  const answer = await at.fetch(`${form?.[1] ?? ''}?${query}`, { cookie });
  const asking = await answer.text();
  expect([answer.status, textOf(asking)]).toEqual([200, expect.stringContaining('Suspend +551142000001')]);
  const back = /<a href="([^"]*)">Back to the number/.exec(asking)?.[1] ?? '';
  expect(textOf(await at.page(back.replaceAll('&amp;', '&'), cookie))).toContain('DID +551142000001');
});
