/** A group of users (docs/panels/flvx.md, 8.1). */
export interface FlvxUserGroup {
  id: number;
  name: string;
  status: number;
  userIds: number[];
}

/** A group of tunnels. */
export interface FlvxTunnelGroup {
  id: number;
  name: string;
  status: number;
  tunnelIds: number[];
}

/** A grant: the users of a group have permissions for the tunnels of another. */
export interface FlvxGroupGrant {
  id: number;
  userGroupId: number;
  tunnelGroupId: number;
}
