import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useOpened } from '../bench/each-test.js';
import { HOUR, MINUTE, NO_DOUBT } from '../bench/engine-bench.js';
import { addUnknownLine } from '../loop/doubts.js';
import { startShop } from './shop.js';

const [at, start] = useOpened(startShop);

const AUTO = ', autoBuy: { enabled: true, package: extra-50, thresholdGb: 10, maxPerCycle: 5 }';

/** Lets this traffic pass in steps of at most 40 GB, and returns the last poll. */
async function useSteps(...steps: number[]): Promise<RunReport> {
  for (const step of steps.slice(0, -1)) {
    at.use(1, step);
    await at.poll();
  }
  at.use(1, steps.at(-1) ?? 0);
  return at.poll();
}

/** Polls an hour later while the panel shows so many times the usage. */
async function pollShowing(factor: number, ms = HOUR): Promise<RunReport> {
  at.panel.answers.bandwidth.factor = factor;
  return at.pollAfter(ms);
}

function expectDoubted({ services, totals, notices }: RunReport): void {
  expect(services[0]).toMatchObject({ status: 'doubted', error: { code: 'impossible_jump' } });
  expect(services[0]?.error?.message).toContain('nothing is bought');
  expect([totals.purchased, notices.map(({ code }) => code)]).toEqual([0, ['impossible_jump']]);
}

beforeEach(async () => {
  await start(AUTO);
  await at.bench.edit(NO_DOUBT, 'poll: { interval: 1h }');
  await addUnknownLine(at, { client: '42' });
  await useSteps(30);
});

describe('auto-buy by one jump of the usage', () => {
  it('buys nothing until a later reading confirms it, although no hold would begin', async () => {
    await at.pay('20');
    expectDoubted(await pollShowing(3.1));
    expect((await pollShowing(1)).services[0]).toMatchObject({ status: 'ok', error: null });
    expect(await at.balance()).toBe('20.00');

    expectDoubted(await useSteps(63));
    expect((await at.pollAfter(MINUTE / 2)).totals.purchased).toBe(0);
    expect((await at.pollAfter(MINUTE)).totals.purchased).toBe(1);
    expect(await at.balance()).toBe('15.00');
  });

  it('buys for a service that is held only what two readings ask for', async () => {
    expect((await useSteps(35, 40)).totals.held).toBe(1);
    await at.pay('20');
    const doubted = await pollShowing(1.6);
    expectDoubted(doubted);
    expect([doubted.services[0]?.holds.length, at.portState(1)]).toEqual([1, 'down']);
    expect((await pollShowing(1)).totals).toMatchObject({ purchased: 1, released: 1 });
    expect([await at.balance(), at.portState(1)]).toEqual(['15.00', 'up']);
  });

  it('is not doubted again while the brake stops the runs that it was confirmed in', async () => {
    await at.pay('20');
    await at.bench.edit('poll: {', 'poll: { brake: { share: 1%, atLeast: 1 },');
    expectDoubted(await useSteps(63));
    for (let run = 0; run < 3; run += 1) {
      const braked = await at.pollAfter(HOUR);
      expect([braked.error?.code, braked.totals.doubted]).toEqual(['mass_change', 0]);
    }
    expect(await at.balance()).toBe('20.00');
    expect((await at.pollAfter(HOUR, { allowMass: true })).totals.purchased).toBe(1);
  });

  it('buys at once what mass changes allow, and by steps of up to half of the allowance', async () => {
    await at.pay('20');
    expect((await useSteps(40, 21)).totals.purchased).toBe(1);
    at.use(1, 80);
    expect((await at.pollReport({ allowMass: true })).totals.purchased).toBe(1);
    expect(await at.balance()).toBe('10.00');
  });

  it('buys nothing where nothing is to be bought automatically, and believes the reading', async () => {
    await at.sluice.autoBuy.set({ service: 'svc-1' }, { enabled: false });
    expect((await useSteps(63)).services[0]).toMatchObject({ status: 'ok', error: null });
  });
});
