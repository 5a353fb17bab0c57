import { type AccountingMode, type AgentRecord, type AgentReservationRecord, formatBytes } from '@sluice/quota-core';
import { fitsLimit, isLimitExceeded } from './decide-agent.js';
import { reservedBytes } from './reserved.js';
import { totalTraffic } from './sums.js';
import type { CreationCheck, RefusedTraffic } from './traffic.js';

/** The part of an agent that the checks read. */
export type CheckedAgent = Pick<AgentRecord, 'uuid' | 'name' | 'role' | 'limitBytes' | 'account' | 'figures'>;

/** Figures of an agent and those above it, as they stand at one moment. */
export interface CheckerState {
  accounting: AccountingMode;
  agents: ReadonlyMap<string, CheckedAgent>;
  reservations: readonly AgentReservationRecord[];
  /** Agents whose own limit is not enforced. */
  exempt: ReadonlySet<string>;
  /**
   * The part of a user to raise that is left out of the figures of these agents, and its own reservations; a refusal counts both. Absent
   * for a new user.
   */
  raised?: { bytes: number; agents: ReadonlySet<string>; reservations: readonly AgentReservationRecord[] };
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
    const found = { allowed: fits, remainingBytes: Math.max(0, left), binding: agent.uuid };
    if (fits) return { ...found, reason: null };
    const hadBytes = this.#findShown(agent) + this.#findKept(agent);
    const refused = {
      askedBytes: Math.max(0, newBytes - hadBytes),
      leftBytes: Math.max(0, left - hadBytes),
      limitBytes: agent.limitBytes ?? 0,
    };
    return { ...found, reason: this.#reason(agent, refused, chain[0] !== agent.uuid), refused };
  }

  /** Returns whether an agent is over its own limit, and the limit is enforced. */
  protected isOver(uuid: string): boolean {
    const agent = this.state.agents.get(uuid);
    return agent !== undefined && this.#binds(agent) && this.isLimitExceeded(uuid);
  }

  /** Returns what a user to raise counts in the figures of an agent. */
  #findShown({ uuid }: CheckedAgent): number {
    const { raised } = this.state;
    return raised?.agents.has(uuid) === true ? raised.bytes : 0;
  }

  /** Returns what is reserved for a user to raise under an agent. */
  #findKept(agent: CheckedAgent): number {
    return reservedBytes(agent, this.state.raised?.reservations ?? [], this.state.accounting);
  }

  #reason(agent: CheckedAgent, { askedBytes, leftBytes, limitBytes }: RefusedTraffic, isAncestor: boolean): string {
    const used = this.#used(agent) + this.#findShown(agent);
    const reserved = this.#reserved(agent) + this.#findKept(agent);
    const who = `agent "${agent.name}"${isAncestor ? ", which is above the user's agent" : ''}`;
    return (
      `A further ${formatBytes(askedBytes)} does not fit within the limit of ${who}: ` +
      `${formatBytes(used)} ${this.state.accounting} and ${formatBytes(reserved)} reserved ` +
      `of ${formatBytes(limitBytes)}, ${formatBytes(leftBytes)} left.`
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
