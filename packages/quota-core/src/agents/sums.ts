import {
  type AccountingMode,
  addBytes,
  type AgentAccount,
  type AgentFigures,
  type AgentUserRecord,
} from '@sluice/quota-core';
import { AgentHierarchy, type ListedAccount } from './hierarchy.js';

/** What counts of a listed user. */
export interface CountedUser {
  owner: string | null;
  limitBytes: number;
  usedBytes: number;
  enabled: boolean;
}

type Sums = Omit<AgentFigures, 'at'>;

const emptySums = (): Sums => ({ allocatedBytes: 0, currentBytes: 0, users: 0, enabledUsers: 0 });

/**
 * Sums of what agents' users have been allocated and have used, sub-agents included. One pass over the users, however many agents
 * there are. Users that are missing from the list and not known to be gone count with what they last showed.
 */
export class AgentSums<Account extends ListedAccount = ListedAccount> {
  /** Users without an owner, or with one that is not in the list. */
  readonly unassigned: number;
  readonly hierarchy: AgentHierarchy<Account>;
  readonly #sums = new Map<string, Sums>();

  /**
   * @param accounts the panel's accounts, or their tree
   * @param hidden users that a list does not show and that are not known to be gone
   */
  constructor(
    accounts: AgentHierarchy<Account> | readonly Account[],
    users: readonly CountedUser[],
    hidden: readonly Pick<AgentUserRecord, 'owner' | 'limitBytes' | 'lastBytes'>[] = [],
  ) {
    const hierarchy = accounts instanceof AgentHierarchy ? accounts : new AgentHierarchy(accounts);
    this.hierarchy = hierarchy;
    let unassigned = 0;
    // By owner first, so that a chain is walked once per owner and not once per user.
    const byOwner = new Map<string | null, Sums>();
    for (const user of users) addUser(byOwner, user);
    for (const { owner, limitBytes, lastBytes } of hidden) {
      addUser(byOwner, { owner, limitBytes, usedBytes: Math.max(0, lastBytes), enabled: false });
    }
    for (const [owner, sums] of byOwner) {
      if (owner === null || !hierarchy.admins.has(owner)) unassigned += sums.users;
      for (const agent of hierarchy.listChain(owner)) {
        const total = this.#sums.get(agent) ?? emptySums();
        total.allocatedBytes = addBytes(total.allocatedBytes, sums.allocatedBytes);
        total.currentBytes = addBytes(total.currentBytes, sums.currentBytes);
        total.users += sums.users;
        total.enabledUsers += sums.enabledUsers;
        this.#sums.set(agent, total);
      }
    }
    this.unassigned = unassigned;
  }

  /** Returns the sums of an agent; `at` is when the list was read. */
  getFigures(agent: string, at: string): AgentFigures {
    return { at, ...(this.#sums.get(agent) ?? emptySums()) };
  }
}

/** Returns the figure that the limit is compared with. Before an agent's first limit it is what its ledger would begin with. */
export function totalTraffic(
  { allocatedBytes, currentBytes }: Pick<AgentFigures, 'allocatedBytes' | 'currentBytes'>,
  accounting: AccountingMode,
  account: AgentAccount | null,
): number {
  if (accounting === 'allocated') return allocatedBytes;
  return accounting === 'panel' ? currentBytes : (account?.consumedBytes ?? currentBytes);
}

/** Returns what is left under a limit, never negative; null without one. */
export function remainingTraffic(limitBytes: number | null, usedBytes: number): number | null {
  return limitBytes === null ? null : Math.max(0, limitBytes - usedBytes);
}

function addUser(byOwner: Map<string | null, Sums>, { owner, limitBytes, usedBytes, enabled }: CountedUser): void {
  const sums = byOwner.get(owner) ?? emptySums();
  byOwner.set(owner, sums);
  // A user over its limit has been sold what it used.
  sums.allocatedBytes = addBytes(sums.allocatedBytes, Math.max(limitBytes, usedBytes));
  sums.currentBytes = addBytes(sums.currentBytes, usedBytes);
  sums.users += 1;
  if (enabled) sums.enabledUsers += 1;
}

/** Returns the growth of a counter. A fall is a reset, known or confirmed (`stepFall`): what it shows now was used since. */
export function countGrowth(lastBytes: number, nowBytes: number): number {
  return nowBytes >= lastBytes ? nowBytes - lastBytes : Math.max(0, nowBytes);
}
