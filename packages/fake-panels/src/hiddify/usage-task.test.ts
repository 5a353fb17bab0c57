import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock, type ManualClock } from '../core/manual-clock.js';
import { ask } from './ask.js';
import { type FakeHiddify } from './fake-hiddify.js';
import { gibibyte } from './rows.js';
import { startFakeHiddify } from './start-fake-hiddify.js';

const day = 86_400_000;
let clock: ManualClock;
let fake: FakeHiddify;
let agent: string;

beforeEach(async () => {
  clock = manualClock('2026-03-10T02:00:00Z');
  fake = await startFakeHiddify({ now: clock.now });
  agent = fake.addAgent();
});
afterEach(() => fake.close());

const patch = (uuid: string, json: object) => ask(fake, 'PATCH', `/api/v2/admin/user/${uuid}/`, { json });

describe('the usage task', () => {
  it('adds what was counted, starts the package and says so in megabytes', async () => {
    const user = fake.addUser({ agent, usageLimit: gibibyte });
    fake.count(user, gibibyte);
    const answer = await ask(fake, 'GET', '/api/v2/admin/update_user_usage/');
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(JSON.parse(answer.text)).toEqual({
      status: 'success',
      comments: { [user]: '1073.742MB' },
      date: '2026-03-10 02:00:00',
    });
    expect(fake.user(user)).toMatchObject({
      currentUsage: gibibyte,
      startDate: '2026-03-10',
      lastOnline: '2026-03-10 02:00:00',
      enable: true,
    });
    expect(fake.isServed(user)).toBe(true);
    expect(fake.applies).toBe(0);
  });

  it('takes a user with one byte too much out of the cores and leaves it enabled', () => {
    const user = fake.addUser({ agent, usageLimit: gibibyte, currentUsage: gibibyte });
    fake.count(user, 1);
    expect(fake.runUsageTask()).toEqual({ [user]: '0.000MB !OUT of USAGE! Client Removed' });
    expect(fake.user(user).enable).toBe(true);
    expect(fake.isServed(user)).toBe(false);
    expect(fake.applies).toBe(1);
  });

  it('charges a disabled user and takes it out of the cores only now', async () => {
    const made = await ask(fake, 'POST', '/api/v2/admin/user/', {
      json: { name: 'off', usage_limit_GB: 1, enable: false },
    });
    const user = String(made.json?.['uuid']);
    expect(fake.isServed(user)).toBe(true);
    fake.count(user, 5_000_000);
    fake.runUsageTask();
    expect(fake.user(user).currentUsage).toBe(5_000_000);
    expect(fake.isServed(user)).toBe(false);
  });

  it('loses what a PATCH of nothing threw away', async () => {
    const user = fake.addUser({ agent });
    fake.count(user, 10 ** 9);
    expect((await patch(user, {})).status).toBe(200);
    expect(fake.runUsageTask()).toEqual({});
    expect(fake.user(user).currentUsage).toBe(0);
  });

  it('undoes a usage that was written while it ran, and not a switch', () => {
    const user = fake.addUser({ agent, currentUsage: 100 });
    fake.count(user, 5);
    fake.runUsageTask(() => {
      fake.changeUser(user, { currentUsage: 0, enable: false });
    });
    expect(fake.user(user)).toMatchObject({ currentUsage: 105, enable: false });
  });

  it('forgets counters of nobody', () => {
    fake.state.counters.set('00000000-0000-4000-8000-000000000000', 7);
    expect(fake.runUsageTask()).toEqual({});
    expect(fake.state.counters.size).toBe(0);
  });

  it('serves a user again after a PATCH, and after a reset only with new traffic', async () => {
    const user = fake.addUser({ agent, usageLimit: 10, currentUsage: 10, mode: 'daily', startDate: '2026-03-09' });
    fake.count(user, 1);
    fake.runUsageTask();
    fake.resetUsage(user);
    fake.runUsageTask();
    expect(fake.isServed(user)).toBe(false);
    fake.count(user, 1);
    fake.runUsageTask();
    expect(fake.isServed(user)).toBe(true);
    fake.use(user, 10);
    expect(fake.isServed(user)).toBe(false);
    await patch(user, { usage_limit_GB: 1 });
    expect(fake.isServed(user)).toBe(true);
  });
});

