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
  | 'admit'
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
  /** Time-out of one attempt at a list, milliseconds. 50,000 users need about half a minute. Default 180,000. */
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

/** A user to be created. Every field is checked before the panel is called, because it keeps half-made rows of what it refuses. */
export interface NewHiddifyUser {
  /** Lower-case v4, stored by the caller so that a lost answer can be resolved. Default: a new one. */
  uuid?: string;
  /** 1 to 512 characters. */
  name: string;
  /** Above 0, at most 1,000,000 GB. Always sent: the panel's default is 1000 GB. */
  limitBytes: number;
  /** Whole days from the first use, 0 to 100,000. */
  packageDays: number;
  mode?: HiddifyUserMode;
  /** `SELF` (default) or the uuid of an existing admin: for an unknown one the panel would create an admin. */
  owner?: string;
  /** At most 512 characters. */
  comment?: string;
  /** Local date `YYYY-MM-DD`. */
  startDate?: string;
  enabled?: boolean;
  telegramId?: number;
}

/** A change of a user. Absent fields stay. The panel accepts `startDate` only together with `packageDays`. */
export interface HiddifyUserChange extends Partial<Omit<NewHiddifyUser, 'uuid' | 'startDate'>> {
  /** Overwrites traffic that was counted meanwhile, so that only 0 makes sense. Read it back after a minute. */
  usedBytes?: number;
  startDate?: string | null;
}

/** Options of a change. With `seen`, the user as read just now, it is not read again before the write. */
export interface ChangeOptions extends CallOptions {
  seen?: HiddifyUser;
}

/** A user that a call created or found. */
export interface CreatedUser {
  user: HiddifyUser;
  /**
   * `created`: by this call. `repaired`: by this call, after the panel had stopped half-way. `existed`: already, exactly as requested
   * (an earlier attempt whose answer was lost).
   */
  how: 'created' | 'repaired' | 'existed';
}

/** A user after a change, and whether anything was sent. */
export interface ChangedUser {
  user: HiddifyUser;
  /** `unneeded`: nothing differed and nothing was sent. */
  how: 'changed' | 'unneeded';
  /** What the user had used when it was read last before the call that made the change. */
  usedBefore: number;
}

/** Calls about users. */
export interface HiddifyUsers {
  /**
   * Returns the whole list in one call, without key material. It is empty only when the panel states that there are no users. Rows
   * that can't be parsed are counted and listed.
   */
  list(options?: CallOptions): Promise<HiddifyUserList>;
  /** Returns a user; null only when the panel states that it does not exist. */
  get(uuid: string, options?: CallOptions): Promise<HiddifyUser | null>;
  /** Creates a user; completes or removes what the panel left half-made. */
  create(user: NewHiddifyUser, options?: CallOptions & { ownerKnown?: boolean }): Promise<CreatedUser>;
  /** Writes the fields that differ, and verifies them by the answer or by reading. */
  update(uuid: string, change: HiddifyUserChange, options?: ChangeOptions): Promise<ChangedUser>;
  /** Writes `enable: false` and nothing else. */
  disable(uuid: string, options?: ChangeOptions): Promise<ChangedUser>;
  /** Writes `enable: true` and nothing else. */
  enable(uuid: string, options?: ChangeOptions): Promise<ChangedUser>;
  /** Deletes a user; `gone` when it did not exist. */
  remove(uuid: string, options?: CallOptions): Promise<'removed' | 'gone'>;
}

/** An administrator or agent to be created. `role` is what it may do. */
export interface NewHiddifyAdmin {
  /** Lower-case v4, always sent: without one the panel creates an admin that can't be addressed. Default: a new one. */
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

/** A change of an administrator. Absent fields stay. */
export type HiddifyAdminChange = Partial<Omit<NewHiddifyAdmin, 'uuid' | 'lang'>>;

/** Calls about administrators and agents, which own the users. */
export interface HiddifyAdmins {
  /** Returns all accounts in one call, the key's own included. The panel refuses an agent's key. */
  list(options?: CallOptions): Promise<HiddifyAdminList>;
  /** Returns an account; null only when the panel states that it does not exist. */
  get(uuid: string, options?: CallOptions): Promise<HiddifyAdmin | null>;
  /** Creates an account under an existing parent. */
  create(admin: NewHiddifyAdmin, options?: CallOptions): Promise<HiddifyAdmin>;
  /** Changes an account. Always sends the parent, and resolves the panel's constant 500 by reading. */
  update(uuid: string, change: HiddifyAdminChange, options?: CallOptions): Promise<HiddifyAdmin>;
  /** Deletes an account, whose users then belong to the caller. The panel refuses it while the account has sub-admins. */
  remove(uuid: string, options?: CallOptions): Promise<'removed' | 'gone'>;
}

/** The result of a check of address, key and role. */
export interface HiddifyProbe extends HiddifyIdentity {
  ok: true;
  /** Sentences about the key and the panel: not the Owner's key, role checks void, … */
  warnings: string[];
}

/** API v2 of one Hiddify panel. */
export interface HiddifyClient extends Disposable {
  readonly panel: string;
  /** Sentences about the configured address. */
  readonly warnings: string[];
  /** Returns the identity of the key, read once. */
  identity(options?: CallOptions): Promise<HiddifyIdentity>;
  /** Reads the identity again and calls without a key, which the panel should refuse. Errors name the wrong part: address, path, key or role. */
  probe(options?: CallOptions): Promise<HiddifyProbe>;
  readonly users: HiddifyUsers;
  readonly admins: HiddifyAdmins;
  /** Returns the panel's own statistics; the call needs about a second. */
  serverStatus(options?: CallOptions): Promise<HiddifyServerStatus>;
  /** Returns a new v4 uuid. */
  newUuid(): string;
  /** Masks every secret of this client and every uuid in `text`. */
  redact(text: string): string;
  /** Closes the connections. */
  close(): void;
}
