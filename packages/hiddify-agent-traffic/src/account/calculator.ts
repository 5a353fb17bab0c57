import { AgentSums, remainingTraffic, totalTraffic } from '@sluice/quota-core/agents';
import type { HiddifyAdmin } from '../client/records.js';

/**
 * Sums of what agents' users have been allocated and have used, sub-agents included. One pass over the users, however many agents
 * there are. Users that are missing from the list and not known to be gone count with what they last showed: the panel leaves
 * whole branches out of its lists (docs/panels/hiddify.md, 2.4).
 */
export class AgentTrafficCalculator extends AgentSums<HiddifyAdmin> {
  /** Returns what an agent's users have been allocated, or (`panel`) the usage that the panel shows of them. */
  getTotalTraffic(agent: string, accounting: 'allocated' | 'panel' = 'allocated'): number {
    return totalTraffic(this.getFigures(agent, ''), accounting, null);
  }

  /** Returns what is left of a limit, never negative. */
  getRemainingTraffic(agent: string, limitBytes: number, accounting: 'allocated' | 'panel' = 'allocated'): number {
    return remainingTraffic(limitBytes, this.getTotalTraffic(agent, accounting)) ?? 0;
  }
}
