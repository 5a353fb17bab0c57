import type { NewHiddifyUser } from '../client/types.js';

/** Instants are ISO 8601 UTC with milliseconds, bytes whole numbers. Agents and users are told by their uuids. */

/** How an agent's traffic is counted. See the README, *Accounting*. */
export type AccountingMode = 'allocated' | 'consumed' | 'panel';

/** When an agent's consumption begins anew: never, with each calendar month, or every so many days from the opening. */
export type AgentPeriod = 'none' | 'monthly' | { days: number };

/** What an agent has consumed in its period. Opened when its first limit is set; never falls within a period. */
export interface AgentAccount {
  openedAt: string;
  /** The period `[start, end)`; `periodEnd` is null without periods. */
  periodStart: string;
  periodEnd: string | null;
  /** What the period began with; contained in `consumedBytes`. */
  openingBytes: number;
  /** By its own users and those of all its sub-agents, charged to whoever owned them when it was seen. */
  consumedBytes: number;
  /** The period before, taken up again when the clock turns out to have been ahead. */
  previous: { periodStart: string; periodEnd: string | null; openingBytes: number; consumedBytes: number } | null;
}

/** Figures of an agent, sub-agents included, from the last good list. */
export interface AgentFigures {
  at: string;
  /** Sum of max(limit, usage) over the users that are there. */
  allocatedBytes: number;
  /** Sum of the usage shown. Falls on resets. */
  currentBytes: number;
  users: number;
  enabledUsers: number;
}

/** The last verdict about an agent and what it rested on; enough to recompute it. */
export interface AgentVerdict {
  at: string;
  run: string | null;
  accounting: AccountingMode;
  limitBytes: number | null;
  usedBytes: number | null;
  exceeded: boolean;
  /** Stable word, see `AgentRule`. */
  rule: string;
}

/** What the store has of one agent: its limit, its account and the last verdict. */
export interface AgentRecord {
  uuid: string;
  name: string;
  /** The panel's role; a limit is dormant while it is not `agent`. */
  role: string;
  /** Uuid, `SELF`, or null. */
  parent: string | null;
  /** Null: no limit. 0: nothing allowed. */
  limitBytes: number | null;
  limitSince: string | null;
  account: AgentAccount | null;
  figures: AgentFigures | null;
  verdict: AgentVerdict | null;
  /** Since when the sweep keeps this agent's users disabled; null when it does not. */
  heldSince: string | null;
  /** Percent marks already announced in this period. */
  thresholds: number[];
  /** First list in which the agent was not found any more. */
  missingSince: string | null;
  /** The panel said that there is no such account. A missing one that is not gone is only hidden. */
  gone: boolean;
}

/** What is remembered of one user so that growth can be told. Also kept of users that have vanished. */
export interface LedgerEntry {
  /** The uuid, or `#` and the database id for a user without one. */
  key: string;
  uuid: string | null;
  panelId: number;
  /** The owner at the last look: uuid, `SELF` or null. */
  owner: string | null;
  /** Usage shown at the last look; negative where somebody wrote it so, since growth is counted from there. */
  lastBytes: number;
  /** Limit shown at the last look; never negative. */
  limitBytes: number;
  /** What this user has used since it is known, over all resets and owners. Never falls. */
  totalBytes: number;
  firstSeenAt: string;
  /** First list in which it was missing; null while it is there. */
  missingSince: string | null;
  /** The panel said that there is no such user. A missing one that is not gone may only be hidden and still counts. */
  gone: boolean;
}

/**
 * One user that we disabled because of an agent's limit. Open while `settledAt` is null; a user has at most one open record.
 * `intended` is written before the panel is called, so a crash leaves the record and not a disabled user of nobody.
 */
export interface DisabledUserRecord {
  id: string;
  uuid: string;
  name: string;
  /** The owner when it was disabled: only while this stays is the user given back. */
  owner: string | null;
  /** The agent whose limit it was. */
  agent: string;
  /** `limit`: by the sweep, which also restores it. `operator`: by `disableAllUsers`, restored by order only. */
  reason: 'limit' | 'operator';
  usedBytes: number | null;
  limitBytes: number | null;
  run: string | null;
  at: string;
  /** `restoring` is written before the user is enabled again. */
  state: 'intended' | 'disabled' | 'restoring';
  /** Name, comment, limit, days and the like as they stood: a change since means that somebody touched the user. */
  fingerprint: string;
  /** How often somebody enabled it again while the agent was over. */
  reenabled: number;
  settledAt: string | null;
  /** `restored` by us; or left as it is: `enabled-by-others`, `moved`, `touched`, `gone`, `not-done`. */
  outcome: string | null;
}

/** A user's limit that is being raised, or a user that is given to another agent. */
export interface RaisedLimit {
  /** Uuid of the user. */
  raises: string;
  /** The limit that it is to have. */
  limitBytes: number;
  /** What the user will have used in all (see `LedgerEntry.totalBytes`) when the new limit is used up. */
  untilBytes: number;
}

/**
 * Budget promised to a user that is being made, or whose limit is being raised. `open` until the panel has been seen to have the user or not. `settled`: the
 * user is there; what it has not yet used (`leftBytes`) stays promised. `closed`: counts no more.
 */
export interface ReservationRecord {
  /** The uuid that the user is made with; of a raise a key of its own. */
  uuid: string;
  agent: string;
  /** The agent and its ancestors at the time of the promise: it counts against each. */
  chain: string[];
  bytes: number;
  /** What of it is still promised. */
  leftBytes: number;
  state: 'open' | 'settled' | 'closed';
  /** What is to be made, for the repair after a crash; or what is raised. */
  wanted: NewHiddifyUser | RaisedLimit;
  createdAt: string;
  /** Nobody creates the user after this instant: then an open one is settled by looking. */
  expiresAt: string;
  /** Opaque; whoever made it, to tell whether that process still lives. */
  holder: string | null;
  settledAt: string | null;
  /** When a list first had the user in the agent's sum. */
  seenAt: string | null;
  closedAt: string | null;
  /**
   * Why it was closed: `used`, `lowered`, `not-created`, `not-raised`, `user-gone`, `moved`, `period-over`, `orphan-removed`. Of a settled one `found`: its
   * maker was gone, so whoever ordered the user has not heard of it.
   */
  outcome: string | null;
}

/** The last list that was good enough to conclude from. */
export interface SnapshotRecord {
  /** Instant at which the list was asked for. */
  at: string;
  /** Instant by which all of it had been read. A list asked for before that is not newer. */
  until: string;
  users: number;
  admins: number;
  /** The name of the key's account. */
  ownerName: string;
}
