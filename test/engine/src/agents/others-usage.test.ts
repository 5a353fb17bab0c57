import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

describe('a user that another agent gives away', () => {
  let south: string;
  beforeEach(async () => {
    south = at.panel.addAgent(undefined, { name: 'south' });
    await at.limit('north', 50);
    await at.limit('south', 500);
  });

  it('charges its new agent with what it uses from then on', async () => {
    const user = at.panel.addUser({ agent: south, usageLimit: 900 * GB });
    await at.check();
    at.panel.use(user, 400 * GB);
    await at.check();
    at.panel.moveUser(user, at.north);
    at.panel.use(user, GB);
    await at.check();
    expect([await at.usedBy(), await at.usedBy('south')]).toEqual([1, 400]);
    expect(at.panel.user(user).enable).toBe(true);
  });

  it('charges nothing of before when it was hidden until then', async () => {
    const hidden = at.panel.addUser({ agent: null, usageLimit: 900 * GB, currentUsage: 400 * GB });
    const others = [at.panel.addUser({ agent: at.north }), at.panel.addUser({ agent: at.north })];
    await at.check();
    at.panel.moveUser(hidden, at.north);
    await at.check();
    expect([await at.usedBy(), others.every((uuid) => at.panel.user(uuid).enable)]).toEqual([0, true]);
    at.panel.use(hidden, 2 * GB);
    await at.check();
    expect(await at.usedBy()).toBe(2);
  });

  it('counts in full when it is new', async () => {
    await at.check();
    const user = at.panel.addUser({ agent: at.north, usageLimit: 20 * GB });
    at.panel.use(user, 7 * GB);
    await at.check();
    expect(await at.usedBy()).toBe(7);
  });
});

describe('a user that nobody has seen before', () => {
  let other: string;
  beforeEach(async () => {
    await at.limit('north', 50);
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
    const { notices } = await at.check();
    expect(notices.filter(({ code }) => code === 'agent_users_used_before')).toMatchObject([
      { message: expect.stringMatching(/"north".*400 GB.*"restored"/) as unknown },
    ]);
    expect([await at.usedBy(), at.panel.user(user).enable, at.panel.user(other).enable]).toEqual([0, true, true]);
    at.panel.use(user, 20 * GB);
    expect((await at.check()).notices).toEqual([]);
    expect(await at.usedBy()).toBe(20);
  });

  it('is named also when another command than the check saw it first', async () => {
    at.panel.addUser({ agent: at.north, name: 'restored', ...GIVEN });
    expect(await at.usedBy()).toBe(0);
    const { notices } = await at.check();
    expect(notices.map(({ code }) => code)).toContain('agent_users_used_before');
  });

  it('is not named once it counts, since the ledger of its agent was opened after it appeared', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    at.panel.addUser({ agent: south, name: 'restored', ...GIVEN });
    await at.check();
    await at.limit('south', 500);
    const { agents, notices } = await at.check();
    expect(agents.find(({ uuid }) => uuid === south)?.usedBytes).toBe(400 * GB);
    expect(notices.map(({ code }) => code)).not.toContain('agent_users_used_before');
  });

  it('is judged together with the others that appear beside it', async () => {
    for (let n = 0; n < 20; n += 1) at.panel.use(at.panel.addUser({ agent: at.north, usageLimit: 30 * GB }), 20 * GB);
    await at.check();
    expect([await at.usedBy(), at.panel.user(other).enable]).toEqual([0, true]);
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
    expect([await at.usedBy(), at.panel.user(other).enable]).toEqual([60, false]);
  });
});
