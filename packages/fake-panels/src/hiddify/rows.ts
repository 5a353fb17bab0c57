/** Bytes of one GB of the panel: its GB are binary (docs/panels/hiddify.md, 3.4). */
export const gibibyte = 1_073_741_824;

/** Modes of an administrator; they are the roles, too (docs/panels/hiddify.md, 2.3). */
export const adminModes = ['super_admin', 'admin', 'agent'] as const;
export type AdminMode = (typeof adminModes)[number];

/** When a user's usage is reset. */
export const userModes = ['no_reset', 'monthly', 'weekly', 'daily'] as const;
export type UserMode = (typeof userModes)[number];

export const languages = ['en', 'fa', 'ru', 'pt', 'zh'] as const;
export type Language = (typeof languages)[number];

/** Days between two resets; without an entry never. */
export const resetDays: Readonly<Partial<Record<UserMode, number>>> = { daily: 1, weekly: 7, monthly: 30 };

/** One row of the panel's administrators. */
export interface AdminRow {
  /** The Owner is 1. The API never shows it, the add-on does. */
  readonly id: number;
  /** The administrator's API key. Stored as it is: a row made outside the API may hold any text. */
  uuid: string;
  name: string;
  comment: string | null;
  mode: AdminMode;
  canAddAdmin: boolean;
  telegramId: number | null;
  lang: Language | null;
  maxUsers: number;
  maxActiveUsers: number;
  parentId: number | null;
  username: string;
  password: string;
  /** Bytes; a column of the add-on. `null` and 0 are no limit. */
  trafficLimit: number | null;
}

/** Key material of a user, private parts included. */
export interface UserKeys {
  ed25519_private_key: string | null;
  ed25519_public_key: string | null;
  wg_pk: string | null;
  wg_pub: string | null;
  wg_psk: string | null;
}

/** One row of the panel's users. */
export interface UserRow {
  readonly id: number;
  /** Stored as it is, like an administrator's. */
  uuid: string;
  name: string;
  comment: string | null;
  telegramId: number | null;
  lang: Language | null;
  /** Whole bytes; may be negative. */
  usageLimit: number;
  /** Whole bytes; may be negative. */
  currentUsage: number;
  packageDays: number;
  mode: UserMode;
  /** `YYYY-MM-DD`, the server's local date. */
  startDate: string | null;
  /** `YYYY-MM-DD`, the server's local date. */
  lastResetTime: string | null;
  /** `YYYY-MM-DD HH:MM:SS`, the server's local time. */
  lastOnline: string;
  /** The owner's id; `null`: none. */
  addedBy: number | null;
  enable: boolean;
  /** `undefined`: invented from the user's number when they are shown; `null`: a row made outside the API. */
  keys: UserKeys | null | undefined;
}

/** `last_online` of a user that never was. */
export const neverOnline = '0001-01-01 00:00:00';
