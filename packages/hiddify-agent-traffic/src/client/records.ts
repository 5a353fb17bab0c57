/**
 * Stands for the account of the configured key. An admin's uuid is its API key on this panel, so that the client never returns it:
 * as an owner or a parent it returns and accepts this word instead.
 */
export const SELF = 'self';

/** What an account of the panel may do; the panel calls it `mode`. */
export type HiddifyRole = 'super_admin' | 'admin' | 'agent';

/** When the panel itself zeroes a user's usage: never, or every 1, 7 or 30 days from the start date. */
export type HiddifyUserMode = 'no_reset' | 'monthly' | 'weekly' | 'daily';

/** One user as the panel shows it, without any key material (docs/panels/hiddify.md, 3.3). Bytes are whole numbers. */
export interface HiddifyUser {
  /** Lower-case v4; null when the panel shows none: such a user can be counted but not changed. */
  uuid: string | null;
  /** The database id: stays when the uuid is changed, changes when a backup is restored. */
  id: number;
  name: string;
  /** Uuid of the owning admin, `SELF`, or null when the panel shows none. */
  owner: string | null;
  /** Never negative: for a negative figure of the panel it is 0, and `odd` has the figure. */
  limitBytes: number;
  /** Never negative, see `limitBytes`. Falls on resets. */
  usedBytes: number;
  packageDays: number | null;
  /** The panel's word, which may be none of `HiddifyUserMode`. */
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
  /** Figures that are negative on the panel, where anyone may write them. */
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

/** A row of a list that could not be parsed. */
export interface UnreadableRow {
  /** Position in the list, from 0. */
  index: number;
  uuid: string | null;
  id: number | null;
  /** The field and what was expected, never a value. */
  problem: string;
}

/** The whole list of users. */
export interface HiddifyUserList {
  users: HiddifyUser[];
  /** Rows that could not be parsed; the first of them are in `unreadableRows`. */
  unreadable: number;
  unreadableRows: UnreadableRow[];
  /** Instant of the request: what was changed before it is in the list. */
  requestedAt: string;
  receivedAt: string;
  /** Size of the answer. */
  bytes: number;
}

/** All accounts below the key, its own included. */
export interface HiddifyAdminList extends Omit<HiddifyUserList, 'users' | 'bytes'> {
  admins: HiddifyAdmin[];
}

/** Traffic of an account and its sub-accounts by the panel's own statistics (docs/panels/hiddify.md, 3.6). Whole bytes. */
export interface HiddifyServerStatus {
  usage: { today: number; yesterday: number; last30Days: number; total: number };
  online: HiddifyServerStatus['usage'];
  users: number;
}

/** The account of a key, and what the key may do. */
export interface HiddifyIdentity {
  /** `owner`: everything. `limited`: lists show the whole branch, but only directly owned users can be read alone or changed. */
  access: 'owner' | 'limited';
  role: HiddifyRole;
  name: string;
  version: string | null;
}
