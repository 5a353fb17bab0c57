import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient, FlvxObservedPart, FlvxObserveOptions } from '../client.js';
import { plainName } from '../endpoints/users.js';
import type { FlvxApi } from '../http/api.js';
import type { FlvxObservation, FlvxScope, FlvxUnreadableRow } from '../observation.js';
import { forwardRows, permissionRows, userRows } from '../parse/rows.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../records.js';
import { toObservation, refuseUnreadable, countSpeedUse } from './select-account.js';

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
  const id = scope.userId ?? null;

  const before = since === undefined ? [] : [since.user, ...since.duplicates, ...since.strangers];
  const known = before.filter((user) => user !== null);
  const [users, forwards, tunnels, speedLimits] = await Promise.all([
    isRead(options, 'user') ? accounts(api, { id, names: namesOf(scope, known) }, options) : known,
    isRead(options, 'forwards') || since === undefined ? allForwards(api, options) : since,
    since?.tunnels ?? client.tunnels.list(options),
    isRead(options, 'speedLimits') || since === undefined ? client.speedLimits.list(options) : since.speedLimits,
  ]);
  const ids = new Set([...users.map((user) => user.id), ...(id === null ? [] : [id])]);
  const permissions = await permissionsFor(api, client, ids, options);

  const odd = [...permissions.unreadable, ...('unreadable' in forwards ? forwards.unreadable : [])];
  refuseUnreadable(
    api.panel,
    odd.filter((row) => ids.has(row.userId)),
  );
  const observed = toObservation(scope, {
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
  if (password == null || observed.user === null || !isRead(options, 'user')) return observed;
  return { ...observed, password: await client.passwordOpens(observed.user.name, password, options) };
}

/** Whether a part is to be read. The first observation reads every part. */
function isRead({ since, parts }: FlvxObserveOptions, part: FlvxObservedPart): boolean {
  return since === undefined || parts === undefined || parts.includes(part);
}

function namesOf(scope: FlvxScope, known: FlvxUser[]): string[] {
  return [...new Set([scope.name, ...known.map((user) => user.name)].filter((name) => name != null))];
}

/** Id and names by which accounts are searched. */
interface AccountKeys {
  id: number | null;
  names: string[];
}

/** The accounts of the id and the names, by short lists where these can be trusted. */
async function accounts(api: FlvxApi, keys: AccountKeys, options: FlvxCallOptions): Promise<FlvxUser[]> {
  const { id, names } = keys;
  const short = names.length > 0 && names.every((name) => plainName.test(name));
  if (short) {
    const lists = await Promise.all(names.map((keyword) => userList(api, { keyword }, keys, options)));
    const found = [...new Map(lists.flat().map((user) => [user.id, user])).values()];
    // The customer may have changed the name: then only the whole list contains the id.
    if (id === null || found.some((user) => user.id === id)) return found;
  }
  return await userList(api, {}, keys, options);
}

async function userList(
  api: FlvxApi,
  body: { keyword?: string },
  { id, names }: AccountKeys,
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

async function allForwards(
  api: FlvxApi,
  options: FlvxCallOptions,
): Promise<{ rows: FlvxForward[]; unreadable: FlvxUnreadableRow[] }> {
  const raw = await api.call({ path: '/forward/list', kind: 'read', data: rows }, options);
  const read = forwardRows.read(api.panel, raw);
  return { rows: read.rows, unreadable: read.unreadable.map((row) => ({ list: 'forwards', ...row })) };
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
  options: FlvxObserveOptions,
): Promise<ObservedPermissions> {
  const { since } = options;
  if (since !== undefined && !isRead(options, 'permissions')) {
    const same = { unreadable: [], speedUse: since.speedUse };
    if (!isRead(options, 'quotas')) return { rows: since.permissions, ...same };
    const rows = await withKnownStatus(client, ids, since.permissions, options);
    if (rows !== null) return { rows, ...same };
  }
  const read = permissionRows.read(api.panel, await api.exportPermissions(options));
  const unreadable = read.unreadable.map((row) => ({ list: 'permissions' as const, ...row }));
  return { rows: read.rows.filter((row) => ids.has(row.userId)), unreadable, speedUse: countSpeedUse(read.rows) };
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
