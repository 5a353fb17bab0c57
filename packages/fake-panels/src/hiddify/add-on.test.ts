import { afterEach, describe, expect, it } from '@jest/globals';
import { type AddOnOptions } from './add-on-options.js';
import { ask, type Reply } from './ask.js';
import { type FakeHiddify } from './fake-hiddify.js';
import { gibibyte } from './rows.js';
import { startFakeHiddify } from './start-fake-hiddify.js';

const users = '/api/v2/admin/user/';
const uuid = '3c9d4f85-a06e-4b1d-8f74-5e80b1a24d04';
let fake: FakeHiddify;
let north: string;
let anna: string;

const start = async (addOn: AddOnOptions, database: 'mariadb' | 'sqlite' = 'mariadb'): Promise<void> => {
  fake = await startFakeHiddify({ addOn, database });
  north = fake.addAgent(undefined, { name: 'north' });
  const east = fake.addAgent(north, { name: 'east' });
  anna = fake.addUser({ agent: north, currentUsage: 7.5 * gibibyte });
  fake.addUser({ agent: north, enable: false });
  fake.addUser({ agent: east, currentUsage: 20 * gibibyte + 1 });
};
afterEach(() => fake.close());

const addOn = (method: string, path: string, json?: object): Promise<Reply> =>
  ask(fake, method, `/api/v1/agent-traffic${path}`, { base: fake.server.url, key: null, json });
const create = (key: string, gb: number): Promise<Reply> =>
  ask(fake, 'POST', users, { key, json: { name: 'over', uuid, usage_limit_GB: gb } });

describe('the endpoints of the add-on', () => {
  it('are absent as published, at the root and below the admin path', async () => {
    await start({});
    expect((await addOn('GET', '/agents/traffic')).json).toEqual({ detail: {}, message: 'invalid request' });
    const below = await ask(fake, 'GET', '/api/v1/agent-traffic/agents/traffic');
    expect([below.status, String(below.json?.['msg']).slice(0, 13)]).toEqual([500, '404 Not Found']);
  });

  it('answer at their place only, without a key and without a slash', async () => {
    await start({ endpoints: 'below-admin-path', hooks: 'none' });
    const path = '/api/v1/agent-traffic/agents/traffic';
    expect((await ask(fake, 'GET', path, { key: null })).json).toMatchObject({ count: 2 });
    expect((await ask(fake, 'GET', `${path}/`)).status).toBe(500);
    expect((await ask(fake, 'POST', path)).json?.['msg']).toMatch(/^405 /);
    expect((await addOn('GET', '/agents/traffic')).status).toBe(400);
  });

  it('count what is used in the whole branch, and round all but the limit', async () => {
    await start({ endpoints: 'root', hooks: 'none' });
    fake.setTrafficLimit(north, 25 * gibibyte);
    expect((await addOn('GET', '/agents/2/traffic')).json).toEqual({
      agent_id: 2,
      agent_name: 'north',
      agent_uuid: north,
      total_traffic_bytes: 29_527_900_161,
      total_traffic_GB: 27.5,
      traffic_limit_GB: 25,
      remaining_traffic_GB: 0,
      is_limit_exceeded: true,
      users_count: 3,
      active_users_count: 2,
      usage_percentage: 110,
    });
    expect((await addOn('GET', '/agents/3/traffic')).json).toMatchObject({
      traffic_limit_GB: null,
      remaining_traffic_GB: null,
      usage_percentage: null,
      is_limit_exceeded: false,
    });
  });

  it('list sums that are not rounded, as text where the database gives text', async () => {
    await start({ endpoints: 'root', hooks: 'none', sumsAsText: true });
    const agents = (await addOn('GET', '/agents/traffic')).json?.['agents'] as Record<string, unknown>[];
    expect(agents[0]).toMatchObject({ total_traffic_bytes: '29527900161', total_traffic_GB: 27.500000000931323 });
    expect(Object.keys(agents[0] ?? {})).not.toContain('active_users_count');
  });

  it('name who is no agent and who is nobody', async () => {
    await start({ endpoints: 'root', hooks: 'none' });
    expect((await addOn('GET', '/agents/1/traffic')).json).toEqual({ error: 'User is not an agent' });
    expect((await addOn('GET', '/agents/99/traffic')).json).toEqual({ error: 'Agent not found' });
  });

  it('set limits in GB; 0 and null read back as none', async () => {
    await start({ endpoints: 'root', hooks: 'none' });
    const set = async (gb: number | null): Promise<unknown> =>
      (await addOn('PUT', '/agents/2/traffic-limit', { traffic_limit_GB: gb })).json?.['traffic_limit_GB'];
    expect([await set(25), await set(7.3), await set(-5)]).toEqual([25, 7.2999999998137355, -5]);
    expect(await set(0)).toBe(null);
    expect(fake.admin(north).trafficLimit).toBe(0);
    expect(await set(null)).toBe(null);
    expect(fake.admin(north).trafficLimit).toBe(null);
  });

  it('let a creation fill the limit exactly, unless it is reached already', async () => {
    await start({ endpoints: 'root', hooks: 'none' });
    const can = async (gb: number | null): Promise<unknown> =>
      (await addOn('POST', '/agents/2/can-create-user', { user_traffic_limit_GB: gb })).json?.['can_create'];
    fake.setTrafficLimit(north, 30 * gibibyte + 1);
    expect([await can(2.5), await can(2.500000001), await can(null)]).toEqual([true, false, true]);
    fake.setTrafficLimit(north, 27.5 * gibibyte + 1);
    expect(await can(0)).toBe(false);
    expect(fake.server.changingCalls()).toEqual([]);
  });

  it('disable a whole branch that is at its limit, again and again, and the cores hear nothing', async () => {
    await start({ endpoints: 'root', hooks: 'published' });
    fake.setTrafficLimit(north, 27.5 * gibibyte + 1);
    expect((await addOn('POST', '/agents/2/check')).json).toMatchObject({
      was_exceeded: true,
      stats: { active_users_count: 0 },
    });
    expect(fake.snapshot().users.filter((user) => user.enable)).toEqual([]);
    expect(fake.isServed(anna)).toBe(true);
    fake.enable(anna);
    expect((await addOn('POST', '/agents/check-all')).json).toMatchObject({ exceeded_agents_count: 1 });
    expect(fake.user(anna).enable).toBe(false);
    fake.setTrafficLimit(north, 27.5 * gibibyte + 2);
    expect((await addOn('POST', '/agents/2/check')).json).toMatchObject({ was_exceeded: false });
  });
});

