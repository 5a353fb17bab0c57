import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient, FlvxObservedPart, FlvxObserveOptions } from '../client.js';
import { plainName } from '../endpoints/users.js';
import type { FlvxApi } from '../http/api.js';
import { emptyMemory, type FlvxObservation, type FlvxScope } from '../plan/observation.js';
import type { FlvxPermission } from '../records/permission.js';
import { forwardRows, permissionRows, userRows, type RowReader } from '../records/read-rows.js';
import type { FlvxUser } from '../records/user.js';
import { observationOf, speedUseOf } from './observation-of.js';
import { refuseUnreadable } from './refuse-unreadable.js';
import type { FlvxUnreadableRow } from './snapshot.js';

type Client = Pick<FlvxClient, 'permissions' | 'tunnels' | 'speedLimits' | 'passwordOpens'>;

const rows = z.array(z.unknown());

/** Reads one account, or again those parts of it that a step may have changed. */
export async function observe(
  api: FlvxApi,
  client: Client,
  scope: FlvxScope,
  options: FlvxObserveOptions,
): Promise<FlvxObservation> {
  const { since } = options;
  const memory = options.memory ?? since?.memory ?? emptyMemory();
  const asked = since === undefined ? undefined : options.parts;
  const wants = (part: FlvxObservedPart): boolean => asked === undefined || asked.includes(part);
  const id = memory.createdUserId ?? scope.userId ?? null;

  const before = since === undefined ? [] : [since.user, ...since.duplicates, ...since.strangers];
  const known = before.filter((user) => user !== null);
  const [users, forwards, tunnels, speedLimits] = await Promise.all([
    wants('user') ? accounts(api, id, namesOf(scope, known), options) : known,
    wants('forwards') || since === undefined ? tolerant(api, forwardRows, '/forward/list', 'forwards', options) : since,
    since?.tunnels ?? client.tunnels.list(options),
    wants('speedLimits') || since === undefined ? client.speedLimits.list(options) : since.speedLimits,
  ]);
  const ids = new Set([...users.map((user) => user.id), ...(id === null ? [] : [id])]);
  const permissions = await permissionsFor(api, client, ids, since, wants, options);

  const odd = [...permissions.unreadable, ...('unreadable' in forwards ? forwards.unreadable : [])];
  refuseUnreadable(
    api.panel,
    odd.filter((row) => ids.has(row.userId)),
  );
  const observed = observationOf(scope, memory, {
    at: api.clock.now(),
    users,
    permissions: permissions.rows,
    forwards: 'unreadable' in forwards ? forwards.rows : forwards.forwards,
    tunnels,
    speedLimits,
    speedUse: permissions.speedUse,
    password: since?.password ?? null,
  });
  const { password } = options;
  if (password == null || observed.user === null || !wants('user')) return observed;
  return { ...observed, password: await client.passwordOpens(observed.user.name, password, options) };
}

function namesOf(scope: FlvxScope, known: FlvxUser[]): string[] {
  return [...new Set([scope.name, ...known.map((user) => user.name)].filter((name) => name != null))];
}

/** The accounts of the id and the names, by short lists where these can be trusted. */
async function accounts(
  api: FlvxApi,
  id: number | null,
  names: string[],
  options: FlvxCallOptions,
): Promise<FlvxUser[]> {
  const short = names.length > 0 && names.every((name) => plainName.test(name));
  if (short) {
    const lists = await Promise.all(names.map((keyword) => userList(api, { keyword }, id, names, options)));
    const found = [...new Map(lists.flat().map((user) => [user.id, user])).values()];
    // A customer may have renamed himself: then only the whole list finds him by his id.
    if (id === null || found.some((user) => user.id === id)) return found;
  }
  return await userList(api, {}, id, names, options);
}

async function userList(
  api: FlvxApi,
  body: { keyword?: string },
  id: number | null,
  names: string[],
  options: FlvxCallOptions,
): Promise<FlvxUser[]> {
  const raw = await api.call({ path: '/user/list', body, kind: 'read', data: rows }, options);
  const { rows: users, unreadable } = userRows.read(api.panel, raw);
  const ours = users.filter((user) => user.id === id || names.includes(user.name));
  const odd = unreadable.filter((row) => row.id === id || (id === null && ours.length === 0));
  refuseUnreadable(
    api.panel,
    odd.map((row) => ({ list: 'users', ...row })),
  );
  return ours;
}

async function tolerant<Row>(
  api: FlvxApi,
  reader: RowReader<Row>,
  path: string,
  list: FlvxUnreadableRow['list'],
  options: FlvxCallOptions,
): Promise<{ rows: Row[]; unreadable: FlvxUnreadableRow[] }> {
  const read = reader.read(api.panel, await api.call({ path, kind: 'read', data: rows }, options));
  return { rows: read.rows, unreadable: read.unreadable.map((row) => ({ list, ...row })) };
}

interface ObservedPermissions {
  rows: FlvxPermission[];
  unreadable: FlvxUnreadableRow[];
  speedUse: Readonly<Record<number, number>>;
}

async function permissionsFor(
  api: FlvxApi,
  client: Client,
  ids: ReadonlySet<number>,
  since: FlvxObservation | undefined,
  wants: (part: FlvxObservedPart) => boolean,
  options: FlvxCallOptions,
): Promise<ObservedPermissions> {
  if (since !== undefined && !wants('permissions')) {
    const same = { unreadable: [], speedUse: since.speedUse };
    if (!wants('quotas')) return { rows: since.permissions, ...same };
    const rows = await withKnownStatus(client, ids, since.permissions, options);
    if (rows !== null) return { rows, ...same };
  }
  const read = permissionRows.read(api.panel, await api.exportPermissions(options));
  const unreadable = read.unreadable.map((row) => ({ list: 'permissions' as const, ...row }));
  return { rows: read.rows.filter((row) => ids.has(row.userId)), unreadable, speedUse: speedUseOf(read.rows) };
}

/** Fresh values with the status of before; null when a permission came that was not there. */
async function withKnownStatus(
  client: Client,
  ids: ReadonlySet<number>,
  before: readonly FlvxPermission[],
  options: FlvxCallOptions,
): Promise<FlvxPermission[] | null> {
  const listed = (await Promise.all([...ids].map((id) => client.permissions.ofUser(id, options)))).flat();
  const merged: FlvxPermission[] = [];
  for (const { tunnelName: _name, multiplier: _multiplier, speedLimitName: _limit, ...values } of listed) {
    const known = before.find((row) => row.id === values.id);
    if (known === undefined) return null;
    merged.push({ ...values, status: known.status });
  }
  return merged;
}
