import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';

const at = useBench(() =>
  startFlvxBench(`  year: { panel: relay, quota: { total: 500GB }, flvx: { tunnelId: 1 }, packages: [extra] }
  capped: { panel: relay, quota: { total: 900GB }, flvx: { tunnelId: 1 }, limits: [{ id: cap, window: cycle, allowance: 500GB, action: throttle }] }
  calendar: { panel: relay, quota: { total: 900GB }, flvx: { tunnelId: 1 }, limits: [{ id: cap, window: month, allowance: 800GB, action: throttle }] }
currency: EUR
packages: { extra: { traffic: 50GB, price: "5.00" } }
`),
);

let due = '';

/** Uses 510 GB on 5 November in a year that ends on `due`. */
async function useYear(product: string): Promise<number> {
  at.bench.clock.set(Date.parse('2026-11-05T12:00:00Z'));
  const values = { billing_cycle: 'annually', next_due_date: due, client: '42' };
  const user = await at.create(1, { product, values });
  const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await pollLater(at);
  at.panel.traffic(forward, 510 * GB);
  await pollLater(at);
  return forward;
}

/** Makes the year months, the present one of which began on 10 November; returns the codes of all notices since. */
async function changeToMonths(now: string): Promise<string[]> {
  at.bench.clock.set(Date.parse(now));
  await at.sluice.services.set('svc-1', { billing_cycle: 'monthly' });
  const polls = [await pollLater(at), await pollLater(at), await pollLater(at)];
  return polls.flatMap(({ report: { notices } }) => notices.map(({ code }) => code));
}

async function usedGb(): Promise<number> {
  return ((await at.sluice.services.show('svc-1')).usage?.totalBytes ?? Number.NaN) / GB;
}

describe.each(
  few(
    [
      ['in the midst of it', '2027-06-10'],
      ['in its last month', '2026-12-10'],
    ],
    2,
  ),
)('a year that becomes months %s', (_when, ofYear) => {
  beforeEach(() => {
    due = ofYear;
  });

  it('frees a service that is within its quota of the month', async () => {
    const forward = await useYear('year');
    const codes = await changeToMonths('2026-11-10T12:00:00Z');
    expect(await usedGb()).toBe(0);
    expect(at.panel.runningForwards()).toContain(forward);
    expect(codes).not.toContain('stopped_by_panel');
    for (const code of ['usage_fell', 'usage_dropped']) expect(codes).not.toContain(code);
  });

  it('counts only what was used since the month began', async () => {
    const forward = await useYear('year');
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    at.bench.clock.set(Date.parse('2026-11-09T20:00:00Z'));
    await pollLater(at);
    at.bench.clock.set(Date.parse('2026-11-12T12:00:00Z'));
    at.panel.traffic(forward, 3 * GB);
    await pollLater(at);
    await at.sluice.overrides.clear('svc-1');
    const codes = await changeToMonths('2026-11-20T12:00:00Z');
    expect(await usedGb()).toBe(3);
    expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
    at.panel.traffic(forward, 2 * GB);
    await pollLater(at);
    expect(await usedGb()).toBe(5);
    expect(at.panel.runningForwards()).toContain(forward);
    expect(codes).not.toContain('stopped_by_panel');
  });

  it('ends the hold of a limit of the cycle', async () => {
    await useYear('capped');
    expect((await at.sluice.services.show('svc-1')).holds).toMatchObject([{ reason: 'cap' }]);
    const codes = await changeToMonths('2026-11-10T12:00:00Z');
    expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
    for (const code of ['usage_fell', 'usage_dropped']) expect(codes).not.toContain(code);
  });

  it('goes on with a limit of the calendar', async () => {
    const forward = await useYear('calendar');
    at.bench.clock.set(Date.parse('2026-11-12T12:00:00Z'));
    await pollLater(at);
    at.panel.traffic(forward, 3 * GB);
    await changeToMonths('2026-11-20T12:00:00Z');
    const { limits } = await at.sluice.services.show('svc-1');
    expect(limits.find(({ id }) => id === 'cap')).toMatchObject({ used: 513 * GB });
    expect(await usedGb()).toBe(3);
  });

  it('keeps what was bought for the cycle', async () => {
    await useYear('year');
    await at.sluice.credit.add('42', { amount: '20', currency: 'EUR' });
    await at.sluice.purchases.create('svc-1', 'extra');
    await changeToMonths('2026-11-10T12:00:00Z');
    expect((await at.sluice.services.show('svc-1')).allowance?.allowedBytes).toBe(550 * GB);
  });
});
