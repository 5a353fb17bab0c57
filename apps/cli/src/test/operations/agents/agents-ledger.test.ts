import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DAY, GB, HOUR, MINUTE, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { AgentDetail, CheckReport, RunReport } from '@sluice/engine';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

const usedBy = async (agent = 'north'): Promise<number> => {
  at.bench.clock.advance(MINUTE + 1);
  return (await at.sluice(`agent show ${agent}`)).json<AgentDetail>().usedBytes / GB;
};
const run = async (words: string, ms = HOUR): Promise<RunReport> => {
  at.bench.clock.advance(ms);
  return (await at.sluice(words)).json<RunReport>();
};

describe('a usage that Sluice zeroed and the panel wrote back', () => {
  let svc: string;
  let innocent: string;
  beforeEach(async () => {
    at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace('total: 10GB', 'total: 100GB'));
    await at.sluice('agent limit north --gb 110');
    svc = await at.create(1, { product: 'agency' });
    innocent = at.panel.addUser({ agent: at.north, usageLimit: GB });
    at.panel.use(svc, 60 * GB);
    await run('reconcile');
    expect(await usedBy()).toBe(60);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await run('reconcile', 0);
    expect([at.panel.user(svc).currentUsage, await usedBy()]).toEqual([0, 60]);
  });
  const writeBack = (gb: number): void => {
    at.panel.changeUser(svc, { currentUsage: gb * GB });
  };
  const holds = async (): Promise<unknown[]> =>
    (await at.sluice('service show svc-1')).json<{ holds: unknown[] }>().holds;

  it('is not charged to its agent once more', async () => {
    writeBack(61);
    const again = await run('reconcile');
    expect(again.services[0]).toMatchObject({ status: 'ok', usage: { totalBytes: GB } });
    expect([at.panel.user(svc).currentUsage, await usedBy()]).toEqual([0, 61]);
    expect([at.panel.user(svc).enable, at.panel.user(innocent).enable, await holds()]).toEqual([true, true, []]);
    at.panel.use(svc, 2 * GB);
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(3 * GB);
    expect(await usedBy()).toBe(63);
  });

  it('is not charged when it comes back several runs later, nor when a check sees it first', async () => {
    for (const words of ['poll', 'agent check --all', 'reconcile']) await run(words, 5 * MINUTE);
    writeBack(61);
    await run('agent check --all', 5 * MINUTE);
    expect(await usedBy()).toBe(61);
    expect((await run('poll', 5 * MINUTE)).services[0]?.usage?.totalBytes).toBe(GB);
    expect(await usedBy()).toBe(61);
    at.panel.use(svc, 2 * GB);
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(3 * GB);
    expect([await usedBy(), at.panel.user(innocent).enable, await holds()]).toEqual([63, true, []]);
  });

  it('is charged to nobody when the second zeroing is undone as well', async () => {
    writeBack(61);
    await run('reconcile', 5 * MINUTE);
    writeBack(62);
    await run('reconcile', 5 * MINUTE);
    at.panel.use(svc, GB);
    const last = await run('reconcile', 5 * MINUTE);
    expect(last.services[0]).toMatchObject({ status: 'ok', usage: { totalBytes: 3 * GB }, holds: [] });
    expect(at.panel.user(svc).currentUsage).toBe(63 * GB);
    expect([await usedBy(), at.panel.user(innocent).enable]).toEqual([63, true]);
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
    expect(await usedBy()).toBe(60 + counts);
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(counts * GB);
    expect(await usedBy()).toBe(60 + counts);
  });

  it('counts what is really used once the zeroing has held', async () => {
    at.panel.use(svc, GB);
    await run('reconcile');
    at.panel.use(svc, 69 * GB);
    expect((await run('poll')).services[0]?.usage?.totalBytes).toBe(70 * GB);
    expect(await usedBy()).toBe(130);
  });
});

describe('a reset that the panel states', () => {
  it('is counted for service and agent when the counter has outgrown its old figure', async () => {
    at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace('30, mode: monthly', '30, mode: weekly'));
    await at.sluice('agent limit north --gb 500');
    const user = await at.create(1, { product: 'monthly', values: [`hiddify_agent_uuid=${at.north}`] });
    at.panel.use(user, 20 * GB);
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(20 * GB);
    at.bench.clock.advance(2 * DAY);
    at.panel.resetUsage(user);
    at.bench.clock.advance(HOUR);
    at.panel.use(user, 32 * GB);
    const [service] = (await run('reconcile')).services;
    expect(service).toMatchObject({ usage: { totalBytes: 52 * GB }, status: 'held' });
    expect(await usedBy()).toBe(52);
    // Once only.
    expect((await run('reconcile')).services[0]?.usage?.totalBytes).toBe(52 * GB);
    expect((await run('reconcile', DAY)).services[0]?.usage?.totalBytes).toBe(52 * GB);
    expect(await usedBy()).toBe(52);
  });
});