describe('periodic resets', () => {
  const reset = (uuid: string): boolean => fake.user(uuid).currentUsage === 0;
  const used = { currentUsage: 1000, lastResetTime: '2026-03-09' } as const;

  it('come on days that the period divides, day 0 included', () => {
    const daily = fake.addUser({ ...used, mode: 'daily', startDate: '2026-03-07' });
    const weekly = fake.addUser({ ...used, mode: 'weekly', startDate: '2026-03-03' });
    const monthly = fake.addUser({ ...used, mode: 'monthly', startDate: '2026-02-08' });
    const today = fake.addUser({ ...used, mode: 'monthly', startDate: '2026-03-10' });
    const early = fake.addUser({ ...used, mode: 'monthly', startDate: '2026-02-09' });
    const never = fake.addUser({ ...used, mode: 'no_reset', startDate: '2026-02-08' });
    fake.runUsageTask();
    expect([daily, weekly, monthly, today].map(reset)).toEqual([true, true, true, true]);
    expect([early, never].map(reset)).toEqual([false, false]);
    expect(fake.user(daily).lastResetTime).toBe('2026-03-10');
  });

  it('pass over users that have not started or were reset today, and take those that never were', () => {
    const waiting = fake.addUser({ ...used, mode: 'daily' });
    const done = fake.addUser({ ...used, mode: 'daily', startDate: '2026-03-01', lastResetTime: '2026-03-10' });
    const outside = fake.addUser({ ...used, mode: 'daily', lastResetTime: null });
    fake.runUsageTask();
    expect([waiting, done, outside].map(reset)).toEqual([false, false, true]);
  });

  it('are looked for every six hours, after the morning once a day', () => {
    fake.runUsageTask();
    const user = fake.addUser({ ...used, mode: 'daily', startDate: '2026-03-01' });
    clock.advance(day / 4 - 1);
    fake.runUsageTask();
    expect(reset(user)).toBe(false);
    clock.set('2026-03-10T12:00:00Z');
    fake.runUsageTask();
    expect(reset(user)).toBe(false);
    clock.set('2026-03-11T02:00:00Z');
    fake.runUsageTask();
    expect(reset(user)).toBe(true);
  });
});

describe('the figures of server_status', () => {
  const usage = async (key: string): Promise<unknown> => {
    const answer = await ask(fake, 'GET', '/api/v2/admin/server_status/', { key });
    return (answer.json?.['usage_history'] as Record<string, { usage: unknown }> | undefined)?.['total']?.usage;
  };

  it('belong to the owner at the time of the traffic, whatever happens to the user', async () => {
    const other = fake.addAgent();
    const user = fake.addUser({ agent });
    fake.use(user, 700);
    fake.moveUser(user, other);
    fake.use(user, 30);
    fake.resetUsage(user);
    fake.deleteUser(user);
    expect([await usage(agent), await usage(other), await usage(fake.key)]).toEqual(['700', '30', '730']);
  });

  it('go to the deleter of an agent', async () => {
    fake.use(fake.addUser({ agent }), 700);
    const manager = fake.addAgent(undefined, { mode: 'admin' });
    fake.moveAgent(agent, manager);
    await ask(fake, 'DELETE', `/api/v2/admin/admin_user/${agent}/`, { key: manager });
    expect(await usage(manager)).toBe('700');
  });

  it('can be read of any administrator by number', async () => {
    fake.use(fake.addUser(), 9);
    const answer = await ask(fake, 'GET', '/api/v2/admin/server_status/?admin_id=1', { key: agent });
    expect(answer.json?.['usage_history']).toMatchObject({ total: { usage: '9', users: 1 }, today: { online: 1 } });
  });
});
