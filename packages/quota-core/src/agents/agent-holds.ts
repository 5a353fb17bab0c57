import { type EvidenceRecord, findSubjectAgent, findSubjectUser, type HoldRecord } from '@sluice/quota-core';
import type { AgentDecision } from './decide-agent.js';

/** Returns whether a hold is the suspension of an agent by an operator. */
export function isSuspension({ reason }: Pick<HoldRecord, 'reason'>): boolean {
  return reason === 'manual';
}

/** Returns whether a hold is that of one user whom its own agent disabled. */
export function isOfReseller({ reason }: Pick<HoldRecord, 'reason'>): boolean {
  return reason === RESELLER;
}

/** Reason of the hold of one user whom its own agent disabled. */
export const RESELLER = 'reseller';

/** What follows from the limits of agents, by uuid, and whose own users no limit counts for. */
export interface Standing {
  standing: ReadonlyMap<string, Pick<AgentDecision, 'force'>>;
  exempt: ReadonlySet<string>;
}

/** What keeps the users below agents disabled: limits that are exceeded, suspensions, and for single users their own agents. */
export class AgentHolds {
  readonly #recorded: Standing;
  readonly #byId: Map<string, HoldRecord>;
  readonly #limits = new Map<string, HoldRecord>();
  readonly #suspensions = new Map<string, HoldRecord>();
  readonly #users = new Map<string, HoldRecord>();

  constructor(holds: readonly HoldRecord[], recorded: Standing) {
    this.#recorded = recorded;
    this.#byId = new Map(holds.map((hold) => [hold.id, hold]));
    for (const hold of holds) {
      const agent = findSubjectAgent(hold.service) ?? '';
      if (isOfReseller(hold)) this.#users.set(findSubjectUser(hold.service) ?? '', hold);
      else if (isSuspension(hold)) this.#suspensions.set(agent, hold);
      else if (hold.reason === 'agent-limit') this.#limits.set(agent, hold);
    }
  }

  isSuspended(agent: string): boolean {
    return this.#suspensions.has(agent);
  }

  /** Returns the hold of a user whom its own agent disabled; null where none has. */
  findOfUser(user: string): HoldRecord | null {
    return this.#users.get(user) ?? null;
  }

  force(agent: string): AgentDecision['force'] {
    return this.#recorded.standing.get(agent)?.force ?? 'free';
  }

  /** Whether the limits above a user's owner do not count for the user. */
  isExempt(owner: string | null): boolean {
    return this.#recorded.exempt.has(owner ?? '');
  }

  isInForce(hold: string): boolean {
    return this.#byId.has(hold);
  }

  /** Returns the hold that disables the users of `owner`, nearest agent first. Without a hold, nothing would enable them again. */
  findDisabling(owner: string | null, chain: readonly string[]): { agent: string; hold: HoldRecord } | null {
    for (const agent of chain) {
      const isOver = this.forceOn(owner, agent) === 'over';
      const hold = isOver ? this.findHold(owner, agent) : this.#suspensions.get(agent);
      if (hold != null) return { agent, hold };
    }
    return null;
  }

  /** Returns what the limit of an agent requires for the users of `owner`. */
  forceOn(owner: string | null, agent: string): AgentDecision['force'] {
    return this.isExempt(owner) ? 'free' : this.force(agent);
  }

  /** Returns the agents of a chain on account of which a disabled user of `owner` is not enabled. */
  listKeeping(owner: string | null, chain: readonly string[]): string[] {
    return chain.filter((agent) => {
      // Without a hold, `keep` says only that nothing is known.
      return this.forceOn(owner, agent) === 'over' || this.findHold(owner, agent) !== null;
    });
  }

  /** Returns the hold that the users of `owner` below an agent are disabled for: that of its limit while it is due, or its suspension. */
  findHold(owner: string | null, agent: string): HoldRecord | null {
    const limit = this.forceOn(owner, agent) === 'free' ? undefined : this.#limits.get(agent);
    return limit ?? this.#suspensions.get(agent) ?? null;
  }

  /** Returns the hold of the first agent that has one for the users of `owner`. */
  findFirst(owner: string | null, agents: readonly string[]): HoldRecord | null {
    for (const agent of agents) {
      const hold = this.findHold(owner, agent);
      if (hold !== null) return hold;
    }
    return null;
  }

  /** Returns whether evidence of a user of `owner` stays where it is: its hold is in force, and still keeps the user disabled. */
  isKept(owner: string | null, { hold, service }: EvidenceRecord, keeping: readonly string[]): boolean {
    const own = this.#byId.get(hold);
    const agent = findSubjectAgent(service) ?? '';
    if (own === undefined) return false;
    if (isOfReseller(own)) return true;
    return isSuspension(own) ? keeping.includes(agent) : this.forceOn(owner, agent) !== 'free';
  }
}
