import { SluiceError } from '@sluice/panel-kind';
import { findSubjectAgent } from '@sluice/quota-core';
import type { Session } from '../session.js';

/**
 * Refuses to release the hold of an agent in place of a service's.
 *
 * @throws SluiceError `hold_of_agent` if no service has the id and it is the uuid or name of a suspended agent
 */
export async function refuseAgentHold({ store, config }: Session, id: string): Promise<void> {
  if ((await store.services.get(id)) !== null) return;
  for (const panel of Object.keys(config.panels)) {
    const held = await store.holds.open({ agentsOf: panel, reason: 'manual' });
    if (held.length === 0) continue;
    const suspended = new Set(held.map(({ service }) => findSubjectAgent(service)));
    const agents = (await store.agents.list(panel)).filter(({ uuid }) => suspended.has(uuid));
    const agent = agents.find(({ uuid, name }) => uuid === id.toLowerCase() || name === id);
    if (agent === undefined) continue;
    throw new SluiceError(
      'hold_of_agent',
      `"${agent.name}" is a suspended agent of panel "${panel}", not a service; nothing was released.`,
      { kind: 'not-found', details: { agent: agent.name, panel } },
    );
  }
}
