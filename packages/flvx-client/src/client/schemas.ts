import * as z from 'zod';
import type {
  FlvxGroupGrant,
  FlvxNode,
  FlvxSpeedLimit,
  FlvxTunnel,
  FlvxTunnelGroup,
  FlvxUserGroup,
} from './records.js';
import type { EpochMs, MegabitsPerSecond } from './units.js';

const id = z.int().positive();
const flag = z.union([z.literal(0), z.literal(1)]);

const part = z.object({ nodeId: z.int(), inx: z.int() }).transform((raw) => ({ nodeId: raw.nodeId, order: raw.inx }));

/** One tunnel (docs/panels/flvx.md, 5.1). */
export const tunnelSchema: z.ZodType<FlvxTunnel> = z
  .object({
    id,
    name: z.string(),
    type: z.int(),
    status: z.int(),
    flow: z.int(),
    trafficRatio: z.number(),
    inIp: z.string().nullable(),
    inNodeId: z.array(part),
    outNodeId: z.array(part),
    chainNodes: z.array(z.array(part)),
    inx: z.int(),
    createdTime: z.int(),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    type: raw.type,
    status: raw.status,
    multiplier: raw.flow,
    ratio: raw.trafficRatio,
    addresses: raw.inIp,
    entryNodes: raw.inNodeId,
    exitNodes: raw.outNodeId,
    chainNodes: raw.chainNodes,
    order: raw.inx,
    createdAt: raw.createdTime as EpochMs,
  }));

/** One node (docs/panels/flvx.md, 5.2), without the token of a federated panel. */
export const nodeSchema: z.ZodType<FlvxNode> = z
  .object({
    id,
    name: z.string(),
    serverIp: z.string(),
    status: flag,
    version: z.string().nullable(),
    isRemote: flag,
    syncError: z.string().optional(),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    address: raw.serverIp,
    online: raw.status === 1,
    version: raw.version,
    remote: raw.isRemote === 1,
    syncError: raw.syncError ?? null,
  }));

/** One speed limit (docs/panels/flvx.md, 5.3). */
export const speedLimitSchema: z.ZodType<FlvxSpeedLimit> = z
  .object({
    id,
    name: z.string(),
    speed: z.int(),
    tunnelId: z.int(),
    tunnelName: z.string(),
    status: z.int(),
    createdTime: z.int(),
    updatedTime: z.int().nullable(),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    speed: raw.speed as MegabitsPerSecond,
    tunnelId: raw.tunnelId,
    tunnelName: raw.tunnelName,
    status: raw.status,
    createdAt: raw.createdTime as EpochMs,
    updatedAt: raw.updatedTime as EpochMs | null,
  }));

/** One group of users (docs/panels/flvx.md, 8.1). */
export const userGroupSchema: z.ZodType<FlvxUserGroup> = z.object({
  id,
  name: z.string(),
  status: z.int(),
  userIds: z.array(z.int()),
});

/** One group of tunnels. */
export const tunnelGroupSchema: z.ZodType<FlvxTunnelGroup> = z.object({
  id,
  name: z.string(),
  status: z.int(),
  tunnelIds: z.array(z.int()),
});

/** One grant of a tunnel group to a user group. */
export const grantSchema: z.ZodType<FlvxGroupGrant> = z.object({
  id,
  userGroupId: z.int(),
  tunnelGroupId: z.int(),
});
