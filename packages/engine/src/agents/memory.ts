import type { AgentMemory } from '@sluice/panel-kind';
import { findSubjectAgent } from '@sluice/quota-core';
import type { StoreTables } from '@sluice/state-store';
import { trustedNow } from '../trusted-clock.js';
import type { Session } from '../session.js';

/** Loads all that is stored of a panel's agents. */
export async function loadMemory(
  session: Session,
  panel: string,
  tables: Omit<StoreTables, 'write'> = session.store,
): Promise<AgentMemory> {
  const own = await tables.evidence.open({ agentsOf: panel });
  const ofServices = new Set((await tables.holds.open({ panel, reason: 'agent-limit' })).map(({ id }) => id));
  const others =
    ofServices.size === 0 ? [] : (await tables.evidence.open({ panel })).filter(({ hold }) => ofServices.has(hold));
  return {
    agents: await tables.agents.list(panel),
    reservations: await tables.agentReservations.live(panel),
    snapshot: await tables.agentSnapshots.get(panel),
    holds: await tables.holds.open({ agentsOf: panel }),
    evidence: [...own, ...others],
    periodNow: trustedNow(session, panel, await tables.clock.confirmed()),
  };
}

/** Returns the agents that open holds of a panel are about, with their holds. */
export function heldAgents({ holds }: Pick<AgentMemory, 'holds'>): Map<string, AgentMemory['holds'][number]> {
  const limits = holds.filter(({ reason }) => reason === 'agent-limit');
  return new Map(limits.map((hold) => [findSubjectAgent(hold.service) ?? '', hold]));
}
