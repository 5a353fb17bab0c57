import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeHiddifyOptions } from '@sluice/fake-panels';
import { type AddonBackend, type AddonOptions, type AddonSearch, findAddon } from './addon.js';
import { fixture } from '../test/fixture.js';
import { calls, GB, startWorld, type World } from '../test/world.js';

describe('the add-on', () => {
  let world: World;
  let backend: AddonBackend | undefined;

  const start = async (options: FakeHiddifyOptions = {}): Promise<void> => {
    world = await startWorld({ addOn: { endpoints: 'root', hooks: 'none' }, ...options });
  };

  const search = async (options: Partial<AddonOptions> = {}): Promise<AddonSearch> => {
    const found = await findAddon({
      panel: 'vpn',
      baseUrl: world.fake.link,
      allowHttp: true,
      retry: { attempts: 1 },
      breaker: false,
      onCall: (event) => world.events.push(event),
      ...options,
    });
    if (found.found) backend = found.backend;
    return found;
  };

  const present = async (): Promise<AddonBackend> => {
    const found = await search();
    if (!found.found) throw new Error(found.tried.map(({ reason }) => reason).join('; '));
    return found.backend;
  };

  afterEach(async () => {
    backend?.close();
    await world.close();
  });

  describe('is looked for', () => {
    it.each(['root', 'below-admin-path'] as const)('and found where it answers: %s', async (endpoints) => {
      await start({ addOn: { endpoints, hooks: 'none' } });
      world.fake.addAgent(undefined, { name: 'north' });
      const found = await search();
      expect(found.found).toBe(true);
      expect(await backend?.listAgents()).toMatchObject([{ name: 'north', limitBytes: null }]);
    });

    it('and absent on a stock panel, which is no statement about any agent', async () => {
      await start({ addOn: { endpoints: 'none', hooks: 'published' } });
      const found = await search();
      expect(found).toEqual({
        found: false,
        tried: [
          { prefix: '/api/v1/agent-traffic', reason: expect.stringContaining('HTTP 400') },
          {
            prefix: expect.stringMatching(/^\/\[redacted\]\/api\/v1\/agent-traffic$/),
            reason: expect.stringContaining('HTTP 500'),
          },
        ],
      });
      expect(JSON.stringify(found)).not.toContain(world.fake.switches.adminPath);
    });

    it('under a prefix of its own', async () => {
      await start();
      const found = await search({ prefix: 'somewhere/else/' });
      expect(found).toMatchObject({ found: false, tried: [{ prefix: '/somewhere/else' }] });
      expect((await search({ prefix: '/api/v1/agent-traffic' })).found).toBe(true);
    });

    it.each<[string, unknown]>([
      ['a list without a count', { agents: [] }],
      ['a count without a list', { count: 0 }],
      ['an array', []],
      ['agents that are none', { agents: [{ agent_id: 2 }], count: 1 }],
    ])('and absent where the answer is %s', async (_, body) => {
      await start();
      world.fake.server.inject({ fault: { kind: 'body', body: body as object } });
      expect((await search()).found).toBe(false);
    });
  });

  describe('as a backend', () => {
    let north: string;
    let anna: string;

    beforeEach(async () => {
      await start({ addOn: { endpoints: 'root', hooks: 'none', sumsAsText: true } });
      north = world.fake.addAgent(undefined, { name: 'north' });
      anna = world.fake.addUser({ agent: north, usageLimit: 50 * GB, currentUsage: 20 * GB + 1 });
    });

    it('says how it counts', async () => {
      expect((await present()).semantics).toEqual({
        kind: 'addon',
        accounting: 'panel',
        zeroIsNothing: false,
        atomicCreation: false,
        restores: false,
        ancestors: false,
        ledger: false,
      });
    });

    it('sets, shows and clears a limit in whole bytes', async () => {
      const addon = await present();
      expect(await addon.setTrafficLimit('north', 25 * GB + 7)).toEqual({
        uuid: north,
        name: 'north',
        limitBytes: 25 * GB + 7,
        usedBytes: 20 * GB + 1,
        remainingBytes: 5 * GB + 6,
        exceeded: false,
        users: 1,
      });
      expect(world.fake.admin(north).trafficLimit).toBe(25 * GB + 7);
      expect((await addon.setTrafficLimit(north, null)).limitBytes).toBeNull();
    });

    it('refuses a limit of 0, which it would read as none', async () => {
      const addon = await present();
      await expect(addon.setTrafficLimit('north', 0)).rejects.toMatchObject({ code: 'addon_unsupported' });
      await expect(addon.setTrafficLimit('north', -5)).rejects.toMatchObject({ code: 'invalid_limit' });
      expect(calls(world.fake, 'changing')).toEqual([]);
    });

    it('checks before a creation: exactly full is allowed', async () => {
      const addon = await present();
      await addon.setTrafficLimit('north', 30 * GB + 1);
      expect(await addon.canCreateUserWithTraffic('north', 10 * GB)).toMatchObject({ allowed: true, reason: null });
      const refused = await addon.canCreateUserWithTraffic('north', 10 * GB + 1);
      expect(refused).toMatchObject({ allowed: false, remainingBytes: 10 * GB, binding: north });
      expect(refused.reason).toContain('The add-on refuses a new user for agent "north"');
    });

    it('checks agents and disables the users of those that are over', async () => {
      const addon = await present();
      await addon.setTrafficLimit('north', 10 * GB);
      expect(await addon.checkAllAgents()).toEqual({ exceeded: 1 });
      expect(world.fake.user(anna).enable).toBe(false);
      expect(await addon.checkAgent('north')).toMatchObject({
        exceeded: true,
        agent: { name: 'north', exceeded: true },
      });
    });

    it('knows its agents by uuid or by a name without doubt', async () => {
      const addon = await present();
      await expect(addon.getAgent('nobody')).rejects.toMatchObject({ code: 'unknown_agent' });
      world.fake.addAgent(undefined, { name: 'north' });
      await expect(addon.getAgent('north')).rejects.toMatchObject({ code: 'ambiguous_agent' });
      expect(await addon.getAgent(north)).toMatchObject({ usedBytes: 20 * GB + 1 });
    });

    it('is never believed when it fails', async () => {
      const addon = await present();
      for (const kind of ['html', 'cut', 'empty'] as const) {
        const remove = world.fake.server.inject({ fault: { kind } });
        await expect(addon.checkAllAgents()).rejects.toHaveProperty('code', expect.stringMatching(/^PANEL_/));
        await expect(addon.listAgents()).rejects.toHaveProperty('code', expect.stringMatching(/^PANEL_/));
        remove();
      }
    });
  });

  it('is read as its code is', async () => {
    await start();
    const answers = ['addon.list', 'addon.get', 'addon.check', 'addon.can-create'].map(
      (name) => fixture(name).response.json,
    );
    const north = { name: 'north', usedBytes: 29_527_900_161, limitBytes: 25 * GB, remainingBytes: 0, exceeded: true };
    world.fake.server.inject({ times: 2, fault: { kind: 'body', body: answers[0] as object } });
    const addon = await present();
    expect(await addon.listAgents()).toMatchObject([
      north,
      { name: 'north-east', limitBytes: null, usedBytes: 21_474_836_481 },
    ]);
    const reply = (n: number): (() => void) => {
      const list = world.fake.server.inject({ times: 1, fault: { kind: 'body', body: answers[0] as object } });
      const answer = world.fake.server.inject({ fault: { kind: 'body', body: answers[n] as object } });
      return () => {
        list();
        answer();
      };
    };
    let remove = reply(1);
    expect(await addon.getAgent('north')).toMatchObject(north);
    remove();
    remove = reply(2);
    expect(await addon.checkAgent('north')).toMatchObject({ exceeded: true, agent: north });
    remove();
    remove = reply(3);
    expect(await addon.canCreateUserWithTraffic('north', 50 * GB)).toMatchObject({ allowed: false, remainingBytes: 0 });
    remove();
  });
});
