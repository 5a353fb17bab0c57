import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { GB, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import { handleOn } from '../../sqlite.js';
import type { AgentDetail, AgentExplained, CheckReport, RunReport } from '@sluice/engine';

type PanelUser = ReturnType<HiddifyBench['panel']['user']>;

/** What the panel showed when the store was written by schema version 7. */
interface World {
  now: string;
  agents: Record<'north' | 'south' | 'west' | 'east', string>;
  users: (PanelUser & { addedBy: number })[];
}

const FIXTURES = new URL('../../../../fixtures/', import.meta.url);
const world = JSON.parse(readFileSync(new URL('store-7-agents.json', FIXTURES), 'utf8')) as World;

/**
 * A store of schema version 7: "north" is over, its users and its service's user are disabled; "south" came back; a user of
 * "west" was disabled and a user of "east" was enabled without an answer; "svc-2" is held by hand.
 */
const at = startForEachTest(() => startHiddifyBench({ north: world.agents.north }));
beforeEach(() => {
  for (const [name, uuid] of Object.entries(world.agents)) {
    if (name !== 'north') at.panel.addAgent(undefined, { name, uuid });
  }
  const owners = [at.panel.key, at.panel.key, ...Object.values(world.agents)];
  for (const { addedBy, id: _id, ...user } of world.users) {
    at.panel.addUser({ ...user, agent: owners[addedBy] ?? at.panel.key });
  }
  at.panel.server.clearCalls();
  at.bench.clock.set(new Date(Date.parse(world.now) + 60_000).toISOString());
  at.bench.write('sluice.db', '');
  handleOn(at.bench.path('sluice.db')).exec(readFileSync(new URL('store-7-agents.sql', FIXTURES), 'utf8'));
});

const user = (name: string): PanelUser => {
  const uuid = world.users.find((each) => each.name === name)?.uuid ?? '';
  return at.panel.user(uuid);
};
const enabled = (): string[] => world.users.map(({ name }) => name).filter((name) => user(name).enable);

describe('a store of schema version 7', () => {
  it('is polled and checked without a change on the panel', async () => {
    const before = enabled();
    expect(before).toEqual(['cora', 'emma']);
    expect((await at.poll()).exitCode).toBe(0);
    const checked = (await at.check()).json<CheckReport>();
    expect(checked.totals).toMatchObject({ agents: 4, exceeded: 2, disabled: 0, restored: 0, failed: 0 });
    const shown = checked.agents.map(({ name, usersDisabledByUs }) => [name, usersDisabledByUs]);
    expect(Object.fromEntries(shown)).toEqual({ north: 3, south: 0, west: 1, east: 0 });
    expect((await at.sluice('reconcile')).json<RunReport>().totals.actions).toBe(0);
    expect([at.changes(), enabled()]).toEqual([[], before]);
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
    expect((await at.sluice('db check')).exitCode).toBe(0);
  });

  it('keeps since when each agent is held, and what was done for it', async () => {
    await at.check();
    expect((await at.sluice('agent show north')).json<AgentDetail>().heldSince).toBe('2026-11-20T12:05:00.000Z');
    const told = async (agent: string): Promise<unknown[]> =>
      (await at.sluice(`agent explain ${agent}`))
        .json<AgentExplained>()
        .actions.map(({ name, state, outcome }) => [name, state, outcome]);
    expect((await told('north')).sort()).toEqual([
      ['anna', 'disabled', null],
      ['bela', 'disabled', null],
      ['svc-1', 'disabled', null],
    ]);
    expect(await told('south')).toEqual([['cora', 'ended', 'restored']]);
    expect(await told('west')).toEqual([['dora', 'disabled', null]]);
    expect(await told('east')).toEqual([['emma', 'ended', 'restored']]);
  });

  it('gives back all that it had disabled', async () => {
    for (const name of ['north', 'west']) await at.sluice(`agent limit ${name} --gb 500 --yes`);
    expect((await at.check()).json<CheckReport>().totals).toMatchObject({ exceeded: 0, restored: 4, failed: 0 });
    expect(enabled()).toEqual(['anna', 'bela', 'cora', 'dora', 'emma', 'svc-1']);
    expect(user('svc-1').usageLimit).toBe(10 * GB);
    expect(await at.bench.store((store) => store.evidence.open({ agentsOf: 'vpn' }))).toEqual([]);
    expect(await at.bench.store((store) => store.holds.open({ agentsOf: 'vpn' }))).toEqual([]);
  });
});
