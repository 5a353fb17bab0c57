import type { PanelHttpOptions } from '@sluice/panel-http';
import type {
  HiddifyAdmin,
  HiddifyAdminList,
  HiddifyIdentity,
  HiddifyRole,
  HiddifyServerStatus,
  HiddifyUser,
  HiddifyUserList,
  HiddifyUserMode,
} from './records.js';

type Transport = Pick<
  PanelHttpOptions,
  | 'panel'
  | 'timeouts'
  | 'retry'
  | 'concurrency'
  | 'requestsPerSecond'
  | 'breaker'
  | 'tls'
  | 'proxy'
  | 'maxBodyBytes'
  | 'onCall'
  | 'clock'
  | 'random'
  | 'adaptive'
>;

/** Address and key of a panel, and the options of its transport (`@sluice/panel-http`). */
export interface HiddifyClientOptions extends Transport {
  /**
   * The panel's address with its secret admin path, `https://domain/path`, or the whole link of an administrator,
   * `https://domain/path/uuid/`, in which case `apiKey` may be left out.
   */
  baseUrl: string;
  /** The uuid of an administrator, best the Owner's. */
  apiKey?: string;
  /** Accept plain `http`. */
  allowHttp?: boolean;
  /** One attempt at reading a whole list, milliseconds. 50,000 users take about half a minute. Default 180,000. */
  listTimeoutMs?: number;
  /** Source of v4 uuids for users that are created without one. Default: the platform's. */
  newUuid?: () => string;
}

/** Options of a single call. */
export interface CallOptions {
  /** For the log of calls, e.g. the id of the service. */
  tag?: string;
  signal?: AbortSignal;
}

/** A user to be made. Everything is checked before the panel is asked, since it keeps half-made rows of what it refuses late. */
export interface NewHiddifyUser {
  /** Lower-case v4. Given by the caller so that a lost answer is settled by looking; default: a new one. */
  uuid?: string;
  /** 1 to 512 characters. */
  name: string;
  /** Above 0, at most 1,000,000 GB. Always sent: the panel's default is 1000 GB. */
  limitBytes: number;
  /** Whole days from the first use, 0 to 100,000. */
  packageDays: number;
  mode?: HiddifyUserMode;
  /** `SELF` (default) or the uuid of an existing admin: the panel would invent an admin for an unknown one. */
  owner?: string;
  /** At most 512 characters. */
  comment?: string;
  /** Local date `YYYY-MM-DD`. */
  startDate?: string;
  enabled?: boolean;
  telegramId?: number;
}

/** What may be changed on a user. What is absent stays. `startDate` is taken by the panel only together with `packageDays`. */
export interface HiddifyUserChange {
  name?: string;
  limitBytes?: number;
  /** Zeroing is the only sensible use: traffic counted meanwhile is overwritten. Read it back after a minute. */
  usedBytes?: number;
  packageDays?: number;
  startDate?: string | null;
  mode?: HiddifyUserMode;
  owner?: string;
  comment?: string;
  enabled?: boolean;
  telegramId?: number;
}

/** For a change: the user as it was read just now saves the look before the write. */
export interface ChangeOptions extends CallOptions {
  seen?: HiddifyUser;
}

/** A user that a call created or found, and which of the two. */
export interface CreatedUser {
  user: HiddifyUser;
  /**
   * `created`: made by this call. `repaired`: made by this call, but the panel had stopped half-way and it was completed.
   * `existed`: was there already, exactly as asked for (an earlier attempt whose answer was lost).
   */
  how: 'created' | 'repaired' | 'existed';
}

/** A user after a change, and whether anything was sent. */
export interface ChangedUser {
  user: HiddifyUser;
  /** `unneeded`: it was so already and nothing was sent. */
  how: 'changed' | 'unneeded';
}

/** Calls about users. */
export interface HiddifyUsers {
  /**
   * The whole list in one call, key material dropped. `[]` only when the panel says in so many words that there is none.
   * Rows that can't be understood are counted and named, not fatal.
   */
  list(options?: CallOptions): Promise<HiddifyUserList>;
  /** Null only when the panel says that there is no such user. */
  get(uuid: string, options?: CallOptions): Promise<HiddifyUser | null>;
  /** Makes a user, repairs what the panel left half-made or removes it again, and proves the result by what the panel shows. */
  create(user: NewHiddifyUser, options?: CallOptions & { ownerKnown?: boolean }): Promise<CreatedUser>;
  /** Writes the given fields and nothing else, and proves them by the answer or by reading. */
  update(uuid: string, change: HiddifyUserChange, options?: ChangeOptions): Promise<ChangedUser>;
  /** Writes `enable: false` and nothing else. */
  disable(uuid: string, options?: ChangeOptions): Promise<ChangedUser>;
  enable(uuid: string, options?: ChangeOptions): Promise<ChangedUser>;
  /** `gone` when there was no such user. */
  remove(uuid: string, options?: CallOptions): Promise<'removed' | 'gone'>;
}

/** An administrator or agent to be created. `role` is what it may do. */
export interface NewHiddifyAdmin {
  /** Lower-case v4, always sent: without one the panel keeps an admin that nobody can address. */
  uuid?: string;
  name: string;
  role: HiddifyRole;
  /** `SELF` (default) or the uuid of an existing admin. */
  parent?: string;
  canAddAdmin?: boolean;
  comment?: string;
  lang?: 'en' | 'fa' | 'ru' | 'pt' | 'zh';
  maxUsers?: number;
  maxActiveUsers?: number;
}

/** What may be changed on an administrator. What is absent stays. */
export interface HiddifyAdminChange {
  name?: string;
  role?: HiddifyRole;
  parent?: string;
  canAddAdmin?: boolean;
  comment?: string;
  maxUsers?: number;
  maxActiveUsers?: number;
}

/** Calls about administrators and agents, which own the users. */
export interface HiddifyAdmins {
  /** One call, own account included. An agent's key is refused here. */
  list(options?: CallOptions): Promise<HiddifyAdminList>;
  get(uuid: string, options?: CallOptions): Promise<HiddifyAdmin | null>;
  create(admin: NewHiddifyAdmin, options?: CallOptions): Promise<HiddifyAdmin>;
  /** Sends the parent in any case (the panel would move the admin under the caller) and settles the panel's constant 500 by reading. */
  update(uuid: string, change: HiddifyAdminChange, options?: CallOptions): Promise<HiddifyAdmin>;
  /** Its users become the caller's. Refused by the panel while it has sub-admins. */
  remove(uuid: string, options?: CallOptions): Promise<'removed' | 'gone'>;
}

/** What a panel answered to a harmless look at address, key and role. */
export interface HiddifyProbe extends HiddifyIdentity {
  ok: true;
  /** Sentences for the operator: no Owner's key, role checks void, … */
  warnings: string[];
}

/** API v2 of one Hiddify panel. */
export interface HiddifyClient {
  readonly panel: string;
  /** Sentences about the address as it was given. */
  readonly warnings: string[];
  /** Whose key it is, from `me` and `info`; asked once and remembered. */
  identity(options?: CallOptions): Promise<HiddifyIdentity>;
  /** `identity`, and a call without a key that a sound panel refuses. The errors say which of address, path, key or role is wrong. */
  probe(options?: CallOptions): Promise<HiddifyProbe>;
  readonly users: HiddifyUsers;
  readonly admins: HiddifyAdmins;
  /** About a second of the panel's time. */
  serverStatus(options?: CallOptions): Promise<HiddifyServerStatus>;
  newUuid(): string;
  /** `text` with every secret of this client and every uuid masked. */
  redact(text: string): string;
  close(): void;
}
