import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { GB, useWorld } from './test/world.js';

/** What may be in no log: the key, the secret path, anybody's uuid, anybody's private key. */
describe('nothing secret', () => {
  const world = useWorld();
  let north: string;
  let user: string;
  const errors: unknown[] = [];

  beforeEach(() => {
    errors.length = 0;
    north = world.fake.addAgent(undefined, { name: 'north' });
    user = world.fake.addUser({ agent: north });
  });

  const fails = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      errors.push(error);
    }
  };

  it('stands in an event or an error, whatever goes wrong', async () => {
    const { client, fake } = world;
    const wanted = { name: 'x', limitBytes: GB, packageDays: 1, owner: north, uuid: client.newUuid() };
    const private500 = {
      kind: 'status' as const,
      status: 500,
      body: {
        msg: `(MySQLdb.IntegrityError) (1062, "Duplicate entry '${user}' for key")\n[SQL: INSERT]\n[parameters: ('-----BEGIN OPENSSH PRIVATE KEY-----SECRET', '${fake.key}')]`,
      },
    };
    const faults = [
      private500,
      {
        kind: 'status' as const,
        status: 308,
        headers: { location: `${fake.url}/api/v2/admin/user/${user}/?key=${fake.key}` },
      },
      { kind: 'status' as const, status: 404, body: { message: `no ${user} below ${fake.url} with ${fake.key}` } },
      { kind: 'html' as const },
      { kind: 'cut' as const },
      { kind: 'body' as const, body: { uuid: user, msg: fake.key } },
    ];
    for (const fault of faults) {
      const remove = fake.server.inject({ fault });
      await fails(() => client.users.list());
      await fails(() => client.admins.list());
      await fails(() => client.users.get(user, { tag: user }));
      await fails(() => client.users.create(wanted));
      await fails(() => client.users.disable(user));
      await fails(() => client.users.remove(user));
      await fails(() => client.admins.update(north, { comment: 'x' }));
      await fails(() => client.probe());
      remove();
    }
    await fails(() => client.users.create({ ...wanted, owner: client.newUuid() }));
    await fails(() => world.clientWith({ baseUrl: fake.url, apiKey: client.newUuid() }).users.list());

    expect(errors.length).toBeGreaterThan(40);
    expect(world.events.length).toBeGreaterThan(50);
    const events = JSON.stringify(world.events);
    const texts = errors.map((error) => {
      const { details: _ids, ...rest } = error as { details?: unknown };
      return [(error as Error).message, (error as Error).stack, JSON.stringify(rest), inspect(rest)].join('\n');
    });
    for (const text of [events, ...texts]) {
      for (const secret of [fake.key, fake.key.toUpperCase(), fake.switches.adminPath, 'PRIVATE KEY', 'SECRET']) {
        expect(text).not.toContain(secret);
      }
      expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i);
    }
  });

  it('is left by redact', () => {
    const text = world.client.redact(`${world.fake.link} ${user} ${world.fake.key.toUpperCase()}`);
    for (const secret of [world.fake.key, world.fake.switches.adminPath, user]) expect(text).not.toContain(secret);
  });

  it('of key material is kept of a user', async () => {
    const { users } = await world.client.users.list();
    const keys = Object.keys(users[0] ?? {});
    expect(keys.filter((key) => /key|ed25519|wg|pk|psk/i.test(key))).toEqual([]);
  });
});
