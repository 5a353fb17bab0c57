/**
 * What is remembered of the agents of a panel (Hiddify's resellers) and of their users. Instants are ISO 8601 UTC with
 * milliseconds, bytes whole numbers; agents and users are told by the panel's uuids, the panel's own account by the word
 * that its client uses for it.
 */

/** One agent of one panel. Its limit is null where it has none, and 0 where nothing is allowed. */
export interface AgentRecord {
  panel: string;
  uuid: string;
  name: string;
  /** The panel's word for what the account may do. */
  role: string;
  parent: string | null;
  limitBytes: number | null;
  limitSince: string | null;
  /** What it has consumed in its period (JSON); null before its first limit. */
  account: unknown;
  /** Sums over its users at the last good look (JSON). */
  figures: unknown;
  /** The last verdict and what it rested on (JSON). */
  verdict: unknown;
  /** Since when its users are kept disabled. */
  heldSince: string | null;
  /** Percent marks announced in this period. */
  thresholds: number[];
  missingSince: string | null;
  gone: boolean;
}

/** What is remembered of one user of a panel so that its growth can be told: the ledger. */
export interface AgentUserRecord {
  panel: string;
  /** Unique on its panel: the uuid, or what stands for it where there is none. */
  key: string;
  uuid: string | null;
  /** Number in the panel's own database. */
  panelId: number;
  owner: string | null;
  /** Usage at the last look; negative where somebody wrote it so. */
  lastBytes: number;
  limitBytes: number;
  /** Used since it is known, over all resets and owners. */
  totalBytes: number;
  firstSeenAt: string;
  missingSince: string | null;
  gone: boolean;
}

/** One user that was disabled for an agent. Open while `settledAt` is null; a user has at most one open record. */
export interface AgentDisabledRecord {
  panel: string;
  id: string;
  uuid: string;
  name: string;
  owner: string | null;
  /** The agent that it was done for. */
  agent: string;
  reason: 'limit' | 'operator';
  usedBytes: number | null;
  limitBytes: number | null;
  run: string | null;
  at: string;
  state: 'intended' | 'disabled' | 'restoring';
  /** How the user stood: a change since means that somebody else dealt with it. */
  fingerprint: string;
  reenabled: number;
  settledAt: string | null;
  outcome: string | null;
}

/** Budget of an agent, and of those above it, promised to a user that is being made. */
export interface AgentReservationRecord {
  panel: string;
  /** The uuid that the user is made with. */
  uuid: string;
  agent: string;
  /** The agent and those above it: the promise counts against each. */
  chain: string[];
  bytes: number;
  leftBytes: number;
  state: 'open' | 'settled' | 'closed';
  /** What is to be made (JSON). */
  wanted: unknown;
  createdAt: string;
  expiresAt: string;
  /** The process that made it, to see whether it is still alive. */
  holder: string | null;
  /** First list in which its user was. */
  seenAt: string | null;
  settledAt: string | null;
  closedAt: string | null;
  outcome: string | null;
}

/** The last list of a panel's users that something was concluded from. */
export interface AgentSnapshotRecord {
  panel: string;
  /** When the list was asked for. */
  at: string;
  /** When all of it had been read. */
  until: string;
  users: number;
  admins: number;
  ownerName: string;
}
