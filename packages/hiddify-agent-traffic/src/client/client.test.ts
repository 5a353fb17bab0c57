import { describe, expect, it } from '@jest/globals';
import { useWorld } from '../test/world.js';
import { createHiddifyClient } from './create-client.js';

describe('a client of the panel', () => {
  const world = useWorld();

  it("knows the Owner's key", async () => {
    expect(await world.client.probe()).toEqual({
      ok: true,
      access: 'owner',
      role: 'super_admin',
      name: 'Owner',
      version: '10.80.12.dev1',
      warnings: [expect.stringContaining('plain http')],
    });
    world.fake.server.clearCalls();
    await world.client.identity();
    expect(world.fake.server.calls).toEqual([]);
  });

  it.each(['agent', 'admin', 'super_admin'] as const)('calls the key of another %s limited', async (mode) => {
    const key = world.fake.addAgent(undefined, { mode, name: 'north' });
    const client = world.clientWith({ baseUrl: world.fake.url, apiKey: key });
    const probe = await client.probe();
    expect(probe).toMatchObject({ access: 'limited', role: mode, name: 'north' });
    expect(probe.warnings.join(' ')).toContain(`The key belongs to "north" (${mode}), not to the Owner`);
  });

  it('warns loudly when the panel answers without a key', async () => {
    world.fake.switches.rolesVoid = true;
    expect((await world.client.probe()).warnings.join(' ')).toContain('role checks have no effect');
  });

  it('takes the key as it is written, blanks and capitals included', async () => {
    const client = world.clientWith({ baseUrl: world.fake.url, apiKey: ` ${world.fake.key.toUpperCase()} ` });
    expect(await client.identity()).toMatchObject({ access: 'owner' });
  });

  it('refuses a key that is none before any call', () => {
    for (const apiKey of ['', 'secret', world.fake.key.replaceAll('-', '')]) {
      expect(() => createHiddifyClient({ panel: 'vpn', baseUrl: world.fake.url, apiKey, allowHttp: true })).toThrow(
        expect.objectContaining({ code: 'invalid_key' }),
      );
    }
  });

  it('ends every path with a slash and sends what the panel wants', async () => {
    const agent = world.fake.addAgent();
    const { user } = await world.client.users.create({ name: 'x', limitBytes: 1, packageDays: 1, owner: agent });
    await world.client.users.disable(user.uuid ?? '');
    await world.client.users.remove(user.uuid ?? '');
    await world.client.probe();
    await world.client.serverStatus();
    for (const call of world.fake.server.calls) {
      expect(call.path).toMatch(/\/$/);
      expect(call.headers).toMatchObject({ accept: 'application/json' });
      expect(call.headers['user-agent']).toMatch(/^Sluice\//);
      expect(call.headers).not.toHaveProperty('cookie');
      if (call.body !== '') expect(call.headers['content-type']).toBe('application/json');
    }
  });

  it('reads the statistics as text or numbers', async () => {
    const agent = world.fake.addAgent();
    world.fake.use(world.fake.addUser({ agent }), 1_073_741_824);
    expect(await world.client.serverStatus()).toMatchObject({
      usage: { today: 1_073_741_824, total: 1_073_741_824 },
      users: 1,
    });
  });

  it('reads an empty list only from the words of the panel', async () => {
    expect(await world.client.users.list()).toMatchObject({ users: [], unreadable: 0 });
    for (const status of [404, 400, 500]) {
      world.fake.server.inject({ times: 1, fault: { kind: 'status', status, body: { message: 'nothing here' } } });
      await expect(world.client.users.list()).rejects.toHaveProperty('status', status);
    }
    for (const kind of ['html', 'empty', 'truncated', 'cut'] as const) {
      world.fake.addUser();
      world.fake.server.inject({ times: 1, fault: { kind } });
      await expect(world.client.users.list()).rejects.toHaveProperty('code');
    }
  });

  describe('says what is wrong:', () => {
    const message = async (work: Promise<unknown>): Promise<{ code: string; message: string }> => {
      const error: unknown = await work.catch((caught: unknown) => caught);
      return error as { code: string; message: string };
    };

    it('an unknown key', async () => {
      const client = world.clientWith({ baseUrl: world.fake.url, apiKey: world.client.newUuid() });
      for (const work of [client.users.list(), client.admins.list(), client.probe()]) {
        const error = await message(work);
        expect(error.code).toBe('PANEL_AUTH');
        expect(error.message).toContain('did not accept the key (apiKey)');
      }
    });

    it("an agent's key where the Owner's is needed", async () => {
      const agent = world.fake.addAgent();
      const client = world.clientWith({ baseUrl: world.fake.url, apiKey: agent });
      const error = await message(client.admins.list());
      expect(error.code).toBe('PANEL_FORBIDDEN');
      expect(error.message).toContain("It is the key of an agent or admin; use the Owner's key");
    });

    it("somebody else's user", async () => {
      const [north, south] = [world.fake.addAgent(), world.fake.addAgent()];
      const user = world.fake.addUser({ agent: south });
      const client = world.clientWith({ baseUrl: world.fake.url, apiKey: north });
      expect(await message(client.users.get(user))).toMatchObject({ code: 'PANEL_FORBIDDEN', panelCode: 'not_yours' });
    });

    it('a moved path', async () => {
      world.fake.switches.adminPath = 'MOVEDPATH';
      const error = await message(world.client.users.list());
      expect(error).toMatchObject({ code: 'PANEL_AUTH', panelCode: 'wrong_path' });
      expect(error.message).toContain('the secret path in the address is wrong or was changed');
    });

    it('http where the panel speaks https', async () => {
      for (const front of ['redirect-to-https', 'plain-on-tls-port'] as const) {
        world.fake.switches.front = front;
        const error = await message(world.client.users.list());
        expect(error.message).toContain(
          'The address begins with http://; a panel on the internet answers only over https://.',
        );
      }
    });

    it('a page of a proxy', async () => {
      world.fake.server.inject({ times: 2, fault: { kind: 'html' } });
      const read = await message(world.client.admins.list());
      expect(read).toMatchObject({ code: 'PANEL_UNREADABLE' });
      expect((await message(world.client.identity())).message).toContain('HTML page');
    });

    it('a call that this panel does not have', async () => {
      world.fake.server.inject({
        times: 1,
        fault: { kind: 'status', status: 500, body: { msg: '404 Not Found: The requested URL was not found.' } },
      });
      expect(await message(world.client.users.list())).toMatchObject({
        code: 'PANEL_NOT_FOUND',
        panelCode: 'no_route',
      });
    });

    it('a crawler refused', async () => {
      world.fake.server.inject({ times: 1, fault: { kind: 'status', status: 400, body: { message: 'invalid' } } });
      expect(await message(world.client.users.list())).toMatchObject({ code: 'PANEL_REJECTED', panelCode: 'crawler' });
    });
  });

  it('asks again for a list when the database has dropped its connections', async () => {
    world.fake.switches.lostConnections = 2;
    world.fake.addUser();
    const patient = world.clientWith({ retry: { attempts: 3, baseDelayMs: 1 } });
    expect((await patient.users.list()).users).toHaveLength(1);
  });
});
