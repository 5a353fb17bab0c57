import { expect, it } from '@jest/globals';
import { startForEachTest } from '../each-test.js';
import { startEasyDcimBench } from '../easydcim-bench.js';

const SALE = 'currency: EUR\npackages: { extra: { traffic: 1TB, price: "10.00" } }\n';
const at = startForEachTest(() => startEasyDcimBench(SALE));

it('a restore from no file asks nothing', async () => {
  await at.addService(1);
  const ask = (): Promise<string> => Promise.reject(new Error('asked'));
  for (const name of ['nofile', '.']) {
    const { exitCode, stderr } = await at.bench.sluice(`db restore ${name}`, { ask });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Name the file of a backup.')]);
  }
});

it('a report for a client without a service advises no credit', async () => {
  const { exitCode, stderr } = await at.bench.sluice('report --client nosuch');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Correct "nosuch": "sluice service list')]);
  expect(stderr).not.toContain('credit');
});

it('purchase list has ids that can be copied, however narrow', async () => {
  at.bench.edit('action: disable-ports }', 'action: disable-ports, packages: [extra] }');
  await at.addService(1, { values: ['client=client-with-a-long-name-1'] });
  at.use(1, 1);
  await at.poll();
  await at.bench.sluice('credit add client-with-a-long-name-1 50 --currency EUR');
  expect((await at.bench.sluice('purchase create svc-1 extra')).exitCode).toBe(0);
  const { purchases } = (await at.bench.sluice('purchase list --json')).json<{ purchases: { id: string }[] }>();
  at.bench.env['COLUMNS'] = '60';
  const { stdout } = await at.bench.sluice('purchase list');
  expect(stdout).toContain(purchases[0]?.id ?? 'none');
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});
