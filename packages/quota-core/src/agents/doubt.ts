import { addBytes, type AgentDoubt, type AgentRecord, confirmsJump, isJump, mayConfirm } from '@sluice/quota-core';
import type { AgentHierarchy } from './hierarchy.js';
import { ledgerKey, type ListedUser } from './ledger.js';

/** A list, and what was stored before it. */
export interface DoubtInput {
  hierarchy: Pick<AgentHierarchy, 'listChain'>;
  users: readonly ListedUser[];
  /** When the list was requested. */
  at: string;
  /** The run that read the list; null outside of one, which confirms nothing. */
  run: string | null;
  /** Share of the limit; null where nothing is doubted. */
  jump: number | null;
  /** Returns the plain growth of users since the list before, by their keys: not that over a reset or a first appearance. */
  listGrowth: () => ReadonlyMap<string, number>;
}

/** An agent that is over its limit by a list, and was not held before. */
export interface OverAgent {
  before: AgentRecord;
  usedBytes: number;
}

/** What one list leaves to the next. */
export interface Doubts {
  agents: Map<string, AgentDoubt>;
  /** Keys of the users whose growth is not charged yet. */
  users: Set<string>;
}

/**
 * Finds the agents whose limit is exceeded by one jump of their users' usage, which no earlier list showed. Growth over a reset, a
 * zeroing or a first appearance is never doubted: the next list could not count it again.
 */
export function findDoubts(input: DoubtInput, over: readonly OverAgent[]): Doubts {
  const { hierarchy, users, at, run, jump } = input;
  const doubts: Doubts = { agents: new Map(), users: new Set() };
  if (jump === null || over.length === 0) return doubts;
  const growth = input.listGrowth();
  const grown = new Map<string, number>();
  for (const user of users) {
    const bytes = growth.get(ledgerKey(user)) ?? 0;
    if (bytes > 0)
      for (const agent of hierarchy.listChain(user.owner)) grown.set(agent, addBytes(grown.get(agent) ?? 0, bytes));
  }
  for (const { before, usedBytes } of over) {
    const { uuid, limitBytes, verdict } = before;
    const known = verdict?.doubted ?? null;
    const isConfirmed = known !== null && confirmsJump(usedBytes, known.usedBytes);
    if (isConfirmed && run !== null && run !== known.run && mayConfirm(at, known.at)) continue;
    if (!isJump({ grownBytes: grown.get(uuid) ?? 0, allowedBytes: limitBytes ?? 0, share: jump })) continue;
    doubts.agents.set(uuid, isConfirmed ? known : { at: at, run, usedBytes });
  }
  if (doubts.agents.size === 0) return doubts;
  for (const user of users) {
    const isBelow = [...hierarchy.listChain(user.owner)].some((agent) => doubts.agents.has(agent));
    if (isBelow && growth.has(ledgerKey(user))) doubts.users.add(ledgerKey(user));
  }
  return doubts;
}
