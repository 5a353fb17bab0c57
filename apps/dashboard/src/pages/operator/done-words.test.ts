import { beforeEach, expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

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
