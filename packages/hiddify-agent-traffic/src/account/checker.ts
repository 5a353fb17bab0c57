import type { CreationCheck } from '@sluice/panel-kind';
import { type AccountingMode, type AgentRecord, type AgentReservationRecord, formatBytes } from '@sluice/quota-core';
import { type AgentTrafficCalculator, remainingTraffic, totalTraffic } from './calculator.js';
import type { AgentHierarchy } from './hierarchy.js';
import { fitsLimit, isLimitExceeded } from '@sluice/quota-core/agents';
import type { HiddifyUser } from '../client/records.js';
import { reservedBytes } from './reserved.js';

/** The part of an agent that the checks read. */
export type CheckedAgent = Pick<AgentRecord, 'uuid' | 'name' | 'role' | 'limitBytes' | 'account' | 'figures'>;

/** Figures of an agent and those above it, as they stand at one moment. */
export interface CheckerState {
  accounting: AccountingMode;
  agents: ReadonlyMap<string, CheckedAgent>;
  reservations: readonly AgentReservationRecord[];
  /** Agents whose own limit is not enforced. */
  exempt: ReadonlySet<string>;
  /** The part of a user to raise that is left out of the figures of these agents; a refusal counts it. Absent for a new user. */
  raised?: { bytes: number; agents: ReadonlySet<string> };
}

/** Decides whether an agent is over its limit, whether one more user fits, and which users to disable. */
export class AgentTrafficChecker {
  constructor(private readonly state: CheckerState) {}

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

  /** Returns whether an agent is over its own limit; false without one. */
  isLimitExceeded(uuid: string): boolean {
    const agent = this.state.agents.get(uuid);
    const limitBytes = agent?.limitBytes ?? null;
    return (
      agent !== undefined &&
      limitBytes !== null &&
      isLimitExceeded(this.state.accounting, this.#used(agent), limitBytes)
    );
  }

  /**
   * Returns whether a user of `newBytes` fits under the limit of every agent of `chain`: used + reserved + new is at most the
   * limit.
   *
   * @param chain the agent that is to own the user, then those above it
   */
  canCreateUserWithTraffic(chain: readonly string[], newBytes: number): CreationCheck {
    let tightest: { agent: CheckedAgent; left: number; fits: boolean } | null = null;
    for (const uuid of chain) {
      const agent = this.state.agents.get(uuid);
      if (agent?.limitBytes == null || !this.#binds(agent)) continue;
      const used = this.#used(agent);
      const reserved = this.#reserved(agent);
      const { limitBytes } = agent;
      const left = limitBytes - used - reserved;
      const fits = fitsLimit(limitBytes, { used, reserved, added: newBytes });
      if (tightest === null || left < tightest.left) tightest = { agent, left, fits };
    }
    if (tightest === null) return { allowed: true, reason: null, remainingBytes: null, binding: null };
    const { agent, left, fits } = tightest;
    return {
      allowed: fits,
      reason: fits ? null : this.#reason(agent, newBytes, chain[0] !== agent.uuid),
      remainingBytes: Math.max(0, left),
      binding: agent.uuid,
    };
  }

  /** Returns the enabled users below an agent that is over its limit. */
  usersToDisable(hierarchy: AgentHierarchy, users: readonly HiddifyUser[]): HiddifyUser[] {
    const isOver = (uuid: string): boolean => {
      const agent = this.state.agents.get(uuid);
      return agent !== undefined && this.#binds(agent) && this.isLimitExceeded(uuid);
    };
    return users.filter(({ owner, enabled }) => enabled && hierarchy.listChain(owner).some(isOver));
  }

  #reason(agent: CheckedAgent, newBytes: number, isAncestor: boolean): string {
    const { raised } = this.state;
    const hadBytes = raised?.agents.has(agent.uuid) === true ? raised.bytes : 0;
    const used = this.#used(agent) + hadBytes;
    const reserved = this.#reserved(agent);
    const limit = agent.limitBytes ?? 0;
    const who = `agent "${agent.name}"${isAncestor ? ", which is above the user's agent" : ''}`;
    const left = formatBytes(remainingTraffic(limit, used + reserved) ?? 0);
    return (
      `A further ${formatBytes(newBytes - hadBytes)} does not fit within the limit of ${who}: ` +
      `${formatBytes(used)} ${this.state.accounting} and ${formatBytes(reserved)} reserved of ${formatBytes(limit)}, ${left} left.`
    );
  }

  #binds(agent: CheckedAgent): boolean {
    return agent.role === 'agent' && !this.state.exempt.has(agent.uuid);
  }

  #used(agent: CheckedAgent): number {
    return totalTraffic(agent.figures ?? { allocatedBytes: 0, currentBytes: 0 }, this.state.accounting, agent.account);
  }

  #reserved(agent: CheckedAgent): number {
    return reservedBytes(agent, this.state.reservations, this.state.accounting);
  }
}
