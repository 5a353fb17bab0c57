/**
 * Who the configured key belongs to. An admin's uuid is its API key on this panel, so the key's own uuid never leaves the
 * client: wherever it would stand as an owner or a parent, this word stands instead, and it is accepted in its place.
 */
export const SELF = 'self';

/** What an account of the panel may do; the panel calls it `mode`. */
export type HiddifyRole = 'super_admin' | 'admin' | 'agent';

/** When the panel zeroes a user's usage by itself: never, or every 1, 7 or 30 days from the start date. */
export type HiddifyUserMode = 'no_reset' | 'monthly' | 'weekly' | 'daily';

/** One user as the panel shows it, without any key material (docs/panels/hiddify.md, 3.3). Bytes are whole numbers. */
export interface HiddifyUser {
  /** Lower-case v4; null when the panel shows none: such a user can be counted but not changed. */
  uuid: string | null;
  /** The database id: stays when the uuid is changed, changes when a backup is restored. */
  id: number;
  name: string;
  /** The admin that owns the user: its uuid, `SELF`, or null when the panel cannot tell it. */
  owner: string | null;
  /** Never negative: a negative figure of the panel reads as 0 and is named in `odd`. */
  limitBytes: number;
  /** Never negative, as `limitBytes`. Falls on resets; not a consumption counter. */
  usedBytes: number;
  packageDays: number | null;
  /** As the panel says it, also a word that is not among `HiddifyUserMode`. */
  mode: string | null;
  /** Local date `YYYY-MM-DD` of the panel's server; null until the first traffic. */
  startDate: string | null;
  /** Local date of the last reset. */
  lastResetDate: string | null;
  /** `YYYY-MM-DD HH:MM:SS`, local time of the panel's server without a zone; null when never. */
  lastOnline: string | null;
  /** The manual switch. The panel itself never changes it. */
  enabled: boolean;
  /** Computed by the panel from switch, quota and days. */
  active: boolean | null;
  comment: string | null;
  telegramId: number | null;
  lang: string | null;
  /** Figures that are negative on the panel, as they stand there: anybody may write them. */
  odd?: { limitBytes?: number; usedBytes?: number };
}

/** One account that may own users (docs/panels/hiddify.md, 3.2). */
export interface HiddifyAdmin {
  /** Lower-case v4, `SELF` for the account of the key, or null when the panel shows none. */
  uuid: string | null;
  name: string;
  role: HiddifyRole;
  /** `SELF` or a uuid; the Owner is its own parent. Null when the panel has none or shows none. */
  parent: string | null;
  comment: string | null;
  canAddAdmin: boolean | null;
  maxUsers: number | null;
  maxActiveUsers: number | null;
}

/** A row of a list that could not be understood. */
export interface UnreadableRow {
  /** Position in the list, from 0. */
  index: number;
  uuid: string | null;
  id: number | null;
  /** The field, and what was expected of it. Never a value. */
  problem: string;
}

/** The whole user list as read once. */
export interface HiddifyUserList {
  users: HiddifyUser[];
  /** How many rows could not be understood; the first of them are in `unreadableRows`. */
  unreadable: number;
  unreadableRows: UnreadableRow[];
  /** Instant at which the request began: what was changed before it is in the list. */
  requestedAt: string;
  receivedAt: string;
  /** Size of the answer. */
  bytes: number;
}

/** All accounts below the key, its own included. */
export interface HiddifyAdminList {
  admins: HiddifyAdmin[];
  unreadable: number;
  unreadableRows: UnreadableRow[];
  requestedAt: string;
  receivedAt: string;
}

/** Traffic of an account and its sub-accounts by the panel's own statistics (docs/panels/hiddify.md, 3.6). Whole bytes. */
export interface HiddifyServerStatus {
  usage: { today: number; yesterday: number; last30Days: number; total: number };
  online: { today: number; yesterday: number; last30Days: number; total: number };
  users: number;
}

/** Whose key it is and what can be done with it. */
export interface HiddifyIdentity {
  /** `owner`: everything. `limited`: lists show the whole branch, but only directly owned users can be read alone or changed. */
  access: 'owner' | 'limited';
  role: HiddifyRole;
  name: string;
  version: string | null;
}
