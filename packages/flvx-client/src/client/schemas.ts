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
  .transform(({ flow, trafficRatio, inIp, inNodeId, outNodeId, inx, createdTime, ...same }) => ({
    ...same,
    multiplier: flow,
    ratio: trafficRatio,
    addresses: inIp,
    entryNodes: inNodeId,
    exitNodes: outNodeId,
    order: inx,
    createdAt: createdTime as EpochMs,
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
  .transform(({ serverIp, status, isRemote, syncError = null, ...same }) => ({
    ...same,
    address: serverIp,
    online: status === 1,
    remote: isRemote === 1,
    syncError,
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
  .transform(({ speed, createdTime, updatedTime, ...same }) => ({
    ...same,
    speed: speed as MegabitsPerSecond,
    createdAt: createdTime as EpochMs,
    updatedAt: updatedTime as EpochMs | null,
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
