import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DashboardBench } from '../../test/dashboard-bench.js';
import { startLineBench } from '../../test/line-bench.js';

let at: DashboardBench;

beforeAll(async () => {
  ({ at } = await startLineBench());
});
afterAll(() => at.close());

const read = async (query = ''): Promise<string> =>
  (await (await at.fetch(`/traffic${query}`, { cookie: await at.login() })).text()).replaceAll(/\s+/g, ' ');

it('leaves out lines, which have no bytes, and says so once', async () => {
  const alone = await read();
  expect(alone).toContain('left out: 1 service.');
  expect(alone).toContain('There are no services whose bytes are counted.');
  await at.addService(1, '42', 0);
  for (const query of ['', '?by=panel', '?range=cycle']) {
    const page = await read(query);
    expect(page).toContain('Of 1 service, from stored');
    expect(page).toContain('without a reading in this time, and in no sum: 1.');
    expect(page).not.toContain('line-1');
    expect(page).not.toMatch(/href="[^"]*voice/);
    expect(page.match(/left out/g)).toHaveLength(1);
  }
});
