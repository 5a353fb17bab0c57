import type { FlvxForward } from '../records/forward.js';
import type { FlvxGroupGrant, FlvxTunnelGroup, FlvxUserGroup } from '../records/group.js';
import type { FlvxPermission } from '../records/permission.js';
import type { FlvxSpeedLimit } from '../records/speed-limit.js';
import type { FlvxNode, FlvxTunnel } from '../records/tunnel.js';
import type { FlvxUser } from '../records/user.js';
import type { EpochMs } from '../units/units.js';
import type { FlvxObservation, FlvxScope } from './observation.js';

/** A row of a list that could not be parsed. It is neither absent nor zero: the account that it belongs to is unreadable. */
export interface FlvxUnreadableRow {
  list: 'users' | 'permissions' | 'forwards';
  id: number;
  /** Id of its user. */
  userId: number;
  /** Field and what was expected; never a value. */
  message: string;
}

/** The panel's tables at one moment, indexed. */
export interface FlvxSnapshot {
  /** The panel's own clock at the reading. */
  readonly at: EpochMs;
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
  usersNamed(name: string): readonly FlvxUser[];
  permissionsOf(userId: number): readonly FlvxPermission[];
  forwardsOf(userId: number): readonly FlvxForward[];
  /** Returns the rows of this user that could not be parsed. If there are any, nothing may be concluded about the user. */
  unreadableOf(userId: number): readonly FlvxUnreadableRow[];
  /** Returns the tunnels of a group, by its id or its exact name; null if the group does not exist. */
  tunnelsOfGroup(group: number | string): readonly number[] | null;
  /** Returns one account as the planners read it; the parts `tunnels` and `speedLimits` are needed. @throws {PanelUnreadableError} */
  observe(scope: FlvxScope): FlvxObservation;
}
