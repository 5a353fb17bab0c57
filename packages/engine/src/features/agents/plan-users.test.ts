import { describe, expect, it } from '@jest/globals';
import type { AgentList, KnownListedUser, PanelAgents, Step } from '@sluice/panel-kind';
import { type HoldRecord, toAgentSubject } from '@sluice/quota-core';
import { type AgentDecision, AgentHierarchy, type AgentRules, AgentSums, OWN_ACCOUNT } from '@sluice/quota-core/agents';
import type { AgentPlanInput } from './agent-plan.js';
import { planUsers } from './plan-users.js';

const at = '2026-03-01T12:00:00.000Z';
const rules: AgentRules = {
  ...{ accounting: 'consumed', period: 'none', timeZone: 'UTC' },
  ...{ exempt: [], releaseBelowPercent: 95, thresholds: [] },
};

const agents = {
  rules,
  isTouched: () => false,
  disable: ({ uuid, name }: KnownListedUser & { active?: boolean }, { agent, hold }): Step => {
    const prior = { name, active: uuid === 'u-0007' };
    return { ...{ type: 'disable-user', target: uuid, hold, prior, payload: { agent } }, ends: [], begins: null };
  },
} as Partial<PanelAgents> as PanelAgents;

/** Returns the input of a plan for so many enabled users of an agent. */
function toInput(count: number, force: AgentDecision['force'], holds: readonly HoldRecord[]): AgentPlanInput {
  const users = Array.from({ length: count }, (_, n) => {
    const uuid = `u-${String(count - 1 - n).padStart(4, '0')}`;
    return { uuid, id: n, name: uuid, owner: 'north', enabled: true, limitBytes: 100, usedBytes: 0 };
  });
  const list: AgentList = { at, users, unread: new Set() };
  const accounts = [OWN_ACCOUNT, 'north'].map((uuid) => ({ uuid, name: uuid, role: 'agent', parent: OWN_ACCOUNT }));
  const hierarchy = new AgentHierarchy(accounts);
  const snapshot = { panel: 'vpn', at, until: at, users: count, admins: 2, ownerName: 'Owner' };
  return {
    records: { agents: [], reservations: [], snapshot: null, holds: [], evidence: [], periodNow: at },
    list,
    recorded: {
      ...{ agents: new Map(), users: { changed: [], removed: [] }, reservations: [], snapshot, crossed: [], ended: [] },
      ...{
        hierarchy,
        sums: new AgentSums(hierarchy, users),
        links: [],
        ledger: { entries: new Map() },
        exempt: new Set(),
      },
      standing: new Map([['north', { force, exceeded: force === 'over', rule: 'below-limit' }]]),
    },
    ...{ holds, serviceUsers: new Set(), agent: null },
  };
}

describe('the steps of one run', () => {
  const hold: HoldRecord = {
    ...{ id: 'hold-1', service: toAgentSubject('vpn', 'north'), reason: 'agent-limit', restriction: null },
    ...{ since: at, until: null, note: null, cycle: null, usedBytes: 50, allowedBytes: 10, origin: 'run' },
  };

  it('are for a hold, a thousand at most, those that are served first, and say how many are left', () => {
    expect(planUsers(agents, toInput(1003, 'over', [])).steps).toEqual([]);
    const plan = planUsers(agents, toInput(1003, 'over', [hold]));
    expect([plan.steps.length, plan.left]).toEqual([1000, 3]);
    expect(new Set(plan.steps.map(({ hold: id }) => id))).toEqual(new Set([hold.id]));
    const [first, ...rest] = plan.steps.map(({ target }) => target);
    expect(first).toBe('u-0007');
    expect(rest).toEqual([...rest].sort());
  });

  it('are all at once for a suspension', () => {
    const plan = planUsers(agents, toInput(1003, 'over', [hold]), Infinity);
    expect([plan.steps.length, plan.left]).toEqual([1003, 0]);
  });

  it('are none where the limit is not exceeded', () => {
    for (const force of ['keep', 'free'] as const) {
      expect(planUsers(agents, toInput(3, force, [hold])).steps).toEqual([]);
    }
  });
});
