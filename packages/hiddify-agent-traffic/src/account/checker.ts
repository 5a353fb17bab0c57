import { AgentChecker, type AgentHierarchy, type CheckedAgent } from '@sluice/quota-core/agents';
import type { HiddifyUser } from '../client/records.js';
import type { AgentTrafficCalculator } from './calculator.js';

/** Decides whether an agent is over its limit, whether one more user fits, and which users to disable. */
export class AgentTrafficChecker extends AgentChecker {
  /**
   * Creates a checker over the panel's lists, with limits by the agents' uuids. It counts what is sold, or (`panel`) the usage
   * that the panel shows; real traffic needs the ledger of the engine.
   */
  static of(
    calculator: AgentTrafficCalculator,
    limits: Readonly<Record<string, number | null>>,
    accounting: 'allocated' | 'panel' = 'allocated',
  ): AgentTrafficChecker {
    const agents = new Map<string, CheckedAgent>();
    for (const [uuid, { name, role }] of calculator.hierarchy.admins) {
      const figures = calculator.getFigures(uuid, '');
      agents.set(uuid, { uuid, name, role, limitBytes: limits[uuid] ?? null, account: null, figures });
    }
    return new AgentTrafficChecker({ accounting, agents, reservations: [], exempt: new Set() });
  }

  /** Returns the enabled users below an agent that is over its limit. */
  usersToDisable(hierarchy: Pick<AgentHierarchy, 'listChain'>, users: readonly HiddifyUser[]): HiddifyUser[] {
    return users.filter(
      ({ owner, enabled }) => enabled && hierarchy.listChain(owner).some((uuid) => this.isOver(uuid)),
    );
  }
}
