import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { DAY, GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import type { RunReport } from '@sluice/engine';

const at = useBench(startHiddifyBench);

async function run(what: 'poll' | 'reconcile', ms = HOUR): Promise<RunReport> {
  at.bench.clock.advance(ms);
  return at.sluice[what]();
}

describe('a usage that Sluice zeroed and the panel wrote back', () => {
  let svc: string;
  let innocent: string;
  beforeEach(async () => {
    await at.bench.edit('total: 10GB', 'total: 100GB');
    await at.limit('north', 110);
    svc = await at.create(1, { product: 'agency' });
    innocent = at.panel.addUser({ agent: at.north, usageLimit: GB });
    at.panel.use(svc, 60 * GB);
    await run('reconcile');
    expect(await at.usedBy()).toBe(60);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await run('reconcile', 0);
    expect([at.panel.user(svc).currentUsage, await at.usedBy()]).toEqual([0, 60]);
  });
  const writeBack = (gb: number): void => {
    at.panel.changeUser(svc, { currentUsage: gb * GB });
  };
  const holds = (): Promise<string[]> => at.reasons('svc-1');

  it('is not charged to its agent once more', async () => {
    writeBack(61);
    const again = await run('reconcile');
    expect(again.services[0]).toMatchObject({ status: 'ok', usage: { totalBytes: GB } });
    expect([at.panel.user(svc).currentUsage, await at.usedBy()]).toEqual([0, 61]);
    expect([at.panel.user(svc).enable, at.panel.user(innocent).enable, await holds()]).toEqual([true, true, []]);
    at.panel.use(svc, 2 * GB);
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(3 * GB);
    expect(await at.usedBy()).toBe(63);
  });

  it('is not charged when it comes back several runs later, nor when a check sees it first', async () => {
    await run('poll', 5 * MINUTE);
    await at.check();
    await run('reconcile', 5 * MINUTE);
    writeBack(61);
    await at.check();
    expect(await at.usedBy()).toBe(61);
    expect((await run('poll', 5 * MINUTE)).services[0]?.usage?.totalBytes).toBe(GB);
    expect(await at.usedBy()).toBe(61);
    at.panel.use(svc, 2 * GB);
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(3 * GB);
    expect([await at.usedBy(), at.panel.user(innocent).enable, await holds()]).toEqual([63, true, []]);
  });

  it('is charged to nobody when the second zeroing and those after it are undone as well', async () => {
    writeBack(61);
    await run('reconcile', 5 * MINUTE);
    writeBack(62);
    await run('reconcile', 5 * MINUTE);
    at.panel.use(svc, GB);
    const last = await run('reconcile', 5 * MINUTE);
    expect(last.services[0]).toMatchObject({ status: 'ok', usage: { totalBytes: 3 * GB }, holds: [] });
    expect([at.panel.user(svc).currentUsage, await at.usedBy()]).toEqual([0, 63]);
    writeBack(64);
    expect((await run('reconcile', 5 * MINUTE)).services[0]?.usage?.totalBytes).toBe(4 * GB);
    at.panel.use(svc, GB);
    expect((await run('reconcile')).services[0]).toMatchObject({ usage: { totalBytes: 5 * GB }, holds: [] });
    expect([await at.usedBy(), at.panel.user(innocent).enable]).toEqual([65, true]);
  });

  it.each([
    ['counts for service and agent when it was used later than a figure can be written back', 61, 61],
    ['counts for neither when nobody was online since the zeroing', 0, 1],
  ])('%s', async (_what, gbLater, counts) => {
    if (gbLater === 0) writeBack(60);
    if (gbLater === 0) at.panel.use(svc, GB);
    at.bench.clock.advance(2 * DAY);
    if (gbLater > 0) at.panel.use(svc, gbLater * GB);
    expect((await run('reconcile', 0)).services[0]?.usage?.totalBytes).toBe(counts * GB);
    expect(await at.usedBy()).toBe(60 + counts);
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(counts * GB);
    expect(await at.usedBy()).toBe(60 + counts);
  });

  it('counts what is really used once the zeroing has held', async () => {
    at.panel.use(svc, GB);
    await run('reconcile');
    at.panel.use(svc, 69 * GB);
    expect((await run('poll')).services[0]?.usage?.totalBytes).toBe(70 * GB);
    expect(await at.usedBy()).toBe(130);
  });
});

describe('a reset that the panel states', () => {
  it('is counted for service and agent when the counter has outgrown its old figure', async () => {
    await at.bench.edit('30, mode: monthly', '30, mode: weekly');
    await at.limit('north', 500);
    const user = await at.create(1, { product: 'monthly', values: { hiddify_agent_uuid: at.north } });
    at.panel.use(user, 20 * GB);
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(20 * GB);
    at.bench.clock.advance(2 * DAY);
    at.panel.resetUsage(user);
    at.bench.clock.advance(HOUR);
    at.panel.use(user, 32 * GB);
    const [service] = (await run('reconcile')).services;
    expect(service).toMatchObject({ usage: { totalBytes: 52 * GB }, status: 'held' });
    expect(await at.usedBy()).toBe(52);
    // Once only.
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(52 * GB);
    expect((await run('reconcile', DAY)).services[0]?.usage?.totalBytes).toBe(52 * GB);
    expect(await at.usedBy()).toBe(52);
  });
});
