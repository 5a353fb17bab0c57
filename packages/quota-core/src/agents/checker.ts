import { type AccountingMode, type AgentRecord, type AgentReservationRecord, formatBytes } from '@sluice/quota-core';
import { fitsLimit, isLimitExceeded } from './decide-agent.js';
import { reservedBytes } from './reserved.js';
import { remainingTraffic, totalTraffic } from './sums.js';
import type { CreationCheck } from './traffic.js';

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

/** Decides whether an agent is over its limit, and whether one more user fits. */
export class AgentChecker {
  constructor(private readonly state: CheckerState) {}

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

  /** Returns whether an agent is over its own limit, and the limit is enforced. */
  protected isOver(uuid: string): boolean {
    const agent = this.state.agents.get(uuid);
    return agent !== undefined && this.#binds(agent) && this.isLimitExceeded(uuid);
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
