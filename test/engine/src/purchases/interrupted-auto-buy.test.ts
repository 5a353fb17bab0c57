import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { openWorld, type World } from './world.js';

const RULE = { enabled: true, package: 'extra', thresholdGb: 10, maxPerCycle: 5 };

const statuses = async ({ store }: World): Promise<string[]> =>
  (await store.purchases.list()).map(({ status, actor }) => `${status} ${actor}`);

/** Opens a world in which a purchase of auto-buy is stored, and its run was killed before the charge. */
async function openInterrupted(): Promise<World> {
  for (let write = 1; ; write++) {
    const world = await openWorld(RULE);
    await world.books.addCredit('100.00');
    world.use(5);
    await world.sluice.poll();
    world.use(90);
    await world.killedAt(write, (sluice) => sluice.poll());
    const [row] = await world.store.purchases.list();
    if (row?.status === 'pending' && row.invoice === null && (await world.books.invoices()).length === 0) return world;
    await world.close();
  }
}

/** Opens a world in which the charge of a purchase of auto-buy has failed, and its run went on. */
async function openUncharged(gigabytes: number, credit = '100.00'): Promise<World> {
  const world = await openWorld(RULE);
  await world.books.addCredit(credit);
  world.use(5);
  await world.sluice.poll();
  world.use(gigabytes - 5);
  const answers = world.books.inject({ fault: 'cut', skip: 1, times: 1 });
  await world.sluice.poll();
  answers();
  expect(await statuses(world)).toEqual(['pending auto']);
  expect(await world.books.invoices()).toEqual([]);
  return world;
}

type Change = [string, (world: World) => Promise<unknown>];

const UNNEEDED: Change[] = [
  ['the quota is raised', ({ sluice }) => sluice.overrides.set('svc-1', { quota: '1000GB' })],
  ['the threshold is lowered', ({ sluice }) => sluice.autoBuy.set({ service: 'svc-1' }, { threshold: '1GB' })],
  ['the other direction counts', ({ sluice }) => sluice.overrides.set('svc-1', { mode: 'OUT', quota: '100GB' })],
  ['the client has bought another package', ({ sluice }) => sluice.purchases.create('svc-1', 'large')],
];

describe.each<[what: string, () => Promise<World>, Change[]]>([
  ['whose run was killed', openInterrupted, UNNEEDED],
  ['whose charge failed', () => openUncharged(92), UNNEEDED],
  [
    'whose charge failed for a service that is held',
    () => openUncharged(102),
    UNNEEDED.filter(([name]) => name !== 'the threshold is lowered'),
  ],
])('an automatic purchase %s', (_what, open, changes) => {
  it.each(few(changes, 2))('is not charged once %s', async (_name, change) => {
    const world = await open();
    await change(world);
    world.clock.advance(3_600_000);
    await world.sluice.poll();
    expect((await statuses(world)).filter((status) => status.endsWith(' auto'))).toEqual(['failed auto']);
    expect(await world.problems()).toEqual([]);
    await world.close();
  });

  it('is charged once while it is still needed', async () => {
    const world = await open();
    world.clock.advance(3_600_000);
    await world.sluice.poll();
    expect(await statuses(world)).toEqual(['paid auto']);
    expect(await world.problems()).toEqual([]);
    expect(await world.store.conditions.list('ordered_by:')).toEqual([]);
    await world.close();
  });
});

it.each([
  ['whose run was killed', openInterrupted],
  ['whose charge failed', () => openUncharged(92)],
])(
  'an automatic purchase %s is not charged by the reading before a raise that an outage has followed',
  async (_what, open) => {
    const world = await open();
    await world.sluice.overrides.set('svc-1', { quota: '1000GB' });
    world.clock.advance(3_600_000);
    const answers = world.books.inject({ fault: 'cut', skip: 0, times: 99 });
    const silent = world.panel.server.inject({ fault: { kind: 'cut' } });
    await world.sluice.poll();
    expect(await statuses(world)).toEqual(['pending auto']);
    answers();
    silent();
    await world.sluice.poll();
    expect(await statuses(world)).toEqual(['failed auto']);
    expect(await world.books.invoices()).toEqual([]);
    await world.close();
  },
);

it('an automatic purchase is not charged once all that may be bought would leave the service over its allowance', async () => {
  const world = await openUncharged(92);
  world.use(900);
  world.clock.advance(3_600_000);
  const answers = world.books.inject({ fault: 'cut', skip: 0, times: 99 });
  await world.sluice.poll();
  answers();
  await world.sluice.poll();
  expect(await statuses(world)).toEqual(['failed auto']);
  expect(await world.books.invoices()).toEqual([]);
  expect(await world.problems()).toEqual([]);
  await world.close();
});

it.each([
  ['5.00', ['failed auto'], '5.00'],
  ['10.00', ['paid auto', 'paid auto'], '0.00'],
])(
  'an automatic purchase of which more are needed by now is charged only if the credit reaches for all: %s',
  async (credit, expected, left) => {
    const world = await openUncharged(102, credit);
    world.use(58);
    const answers = world.books.inject({ fault: 'cut', skip: 0, times: 99 });
    await world.sluice.poll();
    answers();
    const { totals } = await world.sluice.poll();
    expect([await statuses(world), totals.held]).toEqual([expected, expected.length === 1 ? 1 : 0]);
    expect((await world.books.credit()).balance).toBe(left);
    expect(await world.problems()).toEqual([]);
    await world.close();
  },
);

it('an automatic purchase is not charged where the maximum leaves fewer than are needed by now', async () => {
  const world = await openWorld({ ...RULE, maxPerCycle: 2 });
  await world.books.addCredit('100.00');
  world.use(92);
  await world.sluice.poll();
  const [first] = await world.store.purchases.list();
  await world.sluice.purchases.cancel(first?.id ?? '', { refund: true });
  world.use(10);
  const charges = world.books.inject({ fault: 'cut', skip: 1, times: 1 });
  await world.sluice.poll();
  charges();
  expect(await statuses(world)).toEqual(['refunded auto', 'pending auto']);
  world.use(50);
  const answers = world.books.inject({ fault: 'cut', skip: 0, times: 99 });
  await world.sluice.poll();
  answers();
  await world.sluice.poll();
  expect(await statuses(world)).toEqual(['refunded auto', 'failed auto']);
  expect((await world.books.credit()).balance).toBe('100.00');
  expect(await world.problems()).toEqual([]);
  await world.close();
});
