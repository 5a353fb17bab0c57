import { type AgentSemantics, type PanelAgents, SluiceError } from '@sluice/panel-kind';
import type { AgentRecord } from '@sluice/quota-core';
import {
  type AgentRecords,
  type AgentTraffic,
  describeAgents as describeStoredAgents,
  listChain,
  OWN_ACCOUNT,
  type StoredAgents,
  toStoredAgents,
} from '@sluice/quota-core/agents';

type Rules = Pick<PanelAgents, 'rules'>;

/** Returns what is stored of the agents of a panel, under its rules. */
export const toStored = ({ rules }: Rules, records: AgentRecords): StoredAgents => toStoredAgents(records, rules);

/** Returns the agents as documents show them. One that is gone is left out, unless it has a limit or a hold, or `also` names it. */
export function describeAgents(agents: Rules, records: AgentRecords, also?: readonly string[]): AgentTraffic[] {
  return describeStoredAgents(toStored(agents, records), also);
}

/** Returns the uuids of an agent and of those above it. */
export function listAgentChain(agent: string, { agents }: Pick<AgentRecords, 'agents'>): string[] {
  return [...listChain(agent, new Map(agents.map((item) => [item.uuid, item])))];
}

/** Returns how Sluice keeps the limits of agents under these rules. */
export function toSemantics({ rules: { accounting } }: Rules): AgentSemantics {
  const yes = { zeroIsNothing: true, atomicCreation: true, restores: true, ancestors: true, ledger: true };
  return { kind: 'sluice', accounting, ...yes };
}

/**
 * Returns the agent with this uuid, or with this name where only one has it.
 *
 * @throws SluiceError `unknown_agent` (with the known names in `details`), `ambiguous_agent`
 */
export function findAgent(text: string, { agents }: Pick<AgentRecords, 'agents'>): AgentRecord {
  const byUuid = agents.find(({ uuid }) => uuid === text.toLowerCase());
  if (byUuid !== undefined && text !== OWN_ACCOUNT) return byUuid;
  const listed = agents.filter(({ missingSince }) => missingSince === null);
  const named = listed.filter(({ name }) => name === text);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  if (named.length > 1) {
    throw new SluiceError('ambiguous_agent', `${named.length} agents are called "${text}". Name one by its uuid.`, {
      details: { uuids: named.map(({ uuid }) => uuid) },
    });
  }
  throw new SluiceError('unknown_agent', `The panel has no agent with ${describeAsked(text)}.`, {
    kind: 'not-found',
    details: { names: listed.map(({ name }) => name) },
  });
}

/** Uuids of accounts are keys, which messages do not show. */
function describeAsked(text: string): string {
  const isUuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
  return isUuid ? 'this uuid' : `the uuid or name "${text.slice(0, 100)}"`;
}
