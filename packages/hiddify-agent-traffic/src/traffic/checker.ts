import { formatBytes } from '@sluice/quota-core';
import { totalTraffic, remainingTraffic } from './calculator.js';
import { fitsLimit, isLimitExceeded } from './judge.js';
import type { AccountingMode, AgentRecord, ReservationRecord } from './records.js';
import { reservedBytes } from './reserved.js';
import type { CreationCheck } from './types.js';

/** Figures of an agent and those above it, as they stand at one moment. */
export interface CheckerState {
  accounting: AccountingMode;
  agents: ReadonlyMap<string, AgentRecord>;
  reservations: readonly ReservationRecord[];
  /** Agents whose own limit is not enforced. */
  exempt: ReadonlySet<string>;
}

/** Answers whether an agent is over its limit and whether it may have one more user. Pure. */
export class AgentTrafficChecker {
  readonly #state: CheckerState;

  constructor(state: CheckerState) {
    this.#state = state;
  }

  /** False without a limit. Exempt agents are told as they are. */
  isLimitExceeded(agent: AgentRecord): boolean {
    const { limitBytes } = agent;
    return limitBytes !== null && isLimitExceeded(this.#state.accounting, this.#used(agent), limitBytes);
  }

  /**
   * Does a user of `newBytes` fit under the limit of the first agent of `chain` and of each above it? Allowed exactly when
   * used + reserved + new is at most the limit everywhere.
   *
   * @param chain the agent that is to own the user, then those above it
   */
  canCreateUserWithTraffic(chain: readonly string[], newBytes: number): CreationCheck {
    let tightest: { agent: AgentRecord; left: number; fits: boolean } | null = null;
    for (const uuid of chain) {
      const agent = this.#state.agents.get(uuid);
      if (agent?.limitBytes == null || !this.#binds(agent)) continue;
      const usedBytes = this.#used(agent);
      const reserved = this.#reserved(agent);
      const { limitBytes } = agent;
      const left = limitBytes - usedBytes - reserved;
      const fits = fitsLimit({ usedBytes, reservedBytes: reserved, newBytes, limitBytes });
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

  #reason(agent: AgentRecord, newBytes: number, isAncestor: boolean): string {
    const used = this.#used(agent);
    const reserved = this.#reserved(agent);
    const limit = agent.limitBytes ?? 0;
    const who = `agent "${agent.name}"${isAncestor ? ', which stands above' : ''}`;
    const left = formatBytes(remainingTraffic(limit, used + reserved) ?? 0);
    return (
      `A user of ${formatBytes(newBytes)} does not fit under the limit of ${who}: ` +
      `${formatBytes(used)} ${this.#state.accounting} and ${formatBytes(reserved)} reserved of ${formatBytes(limit)}, ${left} left.`
    );
  }

  #binds(agent: AgentRecord): boolean {
    return agent.role === 'agent' && !this.#state.exempt.has(agent.uuid);
  }

  #used(agent: AgentRecord): number {
    return totalTraffic(agent.figures ?? { allocatedBytes: 0, currentBytes: 0 }, this.#state.accounting, agent.account);
  }

  #reserved(agent: AgentRecord): number {
    return reservedBytes(agent, this.#state.reservations, this.#state.accounting);
  }
}
