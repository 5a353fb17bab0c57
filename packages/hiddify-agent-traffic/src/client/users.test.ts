import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault } from '@sluice/fake-panels';
import { calls, GB, useWorld } from '../test/world.js';
import { SELF } from './records.js';
import type { NewHiddifyUser } from './types.js';

const created = 'POST /api/v2/admin/user/';
const changed = 'PATCH /api/v2/admin/user/{uuid}/';
const serverError: Fault = { kind: 'status', status: 500, body: { msg: 'boom' } };
const forbidden: Fault = { kind: 'status', status: 403, body: { message: 'Unathorized' } };
const givenUp: [string, Fault][] = [
  ['a 504', { kind: 'html', status: 504 }],
  ['a cut', { kind: 'cut' }],
];
const removed = 'DELETE /api/v2/admin/user/{uuid}/';

describe('users', () => {
  const world = useWorld();
  let north: string;
  let wanted: NewHiddifyUser & { uuid: string };

  beforeEach(() => {
    north = world.fake.addAgent(undefined, { name: 'north' });
    wanted = {
      uuid: world.client.newUuid(),
      name: 'dora',
      limitBytes: 10 * GB + 1,
      packageDays: 30,
      mode: 'monthly',
      owner: north,
      comment: 'paid',
    };
  });

  const rows = (): object[] => [...world.fake.snapshot().users];

  const whole = (): object[] => [
    {
      uuid: wanted.uuid,
      name: 'dora',
      owner: north,
      usageLimit: 10 * GB + 1,
      packageDays: 30,
      mode: 'monthly',
      comment: 'paid',
      enable: true,
    },
  ];

  it('gives no user to an account that the panel does not have', async () => {
    await world.client.users.create(wanted);
    world.fake.deleteAgent(north);
    const owner = { owner: north };
    await expect(world.client.users.update(wanted.uuid, owner)).rejects.toMatchObject({ code: 'unknown_owner' });
    expect(world.fake.state.findAdmin(north)).toBeUndefined();
  });

  describe('create', () => {
    it('makes exactly what was asked for', async () => {
      const { user, how } = await world.client.users.create(wanted);
      expect(how).toBe('created');
      expect(user).toMatchObject({ uuid: wanted.uuid, owner: north, limitBytes: 10 * GB + 1, enabled: true });
      expect(rows()).toMatchObject(whole());
    });

    it('makes users of the key itself, with a uuid of its own source', async () => {
      const uuid = '11111111-1111-4111-8111-111111111111';
      const client = world.clientWith({ newUuid: () => uuid });
      const { user } = await client.users.create({ name: 'own', limitBytes: GB, packageDays: 1, enabled: false });
      expect(user).toMatchObject({ uuid, owner: SELF, enabled: false, packageDays: 1 });
      expect(world.fake.snapshot().users).toMatchObject([{ owner: world.fake.key }]);
    });

    it.each<[string, Partial<NewHiddifyUser>]>([
      ['no limit', { limitBytes: 0 }],
      ['a negative limit', { limitBytes: -1 }],
      ['half a byte', { limitBytes: 0.5 }],
      ['not a number', { limitBytes: Number.NaN }],
      ['more than the panel keeps', { limitBytes: 1_000_001 * GB }],
      ['no name', { name: ' ' }],
      ['a name of 513 characters', { name: 'x'.repeat(513) }],
      ['a comment of 513 characters', { comment: '\u{1F600}'.repeat(513) }],
      ['half a day', { packageDays: 1.5 }],
      ['too many days', { packageDays: 2 ** 31 }],
      ['an upper-case uuid', { uuid: '3C9D4F85-A06E-4B1D-8F74-5E80B1A24D04' }],
      ['a uuid of another version', { uuid: '3c9d4f85-a06e-1b1d-8f74-5e80b1a24d04' }],
      ['an owner that is not a uuid', { owner: 'north' }],
      ['an unknown mode', { mode: 'yearly' as 'monthly' }],
    ])('refuses %s before the panel is asked', async (_, change) => {
      await expect(world.client.users.create({ ...wanted, ...change })).rejects.toMatchObject({ code: 'invalid_user' });
      expect(world.fake.server.calls).toEqual([]);
    });

    it('takes 512 characters that are more than 512 units', async () => {
      await world.client.users.create({ ...wanted, comment: '\u{1F600}'.repeat(512) });
      expect(world.fake.state.users.size).toBe(1);
    });

    it('removes nobody who stands in an old answer', async () => {
      const other = await world.client.users.create({ ...wanted, uuid: world.client.newUuid(), name: 'anna' });
      const change = (json: unknown): object => ({ ...(json as object), uuid: other.user.uuid, name: 'anna' });
      world.fake.server.inject({ endpoint: created, times: 1, fault: { kind: 'mutate', change } });
      expect(await world.client.users.create(wanted)).toMatchObject({ user: { uuid: wanted.uuid }, how: 'created' });
      const { uuid } = other.user;
      world.fake.server.inject({ endpoint: created, times: 1, fault: { kind: 'body', body: { uuid, name: 'anna' } } });
      const again = world.client.users.create({ ...wanted, uuid: world.client.newUuid() });
      await expect(again).rejects.toMatchObject({ outcomeUnknown: true });
      const left = world.fake.snapshot().users.map((row) => row.uuid);
      expect(new Set(left)).toEqual(new Set([uuid, wanted.uuid]));
    });

    it('refuses an owner that is not an account, for whom the panel would invent one', async () => {
      await expect(world.client.users.create({ ...wanted, owner: world.client.newUuid() })).rejects.toMatchObject({
        code: 'unknown_owner',
      });
      expect(world.fake.state.admins.size).toBe(2);
      expect(calls(world.fake, 'changing')).toEqual([]);
    });

    it('says that the user is there when it is, exactly as asked for', async () => {
      await world.client.users.create(wanted);
      expect((await world.client.users.create(wanted)).how).toBe('existed');
      expect(rows()).toMatchObject(whole());
    });

    it("never takes somebody else's user for its own", async () => {
      world.fake.addUser({ uuid: wanted.uuid, name: 'anna', usageLimit: 5 * GB, packageDays: 10, agent: north });
      await expect(world.client.users.create(wanted)).rejects.toMatchObject({ code: 'user_exists' });
      expect(rows()).toMatchObject([{ name: 'anna', usageLimit: 5 * GB }]);
    });

    it('completes a user of 1000 GB that an earlier attempt left', async () => {
      world.fake.addUser({ uuid: wanted.uuid, name: 'unknown' });
      expect((await world.client.users.create(wanted)).how).toBe('repaired');
      expect(rows()).toMatchObject(whole());
    });

    it('makes one user of twenty attempts at once', async () => {
      const results = await Promise.all(Array.from({ length: 20 }, () => world.client.users.create(wanted)));
      expect(results.every(({ user }) => user.uuid === wanted.uuid)).toBe(true);
      expect(rows()).toMatchObject(whole());
    });

    const faults: [string, Fault][] = [
      ['500', serverError],
      ['502 with a page', { kind: 'html', status: 502 }],
      ['a cut connection', { kind: 'cut' }],
      ['half an answer', { kind: 'truncated' }],
      ['an empty answer', { kind: 'empty' }],
      ['a page', { kind: 'html' }],
      ['an answer that is not a user', { kind: 'body', body: { ok: true } }],
      [
        'an answer about nobody',
        { kind: 'mutate', change: (json) => ({ ...(json as object), usage_limit_GB: 'much' }) },
      ],
    ];

    it.each(faults)('settles %s by looking: the user was made', async (_, fault) => {
      world.fake.server.inject({ endpoint: created, times: 1, when: 'after', fault });
      expect((await world.client.users.create(wanted)).user.uuid).toBe(wanted.uuid);
      expect(rows()).toMatchObject(whole());
      expect(calls(world.fake, 'changing')).toEqual([created]);
    });

    it.each(faults.filter(([, { kind }]) => kind !== 'truncated' && kind !== 'mutate'))(
      'says of %s that nothing was made when nothing was',
      async (_, fault) => {
        world.fake.server.inject({ endpoint: created, times: 1, fault });
        await expect(world.client.users.create(wanted)).rejects.toMatchObject({
          code: expect.stringMatching(/^PANEL_/),
        });
        expect(rows()).toEqual([]);
        expect(calls(world.fake, 'changing')).toEqual([created]);
        expect((await world.client.users.create(wanted)).how).toBe('created');
        expect(rows()).toMatchObject(whole());
      },
    );

    it('settles a time-out during which the panel is still at work', async () => {
      const held = world.fake.holdCreations('inserted');
      // Long enough for every other call of a busy machine: only the one that is held may run out of time.
      const client = world.clientWith({ timeouts: { attemptMs: 2_000 } });
      const work = client.users.create(wanted);
      await held.reached;
      expect((await work).how).toBe('repaired');
      held.release();
      expect(rows()).toMatchObject(whole());
    });

    it('is content when the panel commits and then fails to start its command', async () => {
      world.fake.switches.spawnFails = true;
      expect((await world.client.users.create(wanted)).how).toBe('created');
      expect(rows()).toMatchObject(whole());
      expect((await world.client.users.disable(wanted.uuid)).how).toBe('changed');
      expect(await world.client.users.remove(wanted.uuid)).toBe('removed');
      expect(rows()).toEqual([]);
    });

    it('removes a half-made user that cannot be completed', async () => {
      // What the add-on does to every creation: the user stays with 1000 GB, and no change of it is taken.
      world.fake.server.inject({
        endpoint: created,
        times: 1,
        fault: serverError,
      });
      world.fake.server.inject({ endpoint: changed, fault: serverError });
      world.fake.addUser({ uuid: wanted.uuid, name: 'unknown' });
      await expect(world.client.users.create(wanted)).rejects.toMatchObject({
        code: 'user_not_made',
        outcomeUnknown: false,
      });
      expect(rows()).toEqual([]);
    });

    it('says so when neither completing nor removing nor looking is possible', async () => {
      world.fake.server.inject({ endpoint: created, when: 'after', fault: { kind: 'cut' } });
      world.fake.server.inject({ endpoint: /GET .*\/user\/\{uuid\}/, fault: { kind: 'cut' } });
      await expect(world.client.users.create({ ...wanted, owner: SELF })).rejects.toMatchObject({
        code: 'user_half_made',
        outcomeUnknown: true,
        details: { uuid: wanted.uuid },
      });
    });
  });

  describe('update', () => {
    let user: string;

    beforeEach(() => {
      user = world.fake.addUser({ agent: north, name: 'anna', usageLimit: 10 * GB, currentUsage: 3 * GB });
    });

    const bodies = (): unknown[] =>
      world.fake.server.changingCalls().map(({ body }) => (body === '' ? null : (JSON.parse(body) as unknown)));

    it('disables and enables with the switch alone', async () => {
      expect((await world.client.users.disable(user)).user.enabled).toBe(false);
      expect((await world.client.users.enable(user)).user.enabled).toBe(true);
      expect(bodies()).toEqual([{ enable: false }, { enable: true }]);
    });

    it('writes nothing when nothing would change', async () => {
      expect((await world.client.users.enable(user)).how).toBe('unneeded');
      expect((await world.client.users.update(user, { name: 'anna', limitBytes: 10 * GB })).how).toBe('unneeded');
      expect(bodies()).toEqual([]);
    });

    it('writes only what differs, and the days with a start', async () => {
      await world.client.users.update(user, { name: 'anna', limitBytes: 20 * GB, comment: 'x' });
      await world.client.users.update(user, { startDate: '2026-03-01' });
      expect(bodies()).toEqual([
        { usage_limit_GB: 20, comment: 'x' },
        { package_days: 90, start_date: '2026-03-01' },
      ]);
      expect(world.fake.user(user)).toMatchObject({ startDate: '2026-03-01', currentUsage: 3 * GB });
    });

    it('gives a user to another owner and back to the key', async () => {
      await world.client.users.update(user, { owner: SELF });
      expect(world.fake.user(user).addedBy).toBe(1);
      await world.client.users.update(user, { owner: north });
      expect((await world.client.users.get(user))?.owner).toBe(north);
    });

    it.each<[string, Fault]>([
      ['500', serverError],
      ['a cut', { kind: 'cut' }],
      ['a page', { kind: 'html' }],
    ])('settles %s by looking: done once when it was done, twice when it was not', async (_, fault) => {
      world.fake.server.inject({ endpoint: changed, times: 1, when: 'after', fault });
      expect((await world.client.users.disable(user)).how).toBe('changed');
      expect(calls(world.fake, 'changing')).toHaveLength(1);
      world.fake.server.clearCalls();
      world.fake.server.inject({ endpoint: changed, times: 1, fault });
      expect((await world.client.users.enable(user)).how).toBe('changed');
      expect(calls(world.fake, 'changing')).toHaveLength(2);
      expect(world.fake.user(user).enable).toBe(true);
    });

    it.each(givenUp)('waits before it repeats a change after %s', async (_, fault) => {
      const { fake, time } = world;
      fake.server.inject({ endpoint: changed, times: 1, fault });
      const landsAt = time.now() + 10_000;
      fake.server.onCall(({ changing }) => {
        if (!changing && time.now() >= landsAt) fake.disable(user);
      });
      expect((await world.client.users.disable(user)).how).toBe('changed');
      expect(calls(fake, 'changing')).toHaveLength(1);
    });

    it('knows a zeroing whose answer was lost by a lower figure, as the user goes on', async () => {
      const { fake } = world;
      fake.server.inject({ endpoint: changed, when: 'after', fault: { kind: 'html', status: 504 } });
      fake.server.onCall(({ changing }) => {
        if (!changing && calls(fake, 'changing').length > 0) fake.use(user, GB / 8);
      });
      const { user: shown, how, usedBefore } = await world.client.users.update(user, { usedBytes: 0 });
      expect([how, shown.usedBytes, usedBefore]).toEqual(['changed', GB / 8, 3 * GB]);
      expect(calls(fake, 'changing')).toHaveLength(1);
    });

    it('says what the user had used before the call that zeroed it, where an earlier one did nothing', async () => {
      const { fake } = world;
      fake.server.inject({ endpoint: changed, times: 1, fault: { kind: 'html', status: 502 } });
      fake.server.onCall(({ changing }) => {
        if (!changing && calls(fake, 'changing').length > 0) fake.use(user, GB);
      });
      const { user: shown, usedBefore } = await world.client.users.update(user, { usedBytes: 0 });
      expect([shown.usedBytes, usedBefore]).toEqual([0, 4 * GB]);
      expect(calls(fake, 'changing')).toHaveLength(2);
    });

    it('gives up after a second failure, and says that nothing was changed', async () => {
      world.fake.server.inject({ endpoint: changed, fault: serverError });
      const error: unknown = await world.client.users.disable(user).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'PANEL_SERVER_ERROR', outcomeUnknown: false });
      expect((error as Error).message).toContain('nothing was changed');
      expect(calls(world.fake, 'changing')).toHaveLength(2);
    });

    it('believes what the panel shows after a refusal that came too late', async () => {
      const uuid = world.fake.addUser({ agent: north, currentUsage: 5 * GB });
      world.fake.server.inject({ endpoint: changed, times: 1, when: 'after', fault: forbidden });
      const { user, how } = await world.client.users.update(uuid, { usedBytes: 0 });
      expect([how, user.usedBytes, calls(world.fake).filter((call) => call === changed)]).toEqual([
        'changed',
        0,
        [changed],
      ]);
      world.fake.server.inject({ endpoint: changed, times: 1, when: 'before', fault: forbidden });
      const refused = world.client.users.update(uuid, { enabled: false });
      await expect(refused).rejects.toMatchObject({ code: 'PANEL_FORBIDDEN', outcomeUnknown: false });
    });

    it('does not know the outcome of a refusal where reading is refused, too', async () => {
      const uuid = world.fake.addUser({ agent: north });
      world.fake.server.inject({ endpoint: changed, times: 1, when: 'after', fault: forbidden });
      const match = (): boolean => calls(world.fake).at(-1) !== changed && calls(world.fake).includes(changed);
      world.fake.server.inject({ match, fault: forbidden });
      const refused = world.client.users.update(uuid, { enabled: false });
      await expect(refused).rejects.toMatchObject({ code: 'PANEL_AUTH', outcomeUnknown: true });
    });

    it('does not believe a yes that changed nothing', async () => {
      world.fake.server.inject({
        endpoint: changed,
        fault: { kind: 'mutate', change: (json) => ({ ...(json as object), enable: true }) },
      });
      await expect(world.client.users.disable(user)).rejects.toMatchObject({
        code: 'change_not_applied',
        details: { fields: ['enabled'] },
      });
    });

    it('says that a user is gone', async () => {
      world.fake.deleteUser(user);
      expect(await world.client.users.get(user)).toBeNull();
      await expect(world.client.users.disable(user)).rejects.toMatchObject({ code: 'unknown_user' });
    });

    it('takes no other 404 for a user that is gone', async () => {
      world.fake.server.inject({ fault: { kind: 'html', status: 404 } });
      await expect(world.client.users.get(user)).rejects.toMatchObject({ code: 'PANEL_NOT_FOUND' });
      await expect(world.client.users.remove(user)).rejects.toMatchObject({ code: 'PANEL_NOT_FOUND' });
    });
  });

  describe('remove', () => {
    it('tells a removal from a user that was gone', async () => {
      const user = world.fake.addUser();
      expect(await world.client.users.remove(user)).toBe('removed');
      expect(await world.client.users.remove(user)).toBe('gone');
    });

    it('settles a lost answer by looking', async () => {
      const [one, two] = [world.fake.addUser(), world.fake.addUser()];
      world.fake.server.inject({ endpoint: removed, times: 1, when: 'after', fault: { kind: 'cut' } });
      expect(await world.client.users.remove(one)).toBe('removed');
      world.fake.server.inject({ endpoint: removed, times: 1, fault: { kind: 'cut' } });
      expect(await world.client.users.remove(two)).toBe('removed');
      expect(world.fake.state.users.size).toBe(0);
    });

    it('does not believe a yes that removed nothing', async () => {
      const user = world.fake.addUser();
      const yes = { kind: 'body', status: 200, body: { status: 200, msg: 'ok' } } as const;
      world.fake.server.inject({ endpoint: removed, times: 1, fault: yes });
      const refused = world.client.users.remove(user);
      await expect(refused).rejects.toMatchObject({ code: 'change_not_applied', outcomeUnknown: true });
      expect(await world.client.users.remove(user)).toBe('removed');
    });

    it.each(givenUp)('waits before it repeats a removal after %s', async (_, fault) => {
      const { fake, time } = world;
      const user = fake.addUser();
      fake.server.inject({ endpoint: removed, times: 1, fault });
      const landsAt = time.now() + 10_000;
      fake.server.onCall(({ changing }) => {
        if (!changing && time.now() >= landsAt) fake.deleteUser(user);
      });
      expect(await world.client.users.remove(user)).toBe('removed');
      expect(calls(fake, 'changing')).toHaveLength(1);
    });

    it('does not know whether the panel goes on with a removal after a second time-out', async () => {
      const user = world.fake.addUser();
      world.fake.server.inject({ endpoint: removed, fault: { kind: 'html', status: 504 } });
      await expect(world.client.users.remove(user)).rejects.toMatchObject({ outcomeUnknown: true });
      expect(calls(world.fake, 'changing')).toHaveLength(2);
    });

    it('says that nothing was changed after a second 500', async () => {
      const user = world.fake.addUser();
      world.fake.server.inject({ endpoint: removed, fault: serverError });
      await expect(world.client.users.remove(user)).rejects.toMatchObject({
        outcomeUnknown: false,
        message: expect.stringContaining('nothing was changed') as unknown,
      });
    });

    it('does not know whether a user is removed that it cannot read back', async () => {
      const user = world.fake.addUser();
      const match = (): boolean => calls(world.fake).includes(removed) && calls(world.fake).at(-1) !== removed;
      world.fake.server.inject({ match, fault: { kind: 'html', status: 404 } });
      await expect(world.client.users.remove(user)).rejects.toMatchObject({ outcomeUnknown: true });
    });
  });
});
