import { AgentHierarchy } from './hierarchy.js';
import type { AccountingMode, AgentAccount, AgentFigures, LedgerEntry } from './records.js';
import type { HiddifyAdmin, HiddifyUser } from '../client/records.js';

type Sums = Omit<AgentFigures, 'at'>;

const nothing: Sums = { allocatedBytes: 0, currentBytes: 0, users: 0, enabledUsers: 0 };

/**
 * Sums of what agents' users have been sold and have used, sub-agents included, from one list: one pass over the users, however many
 * agents there are.
 *
 * Users that are missing from the list and not proved to be gone count with what they last showed: the panel leaves whole
 * branches out of its lists (docs/panels/hiddify.md, 2.4).
 */
export class AgentTrafficCalculator {
  /** Users whose owner the panel does not tell, or that belong to an account that is not in the list. */
  readonly unassigned: number;
  readonly hierarchy: AgentHierarchy;
  readonly #sums = new Map<string, Sums>();

  /**
   * @param accounts the panel's accounts, or their tree
   * @param hidden users that a list does not show and that are not proved to be gone
   */
  constructor(
    accounts: AgentHierarchy | readonly HiddifyAdmin[],
    users: readonly HiddifyUser[],
    hidden: readonly Pick<LedgerEntry, 'owner' | 'limitBytes' | 'lastBytes'>[] = [],
  ) {
    const hierarchy = accounts instanceof AgentHierarchy ? accounts : new AgentHierarchy(accounts);
    this.hierarchy = hierarchy;
    let unassigned = 0;
    // First by owner, so that the line of ancestors is walked once per owner and not once per user.
    const own = new Map<string | null, Sums>();
    for (const user of users) add(own, user);
    for (const { owner, limitBytes, lastBytes } of hidden) {
      add(own, { owner, limitBytes, usedBytes: Math.max(0, lastBytes), enabled: false });
    }
    for (const [owner, sums] of own) {
      if (owner === null || !hierarchy.admins.has(owner)) unassigned += sums.users;
      for (const agent of hierarchy.chainOf(owner)) {
        const total = this.#sums.get(agent) ?? nothing;
        this.#sums.set(agent, {
          allocatedBytes: total.allocatedBytes + sums.allocatedBytes,
          currentBytes: total.currentBytes + sums.currentBytes,
          users: total.users + sums.users,
          enabledUsers: total.enabledUsers + sums.enabledUsers,
        });
      }
    }
    this.unassigned = unassigned;
  }

  getFigures(agent: string, at: string): AgentFigures {
    return { at, ...(this.#sums.get(agent) ?? nothing) };
  }

  /** Returns what an agent's users have been sold, or (`panel`) the usage that the panel shows of them. */
  getTotalTraffic(agent: string, accounting: 'allocated' | 'panel' = 'allocated'): number {
    return totalTraffic(this.getFigures(agent, ''), accounting, null);
  }

  /** Returns what is left of a limit, never negative. */
  getRemainingTraffic(agent: string, limitBytes: number, accounting: 'allocated' | 'panel' = 'allocated'): number {
    return remainingTraffic(limitBytes, this.getTotalTraffic(agent, accounting)) ?? 0;
  }
}

/** The figure that an agent's limit is compared with. Before its first limit that is what its ledger would begin with. */
export function totalTraffic(
  figures: Pick<AgentFigures, 'allocatedBytes' | 'currentBytes'>,
  accounting: AccountingMode,
  account: AgentAccount | null,
): number {
  switch (accounting) {
    case 'allocated':
      return figures.allocatedBytes;
    case 'panel':
      return figures.currentBytes;
    case 'consumed':
      return account?.consumedBytes ?? figures.currentBytes;
  }
}

/** What is left under a limit, never negative; null without one. */
export function remainingTraffic(limitBytes: number | null, takenBytes: number): number | null {
  return limitBytes === null ? null : Math.max(0, limitBytes - takenBytes);
}

function add(
  own: Map<string | null, Sums>,
  { owner, limitBytes, usedBytes, enabled }: Pick<HiddifyUser, 'owner' | 'limitBytes' | 'usedBytes' | 'enabled'>,
): void {
  let sums = own.get(owner);
  if (sums === undefined) {
    sums = { ...nothing };
    own.set(owner, sums);
  }
  // A user that has used more than its limit allows has taken what it used.
  sums.allocatedBytes += Math.max(limitBytes, usedBytes);
  sums.currentBytes += usedBytes;
  sums.users += 1;
  if (enabled) sums.enabledUsers += 1;
}
