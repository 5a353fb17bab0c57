import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock, type ManualClock } from '../core/manual-clock.js';
import { ask } from './ask.js';
import { type FakeHiddify } from './fake-hiddify.js';
import { fillHiddify } from './fill-hiddify.js';
import { gibibyte } from './rows.js';
import { startFakeHiddify } from './start-fake-hiddify.js';

const users = '/api/v2/admin/user/';
let clock: ManualClock;
let fake: FakeHiddify;
let north: string;
let east: string;

beforeEach(async () => {
  clock = manualClock('2026-03-10T12:00:00Z');
  fake = await startFakeHiddify({ now: clock.now });
  north = fake.addAgent(undefined, { name: 'north' });
  east = fake.addAgent(north, { name: 'east' });
});
afterEach(() => fake.close());

describe('the fake Hiddify', () => {
  it('shows what was added behind its back', async () => {
    const anna = fake.addUser({ agent: north, name: 'anna', usageLimit: 5 * gibibyte, packageDays: 30 });
    fake.use(anna, gibibyte + 1);
    const { rows } = await ask(fake, 'GET', users);
    expect(Object.keys(rows[0] ?? {})).toHaveLength(21);
    expect(rows).toMatchObject([
      {
        uuid: anna,
        name: 'anna',
        added_by_uuid: north,
        usage_limit_GB: 5,
        current_usage_GB: 1.0000000009313226,
        is_active: true,
      },
    ]);
    expect(Math.round(Number(rows[0]?.['current_usage_GB']) * gibibyte)).toBe(gibibyte + 1);
  });

  it('makes the same uuids for the same seed', async () => {
    const other = await startFakeHiddify();
    expect(other.addAgent()).toBe(north);
    await other.close();
  });

  it('counts days on its own clock, in its own zone', async () => {
    const anna = fake.addUser({ packageDays: 30, startDate: '2026-02-08' });
    const active = async (): Promise<unknown> => (await ask(fake, 'GET', `${users}${anna}/`)).json?.['is_active'];
    expect(await active()).toBe(true);
    clock.set('2026-03-11T00:00:00Z');
    expect(await active()).toBe(false);
    const far = await startFakeHiddify({ now: () => Date.parse('2026-03-10T22:00:00Z'), utcOffsetMinutes: 210 });
    const early = far.addUser();
    far.use(early, 1);
    expect(far.user(early)).toMatchObject({ startDate: '2026-03-11', lastOnline: '2026-03-11 01:30:00' });
    await far.close();
  });

  it('dates new users by the start of its process', () => {
    clock.set('2026-03-20T00:00:00Z');
    expect(fake.user(fake.addUser()).lastResetTime).toBe('2026-03-10');
    fake.restart();
    expect(fake.user(fake.addUser()).lastResetTime).toBe('2026-03-20');
  });

  it('survives odd rows', async () => {
    fake.addOddRows(north);
    const { rows } = await ask(fake, 'GET', users);
    expect(
      rows.map((row) => [row['uuid'] === null, row['usage_limit_GB'], row['current_usage_GB'], row['wg_pk'] === null]),
    ).toEqual([
      [false, -5, 0, false],
      [false, 5, -1, false],
      [false, 1000, 0, false],
      [true, 20, 0, true],
    ]);
  });

  it('hides the owner of users whose owner has no canonical uuid', async () => {
    fake.addUser({ agent: north });
    fake.changeAdmin(north, { uuid: north.toUpperCase() });
    expect((await ask(fake, 'GET', users)).rows).toMatchObject([{ added_by_uuid: null }]);
    expect((await ask(fake, 'GET', '/api/v2/admin/admin_user/')).rows.map((row) => row['uuid'])).toEqual([
      fake.key,
      null,
      east,
    ]);
    expect((await ask(fake, 'GET', '/api/v2/admin/me/', { key: north })).status).toBe(200);
  });

  it('gives lists by id or grouped by owner', async () => {
    for (const agent of [east, north, east]) fake.addUser({ agent });
    const ids = async (): Promise<unknown[]> => (await ask(fake, 'GET', users)).rows.map((row) => row['id']);
    expect(await ids()).toEqual([1, 2, 3]);
    fake.listOrder = 'owner';
    expect(await ids()).toEqual([2, 1, 3]);
  });

  it('moves, disables and deletes as somebody at the panel would', () => {
    const anna = fake.addUser({ agent: north });
    const before = fake.snapshot();
    fake.disable(anna);
    expect([fake.user(anna).enable, fake.isServed(anna)]).toEqual([false, false]);
    fake.enable(anna);
    expect(fake.snapshot()).toEqual(before);
    fake.moveUser(anna, east);
    expect(fake.listUsers(east)).toHaveLength(1);
    fake.deleteAgent(east);
    expect(fake.listUsers(fake.key)).toHaveLength(1);
    fake.moveUser(anna, null);
    expect(fake.user(anna).addedBy).toBe(null);
    fake.moveAgent(north, null);
    expect(fake.admin(north).parentId).toBe(null);
    fake.deleteUser(anna);
    expect(fake.hasUser(anna)).toBe(false);
    expect(() => fake.user(anna)).toThrow('no user with this uuid');
  });

  it('leaves whole branches out of lists when their parent is nobody', async () => {
    fake.addUser({ agent: east });
    fake.moveAgent(north, null);
    expect((await ask(fake, 'GET', users)).json).toMatchObject({ message: 'You have no user' });
    expect((await ask(fake, 'GET', users, { key: north })).rows).toHaveLength(1);
  });

  it('deletes a whole branch on SQLite', async () => {
    const lite = await startFakeHiddify({ database: 'sqlite' });
    const parent = lite.addAgent();
    const user = lite.addUser({ agent: lite.addAgent(parent) });
    expect((await ask(lite, 'DELETE', `/api/v2/admin/admin_user/${parent}/`)).status).toBe(200);
    expect(lite.snapshot().admins).toHaveLength(1);
    expect(lite.user(user).addedBy).toBe(1);
    await lite.close();
  });

  it('writes a list once for each state of the panel', async () => {
    const agents = fillHiddify(fake, { agents: 20, users: 1000 });
    const request = {
      method: 'GET',
      path: `/PROXYPATHadm${users}`,
      query: new URLSearchParams(),
      body: Buffer.alloc(0),
    };
    const list = async (): Promise<unknown> =>
      (await fake.panel.handle({ ...request, headers: { 'hiddify-api-key': fake.key }, json: () => undefined })).body;
    const first = await list();
    expect(await list()).toBe(first);
    expect((first as Buffer).length / 1000).toBeGreaterThan(1000);
    const user = fake.listUsers(agents[7] ?? '')[0]?.uuid ?? '';
    fake.use(user, gibibyte);
    const second = await list();
    expect(second).not.toBe(first);
    const rows = JSON.parse(String(second)) as { uuid: string; current_usage_GB: number }[];
    expect(rows.filter((row) => row.current_usage_GB === 2).map((row) => row.uuid)).toEqual([user]);
  });
});
