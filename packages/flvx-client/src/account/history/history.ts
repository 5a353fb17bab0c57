import type { FlvxPermissionValues } from '../../client/records/permission.js';

/** What the panel can't show and only the run that acted knows. Plain JSON. */
export interface FlvxHistory {
  /** The account that a create of this run made. */
  createdUserId: number | null;
  /** The password was set in this run, or a login proved it. */
  passwordSet: boolean;
  /** Paused forwards that a push has started again, although the panel still shows 0. */
  restarted: number[];
  /** Forwards that the panel reported as paused on the nodes, since the last push. */
  paused: number[];
  /** Tunnels whose speed was changed, and whose nodes have not confirmed it. */
  unpushed: number[];
  /** Quota values of permissions as they were before a user/update overwrote them. */
  permissionValues: FlvxPermissionValues[];
}

/** The history of an account of which nothing is known. */
export const emptyHistory: FlvxHistory = {
  createdUserId: null,
  passwordSet: false,
  restarted: [],
  paused: [],
  unpushed: [],
  permissionValues: [],
};
