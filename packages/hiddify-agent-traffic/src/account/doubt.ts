import {
  addBytes,
  type AgentDoubt,
  type AgentRecord,
  type AgentUserRecord,
  confirmsJump,
  isJump,
  mayConfirm,
} from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { type LedgerInterval, resetSince } from './counter.js';
import { ledgerKey } from './ledger.js';
import type { AgentHierarchy } from '@sluice/quota-core/agents';

/** A list, and what was stored before it. */
export interface DoubtInput {
  hierarchy: AgentHierarchy;
  users: readonly HiddifyUser[];
  entries: readonly AgentUserRecord[];
  interval: LedgerInterval;
  /** The run that read the list; null outside of one, which confirms nothing. */
  run: string | null;
  /** Share of the limit; null where nothing is doubted. */
  jump: number | null;
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
  const { hierarchy, users, interval, run, jump } = input;
  const doubts: Doubts = { agents: new Map(), users: new Set() };
  if (interval.before === null || jump === null || over.length === 0) return doubts;
  const growth = listGrowth(input);
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
    if (isConfirmed && run !== null && run !== known.run && mayConfirm(interval.at, known.at)) continue;
    if (!isJump({ grownBytes: grown.get(uuid) ?? 0, allowedBytes: limitBytes ?? 0, share: jump })) continue;
    doubts.agents.set(uuid, isConfirmed ? known : { at: interval.at, run, usedBytes });
  }
  if (doubts.agents.size === 0) return doubts;
  for (const user of users) {
    const isBelow = [...hierarchy.listChain(user.owner)].some((agent) => doubts.agents.has(agent));
    if (isBelow && growth.has(ledgerKey(user))) doubts.users.add(ledgerKey(user));
  }
  return doubts;
}

/** Returns the plain growth of known users, by their keys. */
function listGrowth({ users, entries, interval }: DoubtInput): Map<string, number> {
  const known = new Map(entries.map((entry) => [entry.key, entry]));
  const zeroed = new Set(interval.zeroings.map(({ uuid }) => uuid));
  const growth = new Map<string, number>();
  for (const user of users) {
    const entry = known.get(ledgerKey(user));
    if (entry === undefined || entry.missingSince !== null || zeroed.has(user.uuid ?? '')) continue;
    if (isReset(user, entry, interval)) continue;
    const bytes = user.usedBytes - Math.max(0, entry.lastBytes);
    if (bytes > 0) growth.set(entry.key, bytes);
  }
  return growth;
}

/** Returns whether the panel may have reset the user since the list before. */
function isReset(user: HiddifyUser, { resetDate }: AgentUserRecord, { before, timeZone }: LedgerInterval): boolean {
  return before !== null && resetSince(user, before.until, timeZone, resetDate ?? undefined) !== false;
}
