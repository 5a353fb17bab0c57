import type { AgentTraffic } from '@sluice/hiddify-agent-traffic/account';
import type { Session } from '../session.js';
import { withAgentErrors } from './agent-errors.js';
import { managerOf, type AgentDesk } from './desk.js';

/** The uuid of the agent that `text` means; the panel is asked only where the agent is not known yet. */
export async function findAgentUuid(session: Session, desk: AgentDesk, text: string): Promise<string> {
  const manager = managerOf(session, desk);
  const known = matches(await manager.rememberedAgents(), text);
  const [only] = known;
  if (only !== undefined && known.length === 1) return only.uuid;
  return (await withAgentErrors(text, () => manager.getAgent(text))).uuid;
}

/** Agents of this uuid, or else of this name. */
export function matches<T extends Pick<AgentTraffic, 'uuid' | 'name'>>(agents: readonly T[], text: string): T[] {
  const byUuid = agents.filter(({ uuid }) => uuid === text.toLowerCase());
  return byUuid.length > 0 ? byUuid : agents.filter(({ name }) => name === text);
}
