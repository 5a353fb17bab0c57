import type { AgentExplained } from '@sluice/contract/documents';
import type { AgentRecords } from '@sluice/panel-kind';
import { toAgentSubject } from '@sluice/quota-core';
import type { EvidenceRecord, HoldRecord } from '@sluice/state-store';
import { toAgentOfNote } from '../../kernel/subject/agent-hold.js';
import type { AgentsOnPanel } from './open-agents.js';
import { nameAgent } from './service-user-notices.js';
import { listCauses } from '@sluice/quota-core/agents';
import { listAgentChain, toStored } from './stored.js';

/** Most users that are listed as disabled for an agent. */
const MOST_LISTED = 500;

type Listed = AgentExplained['actions'][number];

/** Returns the users that are or were disabled for an agent, also those of services, newest first. */
export async function listDisabledUsers(
  on: Pick<AgentsOnPanel, 'context' | 'name' | 'agents'>,
  records: AgentRecords,
  uuid: string,
): Promise<Listed[]> {
  const { store } = on.context;
  const holds = new Map((await holdsFor(on, records, uuid)).map((hold) => [hold.id, hold]));
  const all = await store.evidence.ofHolds([...holds.keys()]);
  const own = toAgentSubject(on.name, uuid);
  const causes = listCauses(records, toStored(on.agents, records));
  const noted = all.filter(({ id, service, prior }) => {
    const { owner = null } = prior as DisabledUser;
    if (service === own) return true;
    // The hold of a service keeps its note while another agent keeps it held.
    if ((causes.get(id) ?? uuid) !== uuid) return false;
    // Several agents may have the name that the hold of a service notes.
    return owner !== null && listAgentChain(owner, records).includes(uuid);
  });
  const known = new Set(noted.map(({ id }) => id));
  const kept = records.evidence.filter(({ id }) => causes.get(id) === uuid && !known.has(id));
  const evidence = [...noted, ...kept].sort((a, b) => (a.since > b.since ? -1 : 1)).slice(0, MOST_LISTED);
  return Promise.all(evidence.map((item) => toListed(on, item, holds.get(item.hold))));
}

/** Returns the holds of an agent, and those of services for it. */
async function holdsFor(
  { context: { store }, name: panel }: Pick<AgentsOnPanel, 'context' | 'name'>,
  { agents }: AgentRecords,
  uuid: string,
): Promise<HoldRecord[]> {
  const agent = agents.find((known) => known.uuid === uuid);
  const noted = agent === undefined ? null : nameAgent(agent);
  const ofServices = await store.holds.all({ panel, reason: 'agent-limit' });
  return [
    ...(await store.holds.all({ service: toAgentSubject(panel, uuid) })),
    ...ofServices.filter(({ note }) => note !== null && toAgentOfNote(note) === noted),
  ];
}

/** The listed part of the evidence of a disabled user; that of a service has no run and figures of the agent. */
interface DisabledUser {
  name: string;
  owner?: string | null;
  run?: string | null;
  usedBytes?: number | null;
  limitBytes?: number | null;
}

async function toListed(
  { context: { store } }: Pick<AgentsOnPanel, 'context'>,
  { target, prior, since, until, outcome, action }: EvidenceRecord,
  hold: HoldRecord | undefined,
): Promise<Listed> {
  const user = prior as DisabledUser;
  const run = user.run ?? (action === null ? null : ((await store.actions.get(action))?.run ?? null));
  return {
    type: 'disable-user',
    target,
    name: user.name,
    state: until === null ? 'disabled' : 'ended',
    at: since,
    run,
    outcome: outcome === 'undone' ? 'restored' : outcome,
    settledAt: until,
    usedBytes: user.usedBytes ?? hold?.usedBytes ?? null,
    limitBytes: user.limitBytes ?? hold?.allowedBytes ?? null,
  };
}
