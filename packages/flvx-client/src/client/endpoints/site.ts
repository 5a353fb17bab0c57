import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient, FlvxWrites } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import { unusableList } from '../row-list.js';
import { readCreated } from './created.js';
import type {
  EpochMs,
  MegabitsPerSecond,
  FlvxGroupGrant,
  FlvxNode,
  FlvxSpeedLimit,
  FlvxTunnel,
  FlvxTunnelGroup,
  FlvxUserGroup,
} from '../records.js';
import { isPanelError } from '@sluice/panel-http';

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

const tunnels = z.array(tunnelSchema);
const nodes = z.array(nodeSchema);
const limits = z.array(speedLimitSchema);
const userGroups = z.array(userGroupSchema);
const tunnelGroups = z.array(tunnelGroupSchema);
const grants = z.array(grantSchema);

const identified = z.object({ id });

/** Returns the id of an exported row. @throws {PanelUnreadableError} where it has none. */
function parseId({ panel }: FlvxApi, raw: unknown, what: string): number {
  const { data } = identified.safeParse(raw);
  if (data === undefined) throw unusableList(panel, 'POST /api/v1/backup/export', what);
  return data.id;
}

/** Null where the panel says that it has no such tunnel. */
async function orNull(tunnel: Promise<FlvxTunnel>): Promise<FlvxTunnel | null> {
  try {
    return await tunnel;
  } catch (error) {
    if (isPanelError(error) && error.panelCode === 'tunnel_missing') return null;
    throw error;
  }
}

/** The endpoints of tunnels, nodes, speed limits and groups (docs/panels/flvx.md, 5 and 8.1). */
export function siteEndpoints(api: FlvxApi): Pick<FlvxClient, 'tunnels' | 'nodes' | 'speedLimits' | 'groups'> {
  const list =
    <Row>(path: string, data: z.ZodType<Row[]>) =>
    (options?: FlvxCallOptions): Promise<Row[]> =>
      api.call({ path, kind: 'read', data }, options);
  const readLimits = list('/speed-limit/list', limits);
  return {
    tunnels: {
      list: list('/tunnel/list', tunnels),
      get: (id, options) =>
        orNull(api.call({ path: '/tunnel/get', kind: 'read', body: { id }, data: tunnelSchema }, options)),
    },
    nodes: { list: list('/node/list', nodes), checkStatus: list('/node/check-status', nodes) },
    speedLimits: {
      list: readLimits,
      listIds: async (options) => {
        const { speedLimits } = await api.exportTables(['speedLimits'], options);
        return new Set(speedLimits.map((raw, at) => parseId(api, raw, `row ${at} of speedLimits`)));
      },
      async create({ name, tunnelId, speed }, options) {
        const path = '/speed-limit/create';
        await api.call({ path, kind: 'write', body: { name, tunnelId, speed, status: 1 } }, options);
        return readCreated(api, path, async () =>
          (await readLimits(options)).filter((one) => one.name === name && one.tunnelId === tunnelId),
        );
      },
      remove: (id, options) => api.call({ path: '/speed-limit/delete', kind: 'write', body: { id } }, options),
    },
    groups: {
      listUserGroups: list('/group/user/list', userGroups),
      listTunnelGroups: list('/group/tunnel/list', tunnelGroups),
      listGrants: list('/group/permission/list', grants),
    },
  };
}

const writtenRow = z.object({ id, updatedTime: z.int() });
const nodeRow = z.object({ id, name: z.string(), status: z.int(), updatedTime: z.int().default(0) });

/** Reads when each row of these tables was last written to. A row that can't be parsed is left out. */
export async function readWrites(
  api: FlvxApi,
  types: (keyof FlvxWrites & ('forwards' | 'tunnels' | 'nodes'))[],
  options?: FlvxCallOptions,
): Promise<FlvxWrites> {
  const exported = await api.exportTables(types, options);
  return {
    at: exported.exportedAt as EpochMs,
    forwards: toInstants(exported.forwards),
    tunnels: toInstants(exported.tunnels),
    nodes: new Map(
      exported.nodes.flatMap((raw) => {
        const { data } = nodeRow.safeParse(raw);
        if (data === undefined) return [];
        return [[data.id, { changedAt: data.updatedTime as EpochMs, online: data.status === 1, name: data.name }]];
      }),
    ),
  };
}

function toInstants(rows: unknown[]): Map<number, EpochMs> {
  return new Map(
    rows.flatMap((raw) => {
      const { data } = writtenRow.safeParse(raw);
      return data === undefined ? [] : [[data.id, data.updatedTime as EpochMs]];
    }),
  );
}

const captcha = z.union([z.literal(0), z.literal(1)]);

const setting = z.object({ value: z.string() });

const opened = z.object({ token: z.string() });

/** The login, the captcha and the public settings (docs/panels/flvx.md, 2). */
export function accessEndpoints(
  api: FlvxApi,
): Pick<FlvxClient, 'session' | 'clockDifference' | 'captchaRequired' | 'setting' | 'setSetting' | 'passwordOpens'> {
  return {
    session: () => api.session.ensure(),
    clockDifference: () => api.clock.difference,
    async captchaRequired(options) {
      return (await api.call({ path: '/captcha/check', kind: 'read', data: captcha, auth: false }, options)) === 1;
    },
    async setting(name, options) {
      try {
        const call = { path: '/config/get', body: { name }, kind: 'read', data: setting, auth: false } as const;
        return (await api.call(call, options)).value;
      } catch (error) {
        if (isPanelError(error) && error.panelCode === 'setting_missing') return null;
        throw error;
      }
    },
    async setSetting(name, value, options) {
      await api.call({ path: '/config/update-single', kind: 'write', body: { name, value } }, options);
    },
    async passwordOpens(name, password, options) {
      try {
        const body = { username: name, password };
        const secrets = [password];
        await api.call({ path: '/user/login', body, kind: 'read', data: opened, auth: false, secrets }, options);
        return true;
      } catch (error) {
        if (!isPanelError(error)) throw error;
        if (error.panelCode === 'bad_credentials') return false;
        // The panel checks the password first (docs/panels/flvx.md, 2.3).
        if (error.panelCode === 'account_disabled') return true;
        if (error.panelCode === 'captcha') return null;
        throw error;
      }
    },
  };
}