describe('the hooks of the add-on', () => {
  it('as published break every write of a user and leave half-made ones', async () => {
    await start({});
    const answer = await ask(fake, 'PATCH', `${users}${anna}/`, { json: { enable: false } });
    expect(answer.json?.['msg']).toMatch(/^cannot import name 'inspect' from 'sqlalchemy.orm'/);
    expect(fake.user(anna).enable).toBe(true);
    expect(fake.isServed(anna)).toBe(false);
    expect((await ask(fake, 'PATCH', `${users}${anna}/`, { json: {} })).status).toBe(200);
    expect((await create(fake.key, 5)).status).toBe(500);
    expect(fake.user(uuid)).toMatchObject({ name: 'unknown', usageLimit: 1000 * gibibyte, enable: true });
    expect((await ask(fake, 'DELETE', `${users}${uuid}/`)).status).toBe(200);
  });

  it('as published break the usage task after it has cleared the counters', async () => {
    await start({});
    fake.count(anna, 5);
    expect((await ask(fake, 'GET', '/api/v2/admin/update_user_usage/')).status).toBe(500);
    expect(fake.user(anna).currentUsage).toBe(7.5 * gibibyte);
    expect(fake.state.counters.size).toBe(0);
  });

  it('mended fail on MariaDB below a limited agent with usage, whether it fits or not', async () => {
    await start({ hooks: 'repaired' });
    fake.setTrafficLimit(north, 90 * gibibyte);
    expect((await create(north, 1)).json?.['msg']).toBe(
      "unsupported operand type(s) for +: 'decimal.Decimal' and 'float'",
    );
    expect(fake.user(uuid)).toMatchObject({ name: 'over', usageLimit: 1000 * gibibyte, enable: true });
  });

  it('mended refuse on SQLite what does not fit, and leave the row', async () => {
    await start({ hooks: 'repaired' }, 'sqlite');
    fake.setTrafficLimit(north, 30 * gibibyte);
    expect((await create(north, 5)).json?.['msg']).toBe(
      "Updating user traffic limit would exceed agent's traffic limit",
    );
    expect(fake.user(uuid)).toMatchObject({ name: 'over', usageLimit: 1000 * gibibyte });
    fake.deleteUser(uuid);
    expect((await create(north, 2)).status).toBe(200);
  });

  it('mended refuse an agent at its limit cleanly, and look at the Owner when the Owner creates', async () => {
    await start({ hooks: 'repaired' });
    fake.setTrafficLimit(north, gibibyte);
    expect((await create(north, 1)).status).toBe(500);
    expect(fake.hasUser(uuid)).toBe(false);
    expect((await create(fake.key, 1)).status).toBe(200);
  });
});
