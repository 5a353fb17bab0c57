import { describe, expect, it } from '@jest/globals';
import type { ServiceView } from '@sluice/engine';
import { DAY, GB } from '../bench/engine-bench.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startWhmcsBench);

/** A service that is due on 15 December, read once in its cycle. */
const begin = async (overdue: string): Promise<void> => {
  await open({ more: `poll: { overdue: ${overdue}, doubt: { jump: off } }` });
  at.addService(1);
  await at.sync();
  at.panel.addTraffic(501, { in: 20 * GB, out: 0 });
  at.bench.clock.advance(DAY);
  await at.poll();
};
const poll = async (): Promise<ServiceView> => {
  const { services } = await at.poll({ allowMass: true });
  return services[0]!;
};
/** The state in short: status, cycle, holds. */
const state = ({ status, cycle, holds }: ServiceView): string =>
  [status, cycle?.start.slice(0, 10), cycle?.end.slice(0, 10), ...holds.map(({ reason }) => reason)].join(' ');
const renew = async (due: string): Promise<void> => {
  at.whmcs.service(1).nextDueDate = due;
  expect((await at.sync()).run.outcome).toBe('done');
};
/** Moves the clock to the 17th of December: overdue for two days. */
const becomeOverdue = (): void => {
  at.bench.clock.advance(26 * DAY);
};
const cycles = async (): Promise<string[]> => {
  const history = await at.sluice.usage.history('whmcs-1');
  return history.cycles.map(({ start, end }) => `${start.slice(0, 10)} ${end.slice(0, 10)}`);
};

describe('a service that is overdue in WHMCS', () => {
  it('is metered in the next cycle, which a late payment keeps', async () => {
    await begin('meter');
    becomeOverdue();
    expect(state(await poll())).toBe('ok 2026-12-15 2027-01-15');
    await renew('2027-01-15');
    expect(state(await poll())).toBe('ok 2026-12-15 2027-01-15');
    expect(await cycles()).toHaveLength(2);
  });

  it('is held until it is paid late, and released by the next poll', async () => {
    await begin('hold');
    becomeOverdue();
    expect(state(await poll())).toMatch(/^held .* billing$/);
    expect(at.panel.order(901).status).toBe('suspended');
    await at.sync();
    expect(state(await poll())).toMatch(/^held .* billing$/);
    await renew('2027-01-15');
    expect(state(await poll())).toBe('ok 2026-12-15 2027-01-15');
    expect(at.panel.order(901).status).toBe('active');
  });

  it('is held although it is paid, as long as WHMCS says that it is suspended', async () => {
    await begin('hold');
    becomeOverdue();
    await poll();
    at.whmcs.service(1).status = 'Suspended';
    await renew('2027-01-15');
    expect(state(await poll())).toMatch(/^held .* billing$/);
    at.whmcs.service(1).status = 'Active';
    await at.sync();
    expect(state(await poll())).toBe('ok 2026-12-15 2027-01-15');
  });

  it('is left alone with "ignore" until it is paid', async () => {
    await begin('ignore');
    becomeOverdue();
    expect((await poll()).status).toBe('skipped');
    await renew('2027-01-15');
    expect(state(await poll())).toBe('ok 2026-12-15 2027-01-15');
  });
});

/** Takes the due date of the service away in WHMCS. */
const free = async (billingCycle: string): Promise<void> => {
  Object.assign(at.whmcs.service(1), { billingCycle, nextDueDate: null });
  const { run, changes } = await at.sync();
  const fields = [{ key: 'next_due_date', before: '2026-12-15', after: null }];
  expect([run.outcome, changes]).toEqual(['done', [{ id: 'whmcs-1', change: 'changed', fields }]]);
};

describe('a service that is not due any more in WHMCS', () => {
  it.each([
    ['hold', 'Free Account'],
    ['ignore', 'One Time'],
  ])('is metered in its cycles with "%s" as %s', async (overdue, billingCycle) => {
    await begin(overdue);
    await free(billingCycle);
    expect((await at.sync()).totals.unchanged).toBe(1);
    expect(state(await poll())).toBe('ok 2026-11-15 2026-12-15');
    becomeOverdue();
    expect((await at.sync()).run.outcome).toBe('done');
    expect(state(await poll())).toBe('ok 2026-12-15 2027-01-15');
    expect(at.panel.order(901).status).toBe('active');
    expect(await at.sluice.services.show('whmcs-1')).toMatchObject({ billingCycle: 'monthly', nextDueDate: null });
    expect(await cycles()).toHaveLength(2);
  });

  it('is released, where it was held as overdue, and due again once WHMCS says so', async () => {
    await begin('hold');
    becomeOverdue();
    expect(state(await poll())).toMatch(/^held .* billing$/);
    await free('Free Account');
    expect(state(await poll())).toBe('ok 2026-12-15 2027-01-15');
    Object.assign(at.whmcs.service(1), { billingCycle: 'Monthly' });
    await renew('2026-12-16');
    expect(state(await poll())).toMatch(/^held .* billing$/);
    expect((await at.sluice.services.show('whmcs-1')).refs).not.toHaveProperty('billing_cycle_from');
  });

  it('has the cycle that a command sets, and is due only until the next sync', async () => {
    await begin('hold');
    await free('Free Account');
    await at.sluice.services.set('whmcs-1', { billing_cycle: 'quarterly', next_due_date: '2026-12-01' });
    expect((await at.sync()).totals.changed).toBe(1);
    becomeOverdue();
    expect(state(await poll())).toBe('ok 2026-12-15 2027-03-01');
    await at.sync();
    expect(await at.sluice.services.show('whmcs-1')).toMatchObject({ billingCycle: 'quarterly', nextDueDate: null });
  });

  it('is added with a cycle by command, where its product has a quota', async () => {
    await begin('hold');
    at.addService(2);
    Object.assign(at.whmcs.service(2), { billingCycle: 'One Time', nextDueDate: null });
    const { problems } = await at.sync();
    expect(problems.map(({ key }) => key)).toEqual(['billing_cycle', 'next_due_date']);
    const own = { panel: 'dcim', product: 'ports', easydcim_service_id: '502' };
    await at.sluice.services.add('whmcs-2', { ...own, billing_cycle: 'monthly', next_due_date: '2026-12-01' });
    expect(await at.sync()).toMatchObject({ run: { outcome: 'done' }, totals: { changed: 1 } });
    becomeOverdue();
    const { services } = await at.poll({ allowMass: true });
    expect(services.slice(1).map(state)).toEqual(['ok 2026-12-01 2027-01-01']);
    expect((await at.sluice.services.show('whmcs-2')).refs).toMatchObject({ billing_cycle_from: '2026-12-01' });
  });
});

describe('a due date that WHMCS moves', () => {
  it('keeps the open cycle when paid early, and amends it when moved to another day', async () => {
    await begin('meter');
    await renew('2027-01-15');
    expect(state(await poll())).toBe('ok 2026-11-15 2026-12-15');
    await renew('2026-12-20');
    const amended = await poll();
    expect(state(amended)).toMatch(/^ok \S+ 2026-12-20$/);
    expect(amended.usage?.totalBytes).toBe(20 * GB);
    expect(await cycles()).toHaveLength(1);
    becomeOverdue();
    await renew('2027-01-20');
    at.bench.clock.advance(10 * DAY);
    expect(state(await poll())).toBe('ok 2026-12-20 2027-01-20');
    expect(await cycles()).toHaveLength(2);
  });
});
