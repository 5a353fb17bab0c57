import type { AgentTraffic, KnownListedUser, ListedUser, PanelAgents, Step, UserRestriction } from '@sluice/panel-kind';
import { newStep } from '@sluice/panel-kind';
import { type EvidenceRecord, type HoldRecord, toAgentSubject } from '@sluice/quota-core';
import { type AgentDecision, AgentHierarchy, OWN_ACCOUNT } from '@sluice/quota-core/agents';
import type { AgentPlan, AgentPlanInput } from '../features/agents/agent-plan.js';
import { planUsers } from '../features/agents/plan-users.js';

const AT = '2026-03-10T12:00:00.000Z';

/** A user as a panel lists it; `comment` is what staff may change of a disabled one. */
type User = ListedUser & { comment?: string; active?: boolean | null };

/** What a check found: agent "east" below "north", and "south" beside it. */
export interface Found {
  users: readonly Partial<User>[];
  holds: readonly HoldRecord[];
  evidence: readonly EvidenceRecord[];
  /** What the limits of agents require; those of the others require nothing. */
  force: Readonly<Record<string, AgentDecision['force']>>;
  exempt: readonly string[];
  serviceUsers: readonly string[];
  agent: string | null;
  agents: readonly Partial<AgentTraffic>[];
  /** Users of the ledger, and whether they are gone. */
  ledger: Readonly<Record<string, boolean>>;
  unread: readonly string[];
}

const asRead = ({ enabled, active }: User) => ({ enabled, active: active ?? null });

/** How the panel disables and enables users: the comment of a disabled one says whether staff has changed it. */
const AGENTS = {
  isTouched: ({ comment = '' }: User, prior: unknown) => ((prior as { comment?: string }).comment ?? '') !== comment,
  disable(user: KnownListedUser, { agent, hold, why, figures }: UserRestriction): Step {
    const { uuid, name, owner } = user;
    const begins = { kind: 'user', target: uuid, prior: { name, owner, ...figures } };
    return { ...newStep('disable-user', uuid), hold, prior: asRead(user), payload: { agent, why, owner }, begins };
  },
  enable(user: KnownListedUser, { id, hold }: EvidenceRecord, why: string): Step {
    const payload = { agent: user.owner ?? '', why };
    return { ...newStep('enable-user', user.uuid), hold, prior: asRead(user), payload, ends: [id] };
  },
} as Partial<PanelAgents> as PanelAgents;

/** Returns the plan for the users of what a check found. */
export function planFor(found: Partial<Found>, most?: number): AgentPlan {
  return planUsers(AGENTS, toInput(found), most, (found.agents ?? []) as AgentTraffic[]);
}

function toInput(found: Partial<Found>): AgentPlanInput {
  const account = (uuid: string, parent: string) => ({ uuid, name: uuid, role: 'agent' as const, parent });
  const own = ['north', 'south'].map((uuid) => account(uuid, OWN_ACCOUNT));
  const hierarchy = new AgentHierarchy([account(OWN_ACCOUNT, OWN_ACCOUNT), ...own, account('east', 'north')]);
  const user = { uuid: 'u1', id: 1, name: 'anna', owner: 'north', enabled: true, limitBytes: 100, usedBytes: 0 };
  const entries = Object.entries(found.ledger ?? {}).map(([uuid, gone]) => [uuid, { gone }] as const);
  const standing = Object.entries(found.force ?? {}).map(([agent, force]) => [agent, { force }] as const);
  const recorded = {
    ...{ hierarchy, agents: new Map(), links: [], crossed: [], exempt: new Set(found.exempt) },
    ...{ ledger: { entries: new Map(entries) }, standing: new Map(standing) },
  };
  return {
    list: { at: AT, users: (found.users ?? []).map((one) => ({ ...user, ...one })), unread: new Set(found.unread) },
    recorded: recorded as unknown as AgentPlanInput['recorded'],
    records: { evidence: found.evidence ?? [] } as unknown as AgentPlanInput['records'],
    holds: found.holds ?? [],
    serviceUsers: new Set(found.serviceUsers),
    agent: found.agent ?? null,
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
export function disabledFor(hold: HoldRecord, prior: object = {}, target = 'u1'): EvidenceRecord {
  return {
    ...{ id: `ev-${target}`, hold: hold.id, service: hold.service, panel: 'vpn', kind: 'user', target },
    ...{ prior: { name: 'anna', enabled: true, owner: 'north', ...prior } },
    ...{ action: null, adopted: false, since: AT, until: null, outcome: null },
  };
}
