import type { AutoBuyView } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { useEach } from '../loop/polls.js';
import { useOpened } from '../bench/each-test.js';
import { addPaid } from './paid.js';
import { startShop } from './shop.js';

const [at, start] = useOpened(startShop);

const AUTO = ', autoBuy: { enabled: true, package: extra-50, thresholdGb: 10, maxPerCycle: 3 }';

async function open(product = AUTO, more = ''): Promise<void> {
  await start(product, more);
  await at.open(10);
}

describe('auto-buy', () => {
  it('buys before it holds, as many as bring the service above the threshold', async () => {
    await open();
    await at.pay('20');
    at.use(1, 79);
    expect((await at.pollReport()).totals.purchased).toBe(0);
    at.use(1, 81);
    const dry = await at.pollReport({ dryRun: true });
    expect(dry.notices.filter(({ code }) => code === 'would_buy')).toHaveLength(2);
    expect([dry.totals.held, await at.balance(), (await at.purchases()).length]).toEqual([0, '20.00', 0]);
    const { totals, services, notices } = await at.pollReport();
    expect(totals).toMatchObject({ purchased: 2, held: 0 });
    expect(services[0]).toMatchObject({ status: 'ok', allowance: { allowedBytes: 200 * GB } });
    expect(notices.filter(({ code }) => code === 'purchase')).toHaveLength(2);
    expect([at.portState(1), await at.balance()]).toEqual(['up', '10.00']);
    // The third is the last of the cycle.
    at.use(1, 25);
    expect((await at.pollReport()).totals.purchased).toBe(1);
    at.use(1, 70);
    const last = await at.pollReport();
    expect([last.totals.purchased, last.totals.held]).toEqual([0, 1]);
    expect(last.notices).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'auto_buy_refused' })]));
    expect([at.portState(1), await at.balance()]).toEqual(['down', '5.00']);
    expect((await at.purchases()).map(({ actor, status }) => [actor, status])).toEqual(
      Array.from({ length: 3 }, () => ['auto', 'paid']),
    );
    const shown = (await at.sluice.autoBuy.show({ service: 'svc-1' })).autoBuy;
    expect(shown).toMatchObject({ enabled: true, bought: 3, maxPerCycle: 3, source: 'product' });
  });

  it('without credit holds, says so once a cycle, and buys once there is credit', async () => {
    await open();
    at.use(1, 120);
    const first = await at.pollReport();
    expect([first.totals.held, first.totals.failed]).toEqual([1, 0]);
    expect(first.notices.map(({ code }) => code)).toContain('auto_buy_refused');
    expect((await at.pollReport()).notices.map(({ code }) => code)).not.toContain('auto_buy_refused');
    expect(await at.purchases()).toEqual([]);
    await at.pay('5');
    expect((await at.pollReport()).totals).toMatchObject({ purchased: 1, held: 0, released: 1 });
    expect(at.portState(1)).toBe('up');
  });

  it('without credit says so to the next client of the same cycle, too', async () => {
    await open();
    at.use(1, 120);
    await at.pollReport();
    at.bench.clock.advance(60_000);
    await at.sluice.services.set('svc-1', { client: '43' });
    for (let poll = 0; poll < 2; poll++) await at.pollReport();
    const told = (await at.bench.store.notices.list({})).filter(({ code }) => code === 'auto_buy_refused');
    // The end of the key is the cause, which decides what a client reads.
    expect(told.map(({ key }) => key.split(':').at(-1))).toEqual(['no-credit', 'no-credit']);
  });

  it.each([
    ['120', 'has 0.00 EUR of credit, and the package costs 5.00 EUR'],
    ['160', 'has 7.00 EUR of credit, and the 2 packages that are needed cost 10.00 EUR'],
  ])('says what is missing where the credit is too little, at %s GB of 100', async (used, words) => {
    await open();
    if (used === '160') await at.pay('7');
    at.use(1, Number(used) - 10);
    const { notices } = await at.pollReport();
    expect(notices.find(({ code }) => code === 'auto_buy_refused')?.message).toContain(`client 42 ${words}`);
    expect(await at.purchases()).toEqual([]);
  });

  it('buys nothing with which a hold would stay within the margin of its release', async () => {
    await open();
    at.use(1, 141);
    await at.pollReport();
    await at.pay('5');
    at.panel.answers.bandwidth.factor = 0.99;
    const { totals } = await at.pollReport();
    expect([totals.purchased, totals.held, await at.balance()]).toEqual([0, 1, '5.00']);
    const { notices } = await at.pollReport({ dryRun: true });
    expect(notices.find(({ code }) => code === 'auto_buy_refused')?.message).toContain(
      'the 2 packages that are needed cost 10.00 EUR',
    );
    await at.pay('5');
    expect((await at.pollReport()).totals).toMatchObject({ purchased: 2, held: 0, released: 1 });
    expect(at.portState(1)).toBe('up');
  });

  it('buys nothing under observe, for a manual or billing hold, or when that would not lift the service', async () => {
    await open();
    await at.pay('1000');
    await at.sluice.holds.add('svc-1');
    at.use(1, 85);
    expect((await at.pollReport()).totals.purchased).toBe(0);
    await at.sluice.holds.release('svc-1');
    await at.sluice.panels.observe('dcim');
    const observed = await at.pollReport();
    expect([observed.totals.purchased, observed.notices.map(({ code }) => code)]).toEqual([0, ['would_buy']]);
    await at.sluice.panels.enforce('dcim');
    at.use(1, 400);
    const { totals, notices } = await at.pollReport();
    expect([totals.purchased, totals.held]).toEqual([0, 1]);
    expect(notices.find(({ code }) => code === 'auto_buy_refused')?.message).toMatch(/would leave .* over/);
    expect(await at.balance()).toBe('1000.00');
    await at.sluice.autoBuy.set({ service: 'svc-1' }, { package: 'extra-10' });
    await at.bench.edit('extra-50, extra-10,', 'extra-50,');
    const unoffered = await at.pollReport();
    expect(unoffered.notices.find(({ code }) => code === 'auto_buy_refused')?.message).toMatch(
      /does not offer extra-10$/,
    );
  });

  it.each(['a protection', 'a release until a date'])(
    'buys nothing while %s keeps the quota from restricting',
    async (lift) => {
      await open();
      await at.pay('20');
      await (lift === 'a protection'
        ? at.sluice.services.set('svc-1', { protected_until: '2027-12-05' })
        : at.sluice.holds.release('svc-1', { until: '2027-12-05' }));
      at.use(1, 120);
      expect((await at.pollReport()).totals).toMatchObject({ purchased: 0, held: 0 });
      expect([await at.balance(), at.portState(1)]).toEqual(['20.00', 'up']);
    },
  );

  it.each([
    ['disable-ports', 0],
    ['suspend-order', 1],
  ])(
    'buys nothing while another limit restricts at least as much as the quota, and once that ends: %s',
    async (action, atOnce) => {
      await open(`${AUTO}, limits: [{ id: fair, window: day, allowance: 55GB, action: ${action} }]`);
      await at.pay('20');
      at.use(1, 85);
      const { totals, services } = await at.pollReport();
      expect([totals.purchased, services[0]?.holds.map(({ reason }) => reason)]).toEqual([atOnce, ['fair']]);
      expect((await at.purchases()).length).toBe(atOnce);
      at.bench.clock.set('2026-11-21T00:30:00Z');
      expect((await at.pollReport()).totals).toMatchObject({ purchased: 1 - atOnce, released: 1, held: 0 });
      expect([await at.balance(), at.portState(1)]).toEqual(['15.00', 'up']);
    },
  );

  it('counts towards the brake, which buys nothing', async () => {
    await start(AUTO);
    const numbers = [1, 2, 3, 4, 5, 6];
    for (const number of numbers) await at.addClientService(number);
    useEach(at, numbers, 1);
    await at.pollReport();
    await at.pay('1000');
    useEach(at, numbers, 92);
    await at.bench.edit('poll: {', 'poll: { brake: { atLeast: 5 },');
    await at.bench.edit('extra-50: {', 'extra-50: { name: Fifty more,');
    const stopped = await at.poll();
    expect(stopped.run.outcome).toBe('brake');
    const planned = await at.sluice.plan();
    expect(planned.run).toMatchObject({ outcome: 'done', changes: true });
    expect(planned.notices.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('svc-1 would buy Fifty more for 5.00'),
    );
    expect([await at.purchases(), await at.balance()]).toEqual([[], '1000.00']);
    expect((await at.pollReport({ allowMass: true })).totals.purchased).toBe(6);
    expect(await at.balance()).toBe('970.00');
  });

  it('shows a share of the allowance of now, also before the next run', async () => {
    await open();
    const set = (threshold: string) => at.sluice.autoBuy.set({ service: 'svc-1' }, { threshold });
    const shown = async () => (await at.sluice.autoBuy.show({ service: 'svc-1' })).autoBuy.thresholdBytes;
    expect((await set('10%')).autoBuy.thresholdBytes).toBe(10 * GB);
    await at.pay('5');
    await at.buy('svc-1', 'extra-50');
    expect([(await set('20%')).autoBuy.thresholdBytes, await shown()]).toEqual([30 * GB, 30 * GB]);
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    expect(await shown()).toBe(70 * GB);
    await at.pollReport();
    expect(await shown()).toBe(70 * GB);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    expect(await shown()).toBeNull();
  });

  it('buys by the top level alone', async () => {
    await open('', 'autoBuy: { enabled: true, package: extra-50 }\n');
    await at.pay('20');
    at.use(1, 85);
    expect((await at.pollReport()).totals).toMatchObject({ purchased: 1, held: 0 });
  });

  it('prefers the service, its client, its product, the top level, field by field', async () => {
    await open('', 'autoBuy: { enabled: false, package: extra-50, thresholdPercent: 5 }\n');
    const { autoBuy } = at.sluice;
    const service = { service: 'svc-1' };
    const shown = async (): Promise<AutoBuyView> => (await autoBuy.show(service)).autoBuy;
    expect(await shown()).toMatchObject({
      enabled: false,
      package: 'extra-50',
      thresholdBytes: 5 * GB,
      maxPerCycle: 5,
      source: 'global',
    });
    await autoBuy.set({ client: '42' }, { enabled: true, threshold: '20GB', maxPerCycle: 1 });
    expect(await shown()).toMatchObject({ enabled: true, thresholdBytes: 20 * GB, maxPerCycle: 1, source: 'client' });
    await autoBuy.set(service, { package: 'extra-10', threshold: '30%' });
    expect(await shown()).toMatchObject({
      ...{ enabled: true, package: 'extra-10', thresholdBytes: 30 * GB, maxPerCycle: 1, source: 'client' },
    });
    await at.pay('20');
    at.use(1, 65);
    expect((await at.pollReport()).totals.purchased).toBe(1);
    expect(await at.balance()).toBe('18.50');
    await autoBuy.set(service, { enabled: false });
    expect(await shown()).toMatchObject({ enabled: false, source: 'service' });
    await autoBuy.clear(service);
    expect(await shown()).toMatchObject({ enabled: true, package: 'extra-50', source: 'client' });
    for (const request of [{}, { maxPerCycle: -1 }, { threshold: 'many' }])
      await expect(autoBuy.set(service, request)).rejects.toMatchObject({ kind: 'usage' });
    await expect(autoBuy.set(service, { package: 'other' })).rejects.toMatchObject({ code: 'package_not_offered' });
    await expect(autoBuy.set({ client: '99' }, { enabled: true })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('counts towards the maximum what it bought in a cycle that a wrong clock opened', async () => {
    await open();
    await at.pay('100');
    const { cycles } = at.bench.store;
    const [present] = await cycles.ofService('svc-1');
    if (present === undefined) throw new Error('no cycle');
    const openedAt = '2026-12-31T12:00:00.000Z';
    const future = { start: '2026-12-15T00:00:00.000Z', end: '2027-01-15T00:00:00.000Z', openedAt };
    await cycles.put([
      { ...present, closedAt: openedAt },
      { ...present, id: 'cyc-future', ...future, inBytes: 0, outBytes: 0, totalBytes: 0 },
    ]);
    const bought = { cycle: 'cyc-future', bytes: 50 * GB, actor: 'auto' } as const;
    for (const id of ['buy-1', 'buy-2', 'buy-3']) await addPaid(at.bench, { id, ...bought });
    at.use(1, 235);
    const { totals, services, notices } = await at.pollReport();
    expect(services[0]).toMatchObject({ status: 'ok', allowance: { allowedBytes: 250 * GB } });
    expect([totals.purchased, await at.balance()]).toEqual([0, '100.00']);
    expect(notices.find(({ code }) => code === 'auto_buy_refused')?.message).toContain('the maximum of 3 purchases');
  });
});