describe('a user that another agent gives away', () => {
  let south: string;
  beforeEach(async () => {
    south = at.panel.addAgent(undefined, { name: 'south' });
    await at.sluice('agent limit north --gb 50');
    await at.sluice('agent limit south --gb 500');
  });

  it('charges its new agent with what it uses from then on', async () => {
    const user = at.panel.addUser({ agent: south, usageLimit: 900 * GB });
    await at.check();
    at.panel.use(user, 400 * GB);
    await at.check();
    at.panel.moveUser(user, at.north);
    at.panel.use(user, GB);
    await at.check();
    expect([await usedBy(), await usedBy('south')]).toEqual([1, 400]);
    expect(at.panel.user(user).enable).toBe(true);
  });

  it('charges nothing of before when it was hidden until then', async () => {
    const hidden = at.panel.addUser({ agent: null, usageLimit: 900 * GB, currentUsage: 400 * GB });
    const others = [at.panel.addUser({ agent: at.north }), at.panel.addUser({ agent: at.north })];
    await at.check();
    at.panel.moveUser(hidden, at.north);
    await at.check();
    expect([await usedBy(), others.every((uuid) => at.panel.user(uuid).enable)]).toEqual([0, true]);
    at.panel.use(hidden, 2 * GB);
    await at.check();
    expect(await usedBy()).toBe(2);
  });

  it('counts in full when it is new', async () => {
    await at.check();
    const user = at.panel.addUser({ agent: at.north, usageLimit: 20 * GB });
    at.panel.use(user, 7 * GB);
    await at.check();
    expect(await usedBy()).toBe(7);
  });
});

describe('a user that nobody has seen before', () => {
  let other: string;
  beforeEach(async () => {
    await at.sluice('agent limit north --gb 50');
    other = at.panel.addUser({ agent: at.north, usageLimit: GB });
    await at.check();
  });
  const GIVEN = { usageLimit: 900 * GB, currentUsage: 400 * GB };

  it.each([
    ['has its first day before the last look', { startDate: '2026-11-01', lastOnline: '2026-11-20 12:01:00' }],
    ['was last online before the last look', { startDate: '2026-11-01', lastOnline: '2026-11-19 10:00:00' }],
    ['was never online', {}],
    ['cannot have used so much since', { startDate: '2026-11-20', lastOnline: '2026-11-20 12:09:00' }],
  ])('is charged with what it uses from then on when it %s, and is named', async (_what, row) => {
    const user = at.panel.addUser({ agent: at.north, name: 'restored', ...GIVEN, ...row });
    const { notices } = (await at.check()).json<CheckReport>();
    expect(notices.filter(({ code }) => code === 'agent_users_used_before')).toMatchObject([
      { message: expect.stringMatching(/"north".*400 GB.*"restored"/) as unknown },
    ]);
    expect([await usedBy(), at.panel.user(user).enable, at.panel.user(other).enable]).toEqual([0, true, true]);
    at.panel.use(user, 20 * GB);
    expect((await at.check()).json<CheckReport>().notices).toEqual([]);
    expect(await usedBy()).toBe(20);
  });

  it('is named also when another command than the check saw it first', async () => {
    at.panel.addUser({ agent: at.north, name: 'restored', ...GIVEN });
    expect(await usedBy()).toBe(0);
    const { notices } = (await at.check()).json<CheckReport>();
    expect(notices.map(({ code }) => code)).toContain('agent_users_used_before');
  });

  it('is not named once it counts, since the ledger of its agent was opened after it appeared', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    at.panel.addUser({ agent: south, name: 'restored', ...GIVEN });
    await at.check();
    await at.sluice('agent limit south --gb 500');
    const { agents, notices } = (await at.check()).json<CheckReport>();
    expect(agents.find(({ uuid }) => uuid === south)?.usedBytes).toBe(400 * GB);
    expect(notices.map(({ code }) => code)).not.toContain('agent_users_used_before');
  });

  it('is judged together with the others that appear beside it', async () => {
    for (let n = 0; n < 20; n += 1) at.panel.use(at.panel.addUser({ agent: at.north, usageLimit: 30 * GB }), 20 * GB);
    await at.check();
    expect([await usedBy(), at.panel.user(other).enable]).toEqual([0, true]);
  });

  it('gives its agent nothing free: what is used on a high counter counts, and so does what a deleted user used', async () => {
    const high = at.panel.addUser({ agent: at.north, ...GIVEN });
    await at.check();
    at.panel.use(high, 20 * GB);
    await at.check();
    at.panel.deleteUser(high);
    await at.check();
    for (let n = 0; n < 2; n += 1) {
      const again = at.panel.addUser({ agent: at.north, usageLimit: 900 * GB });
      at.panel.use(again, 20 * GB);
      await at.check();
      if (n === 0) at.panel.deleteUser(again);
    }
    expect([await usedBy(), at.panel.user(other).enable]).toEqual([60, false]);
  });
});
