import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { FakeWhmcs } from '@sluice/fake-panels';
import type { DashboardBench } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';
import { openWhmcsShop } from '../test/whmcs-shop.js';

let at: DashboardBench;
let fake: FakeWhmcs;
let id: string;
let own: string;
beforeEach(async () => {
  ({ at, fake } = await openWhmcsShop());
  own = await at.token('client:42');
  ({ id } = (await at.sluice.purchases.create('svc-1', 'extra-50')).purchase);
  expect(fake.credit(42)).toBe('95.00');
});
afterEach(() => at.close());

const refund = (): Promise<unknown> => at.sluice.purchases.cancel(id, { refund: true }).catch(() => null);

/** Returns the purchases on the pages of the customer and of the operator, and in the answers to both. */
async function readAll() {
  const page = textOf(await (await Link.open(at, { client: '42' })).text('/services/svc-1'));
  const staff = textOf(await at.page('/services/svc-1', await at.login()));
  const read = async (path: string, token?: string): Promise<unknown> =>
    (await at.call(`GET ${path}`, token === undefined ? {} : { token })).json;
  const answers = [
    await read('/services/svc-1/purchases', own),
    await read('/purchases'),
    await read('/services/svc-1', own),
    await read('/services/svc-1'),
  ] as { purchases: { status: string; refund: string | null }[] }[];
  const shown = [page, staff].map((text) => /Purchases .*/.exec(text)?.[0] ?? '');
  return {
    states: answers.flatMap(({ purchases }) => purchases.map(({ status, refund: made }) => [status, made])),
    shown: shown.map((text) => /refunding \(in doubt\)|refunding|refunded/.exec(text)?.[0]),
  };
}
const four = <T>(one: T): T[] => [one, one, one, one];
const alarms = async (): Promise<[string, string | null, string][]> =>
  (await at.sluice.notices.alarms()).alarms.map(({ code, service, since }) => [code, service, since]);

it('shows a refund in doubt as such, and one that was made as refunded', async () => {
  const mend = fake.server.inject({ endpoint: 'AddCredit', when: 'before', times: 9, fault: { kind: 'cut' } });
  await refund();
  expect(fake.credit(42)).toBe('95.00');
  expect(await readAll()).toEqual({
    states: four(['refunding', 'in-doubt']),
    shown: ['refunding (in doubt)', 'refunding (in doubt)'],
  });
  expect(await alarms()).toMatchObject([['refund_in_doubt', 'svc-1', expect.anything()]]);
  mend();
  at.clock.advance(15 * 60_000);
  await refund();
  expect(fake.credit(42)).toBe('100.00');
  expect(await readAll()).toEqual({ states: four(['refunded', 'made']), shown: ['refunded', 'refunded'] });
  expect(await alarms()).toEqual([]);
});

it('alarms while a refund waits, since it was asked for', async () => {
  at.clock.advance(60 * 60_000);
  const since = new Date(at.clock.now()).toISOString();
  const mend = fake.server.inject({ endpoint: 'GetCredits', when: 'before', times: 9, fault: { kind: 'cut' } });
  await refund();
  expect(await readAll()).toEqual({ states: four(['refunding', 'waiting']), shown: ['refunding', 'refunding'] });
  expect(await alarms()).toEqual([['refund_waiting', 'svc-1', since]]);
  mend();
  await refund();
  expect(await readAll()).toEqual({ states: four(['refunded', 'made']), shown: ['refunded', 'refunded'] });
  expect(await alarms()).toEqual([]);
});

it('says on the page that bought it what became of a purchase', async () => {
  const session = await at.login();
  const key = 'of-this-page';
  const { purchase } = await at.sluice.purchases.create('svc-1', 'extra-50', { ref: key });
  const shown = async (): Promise<string> =>
    textOf(await at.page(`/services/svc-1/buy?package=extra-50&key=${key}`, session));
  expect(await shown()).toContain('It is not bought again.');
  const mend = fake.server.inject({ endpoint: 'GetCredits', when: 'before', times: 9, fault: { kind: 'cut' } });
  await at.sluice.purchases.cancel(purchase.id, { refund: true }).catch(() => null);
  expect(await shown()).toContain('Its price is being returned to your credit, and it is not bought again.');
  mend();
  await at.sluice.purchases.cancel(purchase.id, { refund: true });
  expect(await shown()).toContain('Its price was returned to your credit, and it is not bought again.');
});
