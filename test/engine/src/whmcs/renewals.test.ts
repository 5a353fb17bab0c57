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
