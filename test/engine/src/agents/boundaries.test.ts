import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';
import type { CheckReport } from '@sluice/engine';

const LIMIT = 10 * GB;

/** How an agent comes to a figure, as each accounting counts it. */
const ways = [
  {
    accounting: 'consumed',
    fill: (at: HiddifyBench, bytes: number) => {
      at.panel.use(at.panel.addUser({ agent: at.north }), bytes);
    },
  },
  {
    accounting: 'panel',
    fill: (at: HiddifyBench, bytes: number) => at.panel.addUser({ agent: at.north, currentUsage: bytes }),
  },
  {
    accounting: 'allocated',
    fill: (at: HiddifyBench, bytes: number) => at.panel.addUser({ agent: at.north, usageLimit: bytes }),
  },
] as const;

describe.each(ways)('counted by $accounting', ({ accounting, fill }) => {
  const at = useBench(() => startHiddifyBench({ agents: `{ accounting: ${accounting} }` }));
  beforeEach(() => at.limit('north', 10));

  const check = (): Promise<CheckReport> => at.check();
  const canCreate = (gb: number, agent = 'north') => at.sluice.agents.canCreateUser(agent, Math.round(gb * GB));
  const disabled = (): number => at.panel.listUsers(at.north).filter(({ enable }) => !enable).length;
  const isFullOver = accounting !== 'allocated';

  it.each(
    few(
      [
        ['one byte under', LIMIT - 1, false],
        ['exactly full', LIMIT, isFullOver],
        ['one byte over', LIMIT + 1, true],
      ] as const,
      2,
    ),
  )('%s: exceeded is right, and the users follow', async (_what, bytes, exceeded) => {
    fill(at, bytes);
    const { agents, totals } = await check();
    expect(agents[0]).toMatchObject({ usedBytes: bytes, exceeded, remainingBytes: Math.max(0, LIMIT - bytes) });
    expect([totals.exceeded, disabled()]).toEqual(exceeded ? [1, 1] : [0, 0]);
  });

  it('a new user may exactly fill the limit and not take one byte more', async () => {
    fill(at, 9 * GB);
    await check();
    const can = await canCreate(1);
    expect(can).toEqual({ allowed: true, reason: null, remainingBytes: GB });
    fill(at, 1);
    await check();
    const cannot = await canCreate(1);
    expect(cannot).toMatchObject({ allowed: false, remainingBytes: GB - 1 });
    await expect(at.createUser('north', 'x', 1)).rejects.toMatchObject({
      code: 'agent_limit',
      details: { binding: at.north, remainingBytes: GB - 1 },
    });
    expect(at.changes()).toEqual([]);
  });

  it('a limit of 0 is nothing, and no limit is none', async () => {
    await at.limit('north', 0);
    expect(await canCreate(0.000001)).toMatchObject({ allowed: false });
    fill(at, 1);
    expect((await check()).totals.exceeded).toBe(1);
    const none = await at.limit('north', null);
    expect(none).toMatchObject({ limitBytes: null, remainingBytes: null, exceeded: false });
    fill(at, 500 * GB);
    expect((await check()).totals).toMatchObject({ exceeded: 0, restored: 1 });
    expect(await canCreate(5000)).toEqual({
      allowed: true,
      reason: null,
      remainingBytes: null,
    });
  });

  it('a limit of those above binds as well', async () => {
    const east = at.panel.addAgent(at.north, { name: 'north-east' });
    await at.limit('north-east', 100);
    fill(at, 8 * GB);
    await check();
    const refused = await canCreate(3, 'north-east');
    expect([refused.allowed, refused.remainingBytes]).toEqual([false, 2 * GB]);
    expect(refused.reason).toContain('agent "north", which is above the user\'s agent');
    expect(await canCreate(2, 'north-east')).toMatchObject({ allowed: true });
    const made = await at.createUser('north-east', 'anna', 2, { days: 7, mode: 'monthly' });
    expect(made).toEqual({
      user: { uuid: at.panel.listUsers(east)[0]?.uuid, name: 'anna', limitBytes: 2 * GB, agent: east },
      access: expect.objectContaining({ username: 'anna', daysFromFirstUse: 7 }),
    });
    expect(at.panel.listUsers(east)[0]).toMatchObject({ packageDays: 7, mode: 'monthly', usageLimit: 2 * GB });
    expect((await at.sluice.agents.show('north-east')).ancestors).toEqual([
      { uuid: at.north, name: 'north', limitBytes: LIMIT },
      { uuid: null, name: 'Owner', limitBytes: null },
    ]);
  });
});

describe('consumed', () => {
  const at = useBench(() => startHiddifyBench({ agents: '{ period: { days: 7 } }' }));
  beforeEach(() => at.limit('north', 10));

  const used = async (): Promise<number> => {
    await at.check();
    return (await at.sluice.agents.show('north')).usedBytes / GB;
  };

  it('is never lowered by resets, zeroing, deletion or moving within its period', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const users = Array.from({ length: 4 }, () =>
      at.panel.addUser({ agent: at.north, mode: 'daily', startDate: '2026-11-01', lastResetTime: '2026-11-19' }),
    );
    expect(await used()).toBe(0);
    for (const uuid of users) at.panel.use(uuid, GB);
    expect(await used()).toBe(4);
    const [reset, zeroed, deleted, moved] = users as [string, string, string, string];
    at.panel.resetUsage(reset);
    at.panel.changeUser(zeroed, { currentUsage: 0 });
    at.panel.deleteUser(deleted);
    at.panel.moveUser(moved, south);
    expect(await used()).toBe(4);
    at.panel.use(reset, GB);
    at.panel.use(moved, GB);
    expect(await used()).toBe(5);
    at.panel.deleteAgent(south);
    expect(await used()).toBe(5);
  });

  it('begins anew for many agents at once, which the brake does not count', async () => {
    const users = Array.from({ length: 12 }, (_, index) => {
      const agent = at.panel.addAgent(undefined, { name: `agent-${index}` });
      return { agent, user: at.panel.addUser({ agent }) };
    });
    for (const { agent } of users) await at.limit(agent, 10);
    for (const { user } of users) at.panel.use(user, 12 * GB);
    expect((await at.check({ allowMass: true })).run.outcome).toBe('done');
    expect(users.some(({ user }) => at.panel.user(user).enable)).toBe(false);
    at.bench.clock.advance(7 * 86_400_000);
    expect((await at.check()).run.outcome).toBe('done');
    expect(users.every(({ user }) => at.panel.user(user).enable)).toBe(true);
  });

  it('begins anew with the next period, and gives the users back', async () => {
    const uuid = at.panel.addUser({ agent: at.north });
    at.panel.use(uuid, 12 * GB);
    expect(await used()).toBe(12);
    expect(at.panel.user(uuid).enable).toBe(false);
    at.bench.clock.advance(7 * 86_400_000);
    expect(await used()).toBe(0);
    expect(at.panel.user(uuid).enable).toBe(true);
  });
});
