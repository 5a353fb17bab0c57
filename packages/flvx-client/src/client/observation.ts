import type {
  FlvxForward,
  FlvxGroupGrant,
  FlvxNode,
  FlvxPermission,
  FlvxSpeedLimit,
  FlvxTunnel,
  FlvxTunnelGroup,
  FlvxUser,
  FlvxUserGroup,
  EpochMs,
} from './records.js';

/** Identifies an account, and says what proves that it belongs to the service. */
export interface FlvxScope {
  /** The panel's id, known from an earlier run: proof in itself. */
  userId?: number | null;
  /** The login name. Alone it proves nothing. */
  name?: string | null;
  /** The name is unguessable and was stored before any create with it: then it proves the account. */
  nameIsOurs?: boolean;
  /** The operator confirms that the account of this name belongs to the service. */
  adopt?: boolean;
}

/** One account as the panel shows it: everything that the planners read. */
export interface FlvxObservation {
  /** The panel's own clock at the reading. */
  at: EpochMs;
  /** How far that is ahead of the local clock (ms). */
  clockAhead: number;
  /** The panel's own clock when the reading of the forwards began. */
  forwardsAt: EpochMs;
  scope: FlvxScope;
  /** The account that provably belongs to the service; null where there is none. */
  user: FlvxUser | null;
  /** Other accounts of the same unguessable name, left by creates whose answers were lost. */
  duplicates: FlvxUser[];
  /** Accounts of that name that do not provably belong to the service. */
  strangers: FlvxUser[];
  /** Permissions of the user and the duplicates, with the true status. */
  permissions: FlvxPermission[];
  /** Forwards of the user and the duplicates. */
  forwards: FlvxForward[];
  /** The counters are older than the forwards: they need not show why one rests. Absent: they were read after them. */
  olderCounters?: boolean;
  /** All tunnels of the panel. */
  tunnels: readonly FlvxTunnel[];
  /** All speed limits of the panel. */
  speedLimits: readonly FlvxSpeedLimit[];
  /** Number of permissions, of all users, that have each speed limit. */
  speedUse: Readonly<Record<number, number>>;
  /** Whether the given password opens the account; null where none was given or it can't be found out. */
  password: boolean | null;
}

/** A row that could not be parsed. It is neither absent nor zero: the account that it belongs to is unreadable. */
export interface FlvxUnreadableRow {
  list: 'users' | 'permissions' | 'forwards';
  id: number;
  userId: number;
  /** Field and what was expected; never a value. */
  message: string;
}

/** The panel's tables at one moment, indexed. */
export interface FlvxSnapshot {
  /** The panel's own clock at the reading. */
  readonly at: EpochMs;
  /** How far that is ahead of the local clock (ms). */
  readonly clockAhead: number;
  /** The panel's own clock when the reading of the forwards began. */
  readonly forwardsAt: EpochMs;
  readonly users: ReadonlyMap<number, FlvxUser>;
  readonly permissions: readonly FlvxPermission[];
  readonly forwards: readonly FlvxForward[];
  readonly tunnels: readonly FlvxTunnel[];
  readonly speedLimits: readonly FlvxSpeedLimit[];
  readonly nodes: readonly FlvxNode[];
  readonly userGroups: readonly FlvxUserGroup[];
  readonly tunnelGroups: readonly FlvxTunnelGroup[];
  readonly grants: readonly FlvxGroupGrant[];
  readonly unreadable: readonly FlvxUnreadableRow[];
  /** Returns users by their exact name. Names are not unique on the panel. */
  findUsers(name: string): readonly FlvxUser[];
  listPermissions(userId: number): readonly FlvxPermission[];
  listForwards(userId: number): readonly FlvxForward[];
  /** Returns the rows of this user that could not be parsed. If there are any, nothing may be concluded about the user. */
  listUnreadable(userId: number): readonly FlvxUnreadableRow[];
  /** Returns the tunnels of a group, by its id or its exact name; null if the group does not exist. */
  findTunnels(group: number | string): readonly number[] | null;
  /** Returns one account as the planners read it; the parts `tunnels` and `speedLimits` are needed. @throws {PanelUnreadableError} */
  observe(scope: FlvxScope): FlvxObservation;
}
