import { describe, expect, it } from '@jest/globals';
import type { AgentRecords } from '@sluice/panel-kind';
import { type HoldRecord, toAgentSubject } from '@sluice/quota-core';
import { HiddifyAgents } from '../panel/agents.js';
import { toAgentRules } from '../panel/settings.js';
import { useWorld } from '../test/world.js';

describe('the steps of one run', () => {
  const world = useWorld();

  it('are for a hold, a thousand at most, those that are served first, and say how many are left', async () => {
    const { fake, client, clock } = world;
    const north = fake.addAgent(undefined, { name: 'north' });
    for (let n = 0; n < 1003; n++) fake.addUser({ agent: north, currentUsage: n === 1002 ? 50 : 0 });
    const rules = toAgentRules({ agents: undefined }, 'UTC');
    const turn = <T>(work: () => Promise<T>): Promise<T> => work();
    const agents = new HiddifyAgents({ name: 'vpn', client, clock, rules, findAddon: null, turn });
    const now = new Date(world.time.now()).toISOString();
    const nothing = { reservations: [], snapshot: null, holds: [], evidence: [], periodNow: now };
    const { signal } = new AbortController();
    const read = async (records: AgentRecords) => {
      const list = await agents.read(null, { acceptHalved: false, signal });
      if (!('admins' in list)) throw new Error('no list');
      const whole = await agents.complete(list, { agents: records.agents, users: [], disabled: new Set() }, signal);
      if (!('goneUsers' in whole)) throw new Error('no list');
      const recorded = agents.record(
        whole,
        { records, users: [], actions: [], sold: new Map() },
        { now, run: null, jump: null },
      );
      return { list: whole, recorded, records: { ...records, agents: [...recorded.agents.values()] } };
    };
    const first = await read({ ...nothing, agents: [] });
    const limited = agents.withLimits(first.records, [{ agent: 'north', limitBytes: 10 }], now);
    const second = await read({ ...nothing, agents: limited });
    expect(agents.plan({ ...second, holds: [], serviceUsers: new Set(), agent: null }).steps).toEqual([]);
    const hold: HoldRecord = {
      ...{ id: 'hold-1', service: toAgentSubject('vpn', north), reason: 'agent-limit', restriction: null },
      ...{ since: now, until: null, note: null, cycle: null, usedBytes: 50, allowedBytes: 10, origin: 'run' },
    };
    const plan = agents.plan({ ...second, holds: [hold], serviceUsers: new Set(), agent: null });
    expect([plan.steps.length, plan.left]).toEqual([1000, 3]);
    expect(new Set(plan.steps.map(({ hold: id }) => id))).toEqual(new Set([hold.id]));
    expect(new Set(plan.steps.map(({ type }) => type))).toEqual(new Set(['disable-user']));
    const targets = plan.steps.map(({ target }) => target);
    expect(targets).toEqual([...targets].sort());
  });
});
