import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient, FlvxWrites } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import {
  grantSchema,
  nodeSchema,
  speedLimitSchema,
  tunnelGroupSchema,
  tunnelSchema,
  userGroupSchema,
} from '../schemas.js';
import type { EpochMs } from '../units.js';
import { isPanelError } from '@sluice/panel-http';

const tunnels = z.array(tunnelSchema);
const nodes = z.array(nodeSchema);
const limits = z.array(speedLimitSchema);
const userGroups = z.array(userGroupSchema);
const tunnelGroups = z.array(tunnelGroupSchema);
const grants = z.array(grantSchema);

/** The endpoints of tunnels, nodes, speed limits and groups (docs/panels/flvx.md, 5 and 8.1). */
export function siteEndpoints(api: FlvxApi): Pick<FlvxClient, 'tunnels' | 'nodes' | 'speedLimits' | 'groups'> {
  const list =
    <Row>(path: string, data: z.ZodType<Row[]>) =>
    (options?: FlvxCallOptions): Promise<Row[]> =>
      api.call({ path, kind: 'read', data }, options);
  return {
    tunnels: {
      list: list('/tunnel/list', tunnels),
      get: (id, options) => api.call({ path: '/tunnel/get', kind: 'read', body: { id }, data: tunnelSchema }, options),
    },
    nodes: { list: list('/node/list', nodes), checkStatus: list('/node/check-status', nodes) },
    speedLimits: {
      list: list('/speed-limit/list', limits),
      create: ({ name, tunnelId, speed }, options) =>
        api.call({ path: '/speed-limit/create', kind: 'write', body: { name, tunnelId, speed, status: 1 } }, options),
      delete: (id, options) => api.call({ path: '/speed-limit/delete', kind: 'write', body: { id } }, options),
    },
    groups: {
      listUserGroups: list('/group/user/list', userGroups),
      listTunnelGroups: list('/group/tunnel/list', tunnelGroups),
      listGrants: list('/group/permission/list', grants),
    },
  };
}

const id = z.int().positive();
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
