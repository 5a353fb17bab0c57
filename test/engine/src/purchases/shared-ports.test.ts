import { expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { during } from '../bench/during.js';
import { useOpened } from '../bench/each-test.js';
import { killedAtWrite } from '../bench/intercept.js';
import { HOUR } from '../bench/engine-bench.js';
import { addSharer } from '../easydcim/sharers.js';
import { startShop } from './shop.js';

const [at, start] = useOpened(startShop);

const state = (): string => at.panel.port(7001).adminState;

/** Two services of client 42 with one port, both held since there was no credit. */
async function holdBoth(credit = '100'): Promise<void> {
  await start(
    ', allowSharedPorts: true, autoBuy: { enabled: true, package: extra-50, thresholdGb: 10, maxPerCycle: 3 }',
  );
  for (const [id, number] of [
    ['a', 501],
    ['b', 502],
  ] as const)
    await addSharer(at, { id, number, order: number + 400, server: 77, ports: [7001], values: { client: '42' } });
  await at.addClientService(3);
  await at.pollReport();
  at.use(1, 120);
  at.use(2, 120);
  expect((await at.pollReport({ allowMass: true })).totals.held).toBe(2);
  expect(state()).toBe('down');
  await at.pay(credit);
}

it('what is bought for both of two services with one port releases both', async () => {
  await holdBoth();
  expect((await at.pollReport({ allowMass: true })).totals).toMatchObject({ purchased: 2, held: 0 });
  expect([state(), await at.balance()]).toEqual(['up', '90.00']);
});

/** Kills polls until one has stored what it buys first, and not charged it yet. */
async function killBeforeCharge(): Promise<void> {
  for (let write = 1; ; write++) {
    const { store } = killedAtWrite(at.bench.store, write);
    await at.bench.inAnother((sluice) => sluice.poll({ allowMass: true }).catch(() => null), { store });
    const rows = await at.bench.store.purchases.list();
    if (rows.some(({ status, invoice }) => status === 'pending' && invoice === null)) return;
    if (rows.length > 0) throw new Error('no poll was killed between a purchase and its charge');
  }
}

type Side = 'a' | 'b';

it.each<[string, () => unknown]>(
  few(
    [
      ['the credit is less by now', () => at.buy('svc-3', 'extra-50')],
      [
        'staff have stopped the other one',
        () => {
          at.panel.staffSuspendOrder(902, 'abuse');
        },
      ],
      ['the other one is suspended', () => at.sluice.holds.add('b')],
    ],
    2,
  ),
)('a purchase that was stored and not charged is not charged alone where %s', async (_what, change) => {
  await holdBoth('10');
  await killBeforeCharge();
  await change();
  const before = await at.balance();
  const { totals } = await at.pollAfter(HOUR, { allowMass: true });
  expect([totals.purchased, await at.balance(), state()]).toEqual([0, before, 'down']);
});

it('a purchase that was stored and not charged is bought with what the other one needs', async () => {
  await holdBoth();
  await killBeforeCharge();
  expect((await at.pollAfter(HOUR, { allowMass: true })).totals).toMatchObject({ purchased: 2, held: 0 });
  expect([state(), await at.balance()]).toEqual(['up', '90.00']);
});

it.each<[Side, Side]>(
  few(
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    2,
  ),
)('nothing is bought while another run has %s, which shares its port with %s', async (left, other) => {
  await holdBoth();
  const release = await at.bench.takeLease(`service:${left}`);
  const { totals, notices } = await at.pollReport({ allowMass: true });
  expect([totals.purchased, await at.balance()]).toEqual([0, '100.00']);
  expect(notices.filter(({ code, service }) => code === 'auto_buy_refused' && service === other)).toMatchObject([
    { message: expect.stringContaining(`${left} shares it`) },
  ]);
  await release();
  expect((await at.pollReport({ allowMass: true })).totals).toMatchObject({ purchased: 2, held: 0 });
  expect([state(), await at.balance()]).toEqual(['up', '90.00']);
});

it.each<[Side, Side]>(
  few(
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    2,
  ),
)('nothing is bought where a command changed %s meanwhile, which shares its port with %s', async (left) => {
  await holdBoth();
  const { totals } = await during(
    at.panel.server,
    () => true,
    () => at.pollReport({ allowMass: true }),
    () => at.sluice.overrides.set(left, { quota: '101GB' }),
  );
  expect([totals.purchased, await at.balance(), state()]).toEqual([0, '100.00', 'down']);
  expect((await at.pollReport({ allowMass: true })).totals).toMatchObject({ purchased: 2, held: 0 });
});

it.each<[Side, number, Side]>(
  few(
    [
      ['a', 901, 'b'],
      ['b', 902, 'a'],
    ],
    2,
  ),
)(
  'nothing is bought while staff have stopped %s (order %d), which shares its port with %s',
  async (left, order, other) => {
    await holdBoth();
    at.panel.staffSuspendOrder(order, 'abuse');
    const { totals, notices } = await at.pollAfter(HOUR, { allowMass: true });
    expect([totals.purchased, await at.balance()]).toEqual([0, '100.00']);
    expect(notices.filter(({ code }) => code === 'auto_buy_refused')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ service: left, message: expect.stringContaining(`order ${order}`) }),
        expect.objectContaining({ service: other, message: expect.stringContaining(`${left} shares it`) }),
      ]),
    );
    at.panel.staffUnsuspendOrder(order);
    expect((await at.pollAfter(HOUR, { allowMass: true })).totals).toMatchObject({ purchased: 2, held: 0 });
    expect([state(), await at.balance()]).toEqual(['up', '90.00']);
  },
);
