/** Rows of the fake panel's tables. Quotas (`flow`) in GB of 2^30 bytes, counters in bytes, times in Unix milliseconds. */
export interface UserRow {
  readonly id: number;
  user: string;
  /** Unsalted MD5 in lower-case hex. */
  pwd: string;
  readonly roleId: number;
  status: number;
  flow: number;
  num: number;
  expTime: number;
  flowResetTime: number;
  inFlow: number;
  outFlow: number;
  readonly createdTime: number;
  updatedTime: number | null;
}

/** The permission of a user on a tunnel (`user_tunnel`). */
export interface PermissionRow {
  readonly id: number;
  readonly userId: number;
  readonly tunnelId: number;
  speedId: number | null;
  num: number;
  flow: number;
  inFlow: number;
  outFlow: number;
  flowResetTime: number;
  expTime: number;
  status: number;
}

/** A node's part in a tunnel: 1 entry, 2 hop, 3 exit. */
export interface ChainRow {
  readonly nodeId: number;
  readonly chainType: 1 | 2 | 3;
  readonly inx: number;
  readonly protocol: string;
  readonly strategy: string;
}

export interface TunnelRow {
  readonly id: number;
  readonly inx: number;
  name: string;
  type: number;
  /** The billing multiplier, not a quota. */
  flow: number;
  trafficRatio: number;
  status: number;
  readonly createdTime: number;
  updatedTime: number;
  inIp: string | null;
  ipPreference: string;
  chain: ChainRow[];
}

/** A speed limit; `speed` in Mbit/s. */
export interface LimitRow {
  readonly id: number;
  name: string;
  speed: number;
  tunnelId: number;
  tunnelName: string;
  status: number;
  readonly createdTime: number;
  updatedTime: number | null;
}

export interface ForwardRow {
  readonly id: number;
  readonly userId: number;
  readonly userName: string;
  name: string;
  tunnelId: number;
  remoteAddr: string;
  strategy: string;
  inFlow: number;
  outFlow: number;
  readonly createdTime: number;
  updatedTime: number;
  /** The panel's record: 1 running, 0 paused. */
  status: number;
  readonly inx: number;
  ports: { readonly nodeId: number; readonly port: number }[];
}

/** A group of users or of tunnels; members are stored separately, also those of groups that do not exist. */
export interface GroupRow {
  readonly id: number;
  name: string;
  status: number;
  readonly createdTime: number;
  updatedTime: number;
}

/** A user group's right to a tunnel group. */
export interface GroupPermissionRow {
  readonly id: number;
  readonly userGroupId: number;
  readonly tunnelGroupId: number;
  readonly createdTime: number;
}

/** A permission that results from a group permission. */
export interface GrantRow extends GroupPermissionRow {
  readonly userTunnelId: number;
  /** 1 if the group created the row, 0 if it existed before. */
  readonly createdByGroup: 0 | 1;
}

/** A user's traffic of an hour; `time` is the end of the hour as HH:MM in the panel's zone. */
export interface StatisticsRow {
  readonly id: number;
  readonly userId: number;
  readonly flow: number;
  readonly totalFlow: number;
  readonly time: string;
  readonly createdTime: number;
}

export interface ConfigRow {
  readonly id: number;
  readonly name: string;
  value: string;
  time: number;
}
