import { createHash } from 'node:crypto';
import type { AgentView, Sluice } from '@sluice/engine';

type Address = Pick<AgentView, 'panel' | 'uuid'>;

const DIGITS = 20;

/** Returns the id of an agent in addresses: its uuid is a key of the panel, and addresses stay in histories and logs. */
function toAgentId({ panel, uuid }: Address): string {
  return createHash('sha256').update(`${panel}\n${uuid}`).digest('hex').slice(0, DIGITS);
}

/** Address of the page of an agent. */
export function agentHref(agent: Address): string {
  return `/agents/${toAgentId(agent)}?panel=${encodeURIComponent(agent.panel)}`;
}

/** Address that the forms of an agent are sent to. */
export function agentAction(agent: Address, form: string): string {
  return `/agents/${toAgentId(agent)}/${form}`;
}

/** Returns the agent that an address names by its id, a name or a uuid; reads the panels only for an unknown id. */
export async function findAddressed({ agents }: Sluice, { id, panel }: { id: string; panel?: string | undefined }) {
  const find = (known: readonly Address[]) => known.find((agent) => toAgentId(agent) === id);
  const stored = find((await agents.listStored()).agents);
  if (stored !== undefined || !/^[0-9a-f]{20}$/.test(id)) return stored?.uuid ?? id;
  return find((await agents.list(panel === undefined ? {} : { panel })).agents)?.uuid ?? id;
}
