import { beforeEach, describe, expect, it } from '@jest/globals';
import { GB, useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link, toKey } from '../../test/share-link.js';

const at = useBenchForEach();
let cookie: string;

/** Starts with a service that has used 10 of 100 GB, and a client with credit for a package. */
beforeEach(async () => {
  await at.addService(1, 'c-1', 10);
  await at.sluice.poll();
  await at.sluice.credit.add('c-1', { amount: '10.00', currency: 'EUR' });
  cookie = await at.login();
});

const read = async (path: string): Promise<string> => textOf(await (await at.fetch(path, { cookie })).text());

/** Sends a form as its page does, and returns where it leads. */
async function send(action: string, fields: Record<string, string>): Promise<string> {
  const page = await (await at.fetch('/services/svc-1', { cookie })).text();
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ csrf, key: toKey(), ...fields });
  const answer = await at.fetch(`/services/svc-1/${action}`, { method: 'POST', cookie, body });
  expect(answer.status).toBe(303);
  return answer.headers.get('location') ?? '';
}

/** Lets the service exceed its quota. */
async function exceed(): Promise<void> {
  at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
  at.clock.advance(3_600_000);
  await at.sluice.poll();
}

describe('a release on the page of a service', () => {
  it('says where there was no hold', async () => {
    expect(await read(await send('release', {}))).toContain('There was no hold to release.');
  });

  it('says that the hold was released, and where another one stays', async () => {
    await at.sluice.holds.add('svc-1');
    expect(await read(await send('release', {}))).toContain('The hold was released.');
    await exceed();
    await at.sluice.holds.add('svc-1');
    const page = await read(await send('release', {}));
    expect(page).toContain('The hold was released; another one keeps the service held.');
    expect(page).toContain('or by the poll after a larger quota.');
  });

  it('until a date says that', async () => {
    await exceed();
    const page = await read(await send('release', { until: '2026-12-01' }));
    expect(page).toContain('Its quota and limits restrict nothing until that day.');
  });
});

it('the form of a purchase that was returned since says that, sent again', async () => {
  const fields = { package: 'extra-50', key: toKey() };
  const first = await send('buy', fields);
  expect(await read(first)).toContain('The package was bought.');
  const [purchase] = (await at.sluice.purchases.list()).purchases;
  await at.sluice.purchases.cancel(purchase?.id ?? '', { refund: true });
  const again = await send('buy', fields);
  expect(await read(again)).toContain('The price of this purchase was returned; it is not made again.');
});

it('automatic purchases are offered with what keeps them from being made', async () => {
  const link = await Link.open(at, { client: 'c-1', buy: true });
  const pages = async (): Promise<string[]> => [
    await read('/services/svc-1'),
    textOf(await link.text('/services/svc-1')),
  ];
  const words = ['Nothing is bought while the service is under observe.', 'lets nothing be bought by itself'];
  expect((await pages()).map((page, index) => page.includes(words[index] ?? ''))).toEqual([false, false]);
  await at.sluice.panels.observe('dcim');
  expect((await pages()).map((page, index) => page.includes(words[index] ?? ''))).toEqual([true, true]);
});
