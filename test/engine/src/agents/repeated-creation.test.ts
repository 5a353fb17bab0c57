import { beforeEach, describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import type { CreatedUserReport } from '@sluice/engine';

const at = useBench(startHiddifyBench);
beforeEach(async () => {
  await at.limit('north', 10);
});

const POST = 'POST /api/v2/admin/user/';

describe('what the panel shows by now', () => {
  it('counts at once, however short ago somebody looked', async () => {
    const user = at.panel.addUser({ agent: at.north, usageLimit: 50 * GB });
    await at.sluice.agents.list();
    at.panel.changeUser(user, { currentUsage: 9 * GB });
    const { usedBytes } = await at.sluice.agents.show('north');
    expect(usedBytes).toBe(9 * GB);
    at.panel.changeUser(user, { currentUsage: 9.5 * GB });
    const { agents } = await at.sluice.agents.list();
    expect(agents.find(({ name }) => name === 'north')?.usedBytes).toBe(9.5 * GB);
    at.panel.changeUser(user, { currentUsage: 9.6 * GB });
    expect(await at.sluice.agents.canCreateUser('north', 0.5 * GB)).toMatchObject({ allowed: false });
    await expect(at.createUser('north', 'x', 0.5)).rejects.toMatchObject({ code: 'agent_limit' });
    expect(at.changes()).toEqual([]);
    await at.createUser('north', 'x', 0.25);
  });
});

describe('a creation of unknown outcome, ordered again', () => {
  /** Orders a user of 4 GB in a process of its own. */
  const order = (pid: number, name = 'anna', gone: number[] = [], host = 'test'): Promise<CreatedUserReport> =>
    at.bench.inAnother((by) => at.createUser('north', name, 4, { by }), {
      owner: { host, pid, processStart: 'x' },
      isAlive: (owner) => !gone.includes(owner.pid),
    });
  const names = (): string[] => at.panel.listUsers(at.north).map(({ name }) => name);
  /** From the creation on, the panel answers nothing. */
  const lost = async (when: 'before' | 'after', pid: number, host = 'test'): Promise<void> => {
    const removals = [POST, /user\/\{uuid\}/].map((endpoint) =>
      at.panel.server.inject({ endpoint, ...(endpoint === POST ? { when } : {}), fault: { kind: 'cut' } }),
    );
    const message = expect.stringMatching(/Repeat the command/) as unknown;
    await expect(order(pid, 'anna', [], host)).rejects.toMatchObject({ code: 'user_half_made', message });
    for (const remove of removals) remove();
  };

  it.each(['before', 'after'] as const)('makes one user, when the answer was lost %s the change', async (when) => {
    await lost(when, 501);
    expect(names()).toEqual(when === 'after' ? ['anna'] : []);
    const again = await order(502, 'anna', [501]);
    const [user] = at.panel.listUsers(at.north);
    expect(again.user.uuid).toBe(user?.uuid);
    expect(names()).toEqual(['anna']);
    expect((await at.sluice.agents.show('north')).reservedBytes).toBe(4 * GB);
  });

  it('tells of the user that a sweep has found meanwhile, once', async () => {
    await lost('after', 501);
    at.bench.clock.advance(11 * MINUTE);
    await at.check();
    const again = await order(502, 'anna', [501]);
    const [user] = at.panel.listUsers(at.north);
    expect(again.user.uuid).toBe(user?.uuid);
    expect(names()).toEqual(['anna']);
    await order(503, 'anna', [501, 502]);
    expect(names()).toEqual(['anna', 'anna']);
  });

  it('makes a new one when what the sweep had found is gone', async () => {
    await lost('after', 501);
    at.bench.clock.advance(11 * MINUTE);
    await at.check();
    for (const { uuid } of at.panel.listUsers(at.north)) at.panel.deleteUser(uuid);
    await order(502, 'anna', [501]);
    expect(names()).toEqual(['anna']);
  });

  it('makes one user once the reservation of another host has expired', async () => {
    await lost('after', 501, 'elsewhere');
    at.bench.clock.advance(11 * MINUTE);
    await order(502);
    expect(names()).toEqual(['anna']);
  });

  it('is another order under another name', async () => {
    await lost('after', 501);
    await order(502, 'bela', [501]);
    expect(names()).toEqual(['anna', 'bela']);
    await order(503, 'anna', [501]);
    expect(names()).toEqual(['anna', 'bela']);
  });

  it.each(['before', 'after'] as const)(
    'makes one user in the process that goes on, lost %s the change',
    async (when) => {
      await lost(when, 501);
      at.bench.clock.advance(MINUTE);
      const again = await order(501);
      expect(at.panel.listUsers(at.north)).toMatchObject([{ name: 'anna', uuid: again.user.uuid }]);
      await order(501);
      expect(names()).toEqual(['anna', 'anna']);
    },
  );

  it('tells of the user that a check has found half a minute later, once', async () => {
    await lost('after', 501);
    at.bench.clock.advance(MINUTE);
    await at.check();
    const again = await order(501);
    expect(at.panel.listUsers(at.north)).toMatchObject([{ name: 'anna', uuid: again.user.uuid }]);
    await order(501);
    expect(names()).toEqual(['anna', 'anna']);
  });

  it('is another order while the first one is made', async () => {
    const orders = during(
      at.panel.server,
      ({ endpoint }) => endpoint === POST,
      () => order(501),
      () => order(501),
    );
    await orders;
    expect(names()).toEqual(['anna', 'anna']);
  });

  it('says what to do when nobody can tell whether the panel is still at work', async () => {
    const remove = at.panel.server.inject({ endpoint: POST, fault: { kind: 'cut' } });
    await expect(order(501)).rejects.toThrow(/run the same command again/);
    remove();
    await order(502, 'anna', [501]);
    expect(names()).toEqual(['anna']);
  });
});

describe('an agent that the panel has no more', () => {
  it('is told of as missing while it has a limit, and then no longer', async () => {
    for (const name of ['east', 'west', 'far', 'near']) at.panel.addAgent(undefined, { name });
    const agents = async (): Promise<[string, string | null][]> =>
      (await at.sluice.agents.list()).agents.map(({ name, rule }) => [name, rule]);
    expect(await agents()).toContainEqual(['east', 'no-limit']);
    at.panel.deleteAgent(at.north);
    const east = [...at.panel.state.admins.values()].find(({ name }) => name === 'east');
    at.panel.deleteAgent(east?.uuid ?? '');
    expect(await agents()).toContainEqual(['north', 'missing']);
    expect((await agents()).map(([name]) => name)).not.toContain('east');
    await expect(at.sluice.agents.show('nort')).rejects.toThrow('"nort"');
  });
});
