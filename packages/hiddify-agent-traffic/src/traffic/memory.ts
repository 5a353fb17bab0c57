import { type AgentMemory, type AgentTraffic, SluiceError } from '@sluice/panel-kind';
import { agentOfSubject } from '@sluice/quota-core';
import { SELF } from '../client/records.js';
import { AgentTrafficChecker } from './checker.js';
import { countDisabled, describeAgent, isShown, rememberedChain, type DescribeState } from './describe.js';
import { accountAt } from './period.js';
import type { AgentRecord } from './records.js';
import type { AgentRules } from './settings.js';

/** What is stored of the agents, as the rules see it, with their periods as they are now. */
export interface KnownAgents extends DescribeState {
  agents: Map<string, AgentRecord>;
  checker: AgentTrafficChecker;
}

/** Returns what is stored of the agents, as the rules see it. */
export function knownAgents(memory: AgentMemory, settings: AgentRules): KnownAgents {
  const { reservations, periodNow } = memory;
  const agents = new Map<string, AgentRecord>(
    memory.agents.map((agent) => {
      const account = agent.account === null ? null : accountAt(agent.account, settings, periodNow);
      return [agent.uuid, { ...agent, account }];
    }),
  );
  const words = new Set(settings.exempt);
  const exempt = new Set(
    [...agents.values()].flatMap(({ uuid, name }) => (words.has(uuid) || words.has(name) ? [uuid] : [])),
  );
  return {
    settings,
    agents,
    reservations,
    exempt,
    heldSince: heldSince(memory),
    disabledBelow: countDisabled(memory.evidence, agents),
    ownerName: memory.snapshot?.ownerName ?? 'Owner',
    checker: new AgentTrafficChecker({ accounting: settings.accounting, agents, reservations, exempt }),
  };
}

/** Returns since when the users of agents are kept disabled for a limit, by agent. */
export function heldSince({ holds }: Pick<AgentMemory, 'holds'>): Map<string, string> {
  const limits = holds.filter(({ reason }) => reason === 'agent-limit');
  return new Map(limits.map(({ service, since }) => [agentOfSubject(service) ?? '', since]));
}

/** Returns the agents as they are shown, by uuid. */
export function describeAll(state: KnownAgents): AgentTraffic[] {
  return [...state.agents.values()]
    .filter((agent) => isShown(agent, state))
    .map((agent) => describeAgent(agent, state))
    .sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

/**
 * Returns the agent that `text` means: its uuid, or its name where only one has it.
 *
 * @throws SluiceError `unknown_agent` (with the known names in `details`), `ambiguous_agent`
 */
export function findAgent(text: string, agents: ReadonlyMap<string, AgentRecord>): AgentRecord {
  const byUuid = agents.get(text.toLowerCase());
  if (byUuid !== undefined && text !== SELF) return byUuid;
  const listed = [...agents.values()].filter(({ missingSince }) => missingSince === null);
  const named = listed.filter(({ name }) => name === text);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  if (named.length > 1) {
    throw new SluiceError('ambiguous_agent', `${named.length} agents are called "${text}". Name one by its uuid.`, {
      kind: 'panel',
      details: { uuids: named.map(({ uuid }) => uuid) },
    });
  }
  throw new SluiceError(
    'unknown_agent',
    `There is no agent with the uuid or name "${shownText(text)}" on the panel. List the agents to see them.`,
    { kind: 'panel', details: { names: listed.map(({ name }) => name) } },
  );
}

/** What somebody typed, unless it may be a key: uuids of accounts are keys. */
function shownText(text: string): string {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text) ? '***' : text.slice(0, 100);
}

/** Returns the agent and those above it, by what is stored of their parents. */
export function chainOf(uuid: string, { agents }: Pick<AgentMemory, 'agents'>): string[] {
  return rememberedChain(uuid, new Map(agents.map((agent) => [agent.uuid, agent])));
}
