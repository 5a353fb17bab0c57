import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../harness.js';
import { GB, MINUTE, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { AgentDetail, AgentView, CreatedUserReport } from '@sluice/engine';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
  await at.sluice('agent limit north --gb 10');
});
afterEach(() => at.close());

const POST = 'POST /api/v2/admin/user/';

describe('what the panel shows by now', () => {
  it('counts at once, however short ago somebody looked', async () => {
    const user = at.panel.addUser({ agent: at.north, usageLimit: 50 * GB });
    await at.sluice('agent list');
    at.panel.changeUser(user, { currentUsage: 9 * GB });
    const { usedBytes } = (await at.sluice('agent show north')).json<AgentDetail>();
    expect(usedBytes).toBe(9 * GB);
    at.panel.changeUser(user, { currentUsage: 9.5 * GB });
    const { agents } = (await at.sluice('agent list')).json<{ agents: AgentView[] }>();
    expect(agents.find(({ name }) => name === 'north')?.usedBytes).toBe(9.5 * GB);
    at.panel.changeUser(user, { currentUsage: 9.6 * GB });
    expect((await at.sluice('agent can-create-user north --gb 0.5')).exitCode).toBe(1);
    expect((await at.sluice('agent create-user north --name x --gb 0.5')).exitCode).toBe(1);
    expect(at.changes()).toEqual([]);
    expect((await at.sluice('agent create-user north --name x --gb 0.4')).exitCode).toBe(0);
  });
});

describe('a creation of unknown outcome, ordered again', () => {
  const order = (pid: number, name = 'anna', gone: number[] = [], host = 'test'): Promise<Outcome> =>
    at.bench.sluice(['agent', 'create-user', 'north', '--name', name, '--gb', '4', '--json'], {
      owner: { host, pid, processStart: 'x' },
      isAlive: (owner) => !gone.includes(owner.pid),
    });
  const names = (): string[] => at.panel.listUsers(at.north).map(({ name }) => name);
  /** From the creation on, the panel answers nothing. */
  const lost = async (when: 'before' | 'after', pid: number, host = 'test'): Promise<Outcome> => {
    const removals = [POST, /user\/\{uuid\}/].map((endpoint) =>
      at.panel.server.inject({ endpoint, ...(endpoint === POST ? { when } : {}), fault: { kind: 'cut' } }),
    );
    const outcome = await order(pid, 'anna', [], host);
    for (const remove of removals) remove();
    return outcome;
  };

  it.each(['before', 'after'] as const)('makes one user, when the answer was lost %s the change', async (when) => {
    const broken = await lost(when, 501);
    const { error } = broken.json<{ error: { code: string; message: string } }>();
    expect([broken.exitCode, error.code]).toEqual([1, 'user_half_made']);
    expect(error.message).toMatch(/Repeat the command/);
    expect(names()).toEqual(when === 'after' ? ['anna'] : []);
    const again = await order(502, 'anna', [501]);
    expect(again.exitCode).toBe(0);
    const [user] = at.panel.listUsers(at.north);
    expect(again.json<CreatedUserReport>().user.uuid).toBe(user?.uuid);
    expect(names()).toEqual(['anna']);
    expect((await at.sluice('agent show north')).json<AgentDetail>().reservedBytes).toBe(4 * GB);
  });

  it('tells of the user that a sweep has found meanwhile, once', async () => {
    await lost('after', 501);
    at.bench.clock.advance(11 * MINUTE);
    await at.check();
    const again = await order(502, 'anna', [501]);
    const [user] = at.panel.listUsers(at.north);
    expect(again.json<CreatedUserReport>().user.uuid).toBe(user?.uuid);
    expect(names()).toEqual(['anna']);
    expect((await order(503, 'anna', [501, 502])).exitCode).toBe(0);
    expect(names()).toEqual(['anna', 'anna']);
  });

  it('makes a new one when what the sweep had found is gone', async () => {
    await lost('after', 501);
    at.bench.clock.advance(11 * MINUTE);
    await at.check();
    for (const { uuid } of at.panel.listUsers(at.north)) at.panel.deleteUser(uuid);
    expect((await order(502, 'anna', [501])).exitCode).toBe(0);
    expect(names()).toEqual(['anna']);
  });

  it('makes one user once the reservation of another host has expired', async () => {
    await lost('after', 501, 'elsewhere');
    at.bench.clock.advance(11 * MINUTE);
    expect((await order(502)).exitCode).toBe(0);
    expect(names()).toEqual(['anna']);
  });

  it('is another order under another name, or while its maker lives', async () => {
    await lost('after', 501);
    expect((await order(502, 'bela', [501])).exitCode).toBe(0);
    expect(names()).toEqual(['anna', 'bela']);
    // Two of 4 GB are promised of 10, so a third does not fit.
    expect((await order(503, 'anna')).exitCode).toBe(1);
    expect((await order(504, 'anna', [501])).exitCode).toBe(0);
    expect(names()).toEqual(['anna', 'bela']);
  });

  it('says what to do when nobody can tell whether the panel is still at work', async () => {
    const remove = at.panel.server.inject({ endpoint: POST, fault: { kind: 'cut' } });
    const broken = await order(501);
    remove();
    expect(broken.exitCode).toBe(1);
    expect(broken.json<{ error: { message: string } }>().error.message).toMatch(/run the same command again/);
    expect((await order(502, 'anna', [501])).exitCode).toBe(0);
    expect(names()).toEqual(['anna']);
  });
});

describe('an agent that the panel has no more', () => {
  it('is told of as missing while it has a limit, and then no longer', async () => {
    for (const name of ['east', 'west', 'far', 'near']) at.panel.addAgent(undefined, { name });
    const agents = async (): Promise<[string, string | null][]> =>
      (await at.sluice('agent list')).json<{ agents: AgentView[] }>().agents.map(({ name, rule }) => [name, rule]);
    expect(await agents()).toContainEqual(['east', 'no-limit']);
    at.panel.deleteAgent(at.north);
    const east = [...at.panel.state.admins.values()].find(({ name }) => name === 'east');
    at.panel.deleteAgent(east?.uuid ?? '');
    expect(await agents()).toContainEqual(['north', 'missing']);
    expect((await agents()).map(([name]) => name)).not.toContain('east');
    const unknown = await at.sluice('agent show nort');
    expect(unknown.json<{ error: { message: string } }>().error.message).toContain('"nort"');
  });
});
