import type { AgentPlan, AgentStanding, AgentTraffic } from '@sluice/panel-kind';
import { type EvidenceRecord, type HoldRecord, toAgentSubject } from '@sluice/quota-core';
import { AgentHierarchy } from '../account/hierarchy.js';
import { type PlanInput, planUsers } from '../account/plan-users.js';
import type { UserPrior } from '../account/user-actions.js';
import { type HiddifyUser, SELF } from '../client/records.js';
import { listedAdmin, listedUser } from './records.js';

const AT = '2026-03-10T12:00:00.000Z';

/** What a check found: agent "east" below "north", and "south" beside it. */
export interface Found {
  users: readonly Partial<HiddifyUser>[];
  holds: readonly HoldRecord[];
  evidence: readonly EvidenceRecord[];
  /** What the limits of agents require; those of the others require nothing. */
  force: Readonly<Record<string, AgentStanding['force']>>;
  exempt: readonly string[];
  serviceUsers: readonly string[];
  agent: string | null;
  agents: readonly Partial<AgentTraffic>[];
  /** Users of the ledger, and whether they are gone. */
  ledger: Readonly<Record<string, boolean>>;
  unread: readonly string[];
}

/** Returns the plan for the users of what a check found. */
export function planFor(found: Partial<Found>, most?: number): AgentPlan {
  return planUsers(toInput(found), most);
}

function toInput(found: Partial<Found>): PlanInput {
  const admins = [listedAdmin(SELF, SELF), listedAdmin('north', SELF), listedAdmin('south', SELF)];
  const hierarchy = new AgentHierarchy([...admins, listedAdmin('east', 'north')]);
  const users = (found.users ?? []).map((user) => listedUser(user));
  const force = Object.entries(found.force ?? {});
  const entries = Object.entries(found.ledger ?? {}).map(([uuid, gone]) => [
    uuid,
    { gone, lastBytes: 0, totalBytes: 0 },
  ]);
  const recorded = {
    ...{ hierarchy, agents: new Map(), links: [], crossed: [], calculator: { unassigned: 0 } },
    ...{ exempt: new Set(found.exempt), ledger: { entries: new Map(entries as never) } },
    standing: new Map(force.map(([agent, required]) => [agent, { force: required }])),
  };
  return {
    list: { at: AT, users, unread: new Set(found.unread) } as unknown as PlanInput['list'],
    recorded: recorded as unknown as PlanInput['recorded'],
    records: { evidence: found.evidence ?? [] } as unknown as PlanInput['records'],
    holds: found.holds ?? [],
    serviceUsers: new Set(found.serviceUsers),
    agent: found.agent ?? null,
    agents: (found.agents ?? []) as AgentTraffic[],
  };
}

/** Returns the hold of an agent's limit, or its suspension. */
export function holdOf(agent: string, reason: 'agent-limit' | 'manual' = 'agent-limit'): HoldRecord {
  return {
    ...{ id: `${reason}-${agent}`, service: toAgentSubject('vpn', agent), reason, restriction: null },
    ...{ since: AT, until: null, note: null, cycle: null, usedBytes: null, allowedBytes: null, origin: 'run' },
  };
}

/** Returns the evidence that a user was disabled for the hold of an agent. */
export function disabledFor(hold: HoldRecord, prior: Partial<UserPrior> = {}, target = 'u1'): EvidenceRecord {
  return {
    ...{ id: `ev-${target}`, hold: hold.id, service: hold.service, panel: 'vpn', kind: 'user', target },
    ...{ prior: { name: 'anna', enabled: true, owner: 'north', ...prior } },
    ...{ action: null, adopted: false, since: AT, until: null, outcome: null },
  };
}
