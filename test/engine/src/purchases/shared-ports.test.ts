import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { addSharer } from '../easydcim/sharers.js';
import { startShop } from './shop.js';

const [at, start] = useOpened(startShop);

const state = (): string => at.panel.port(7001).adminState;

/** Two services of client 42 with one port, both held since there was no credit. */
async function holdBoth(): Promise<void> {
  await start(
    ', allowSharedPorts: true, autoBuy: { enabled: true, package: extra-50, thresholdGb: 10, maxPerCycle: 3 }',
  );
  for (const [id, number] of [
    ['a', 501],
    ['b', 502],
  ] as const)
    await addSharer(at, { id, number, server: 77, ports: [7001], values: { client: '42' } });
  await at.pollReport();
  at.use(1, 120);
  at.use(2, 120);
  expect((await at.pollReport({ allowMass: true })).totals.held).toBe(2);
  expect(state()).toBe('down');
  await at.pay('100');
}

it('what is bought for both of two services with one port releases both', async () => {
  await holdBoth();
  expect((await at.pollReport({ allowMass: true })).totals).toMatchObject({ purchased: 2, held: 0 });
  expect([state(), await at.balance()]).toEqual(['up', '90.00']);
});

it('nothing is bought for a service whose port stays down for another one that got nothing', async () => {
  await holdBoth();
  const release = await at.bench.takeLease('service:a');
  const { totals, notices } = await at.pollReport({ allowMass: true });
  expect([totals.purchased, await at.balance()]).toEqual([0, '100.00']);
  expect(notices.filter(({ code, service }) => code === 'auto_buy_refused' && service === 'b')).toMatchObject([
    { message: expect.stringContaining('a shares it') },
  ]);
  await release();
  expect((await at.pollReport({ allowMass: true })).totals).toMatchObject({ purchased: 2, held: 0 });
  expect([state(), await at.balance()]).toEqual(['up', '90.00']);
});
