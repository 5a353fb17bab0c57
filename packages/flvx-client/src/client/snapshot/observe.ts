import type { FlvxCallOptions, FlvxClient, FlvxObservedPart, FlvxObserveOptions } from '../client.js';
import { plainName } from '../endpoints/accounts.js';
import type { FlvxApi } from '../http/api.js';
import type { FlvxObservation, FlvxScope } from '../observation.js';
import type { FlvxPermission, FlvxUser } from '../records.js';
import { forwardRows, permissionRows, refuseUnreadable, userRows, type Rows } from '../row-list.js';
import { countSpeedUse, toObservation } from './take-snapshot.js';

type Client = Pick<FlvxClient, 'permissions' | 'tunnels' | 'speedLimits' | 'passwordOpens'>;

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
  const names = [...new Set([scope.name, ...known.map((user) => user.name)].filter((name) => name != null))];
  const [users, forwards, tunnels, speedLimits] = await Promise.all([
    isRead(options, 'user') ? readAccounts(api, { id, names }, options) : known,
    isRead(options, 'forwards') || since === undefined
      ? forwardRows.read(api, options)
      : { rows: since.forwards, unreadable: [] },
    since?.tunnels ?? client.tunnels.list(options),
    isRead(options, 'speedLimits') || since === undefined ? client.speedLimits.list(options) : since.speedLimits,
  ]);
  const ids = new Set([...users.map((user) => user.id), ...(id === null ? [] : [id])]);
  const permissions = await readPermissions(api, client, ids, options);
  const unreadable = [...permissions.unreadable, ...forwards.unreadable];
  refuseUnreadable(
    api.panel,
    unreadable.filter((row) => ids.has(row.userId)),
  );
  const observed = toObservation(scope, {
    at: api.clock.now(),
    users,
    permissions: permissions.rows,
    forwards: forwards.rows,
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

/** Id and names by which accounts are searched. */
interface AccountKeys {
  id: number | null;
  names: string[];
}

/** Reads the accounts of the id and the names, from short lists where these can be trusted. */
async function readAccounts(api: FlvxApi, keys: AccountKeys, options: FlvxCallOptions): Promise<FlvxUser[]> {
  const { id, names } = keys;
  if (names.length > 0 && names.every((name) => plainName.test(name))) {
    const lists = await Promise.all(names.map((keyword) => readMatching(api, { keyword }, keys, options)));
    const found = [...new Map(lists.flat().map((user) => [user.id, user])).values()];
    // The customer may have changed the name: then only the whole list contains the id.
    if (id === null || found.some((user) => user.id === id)) return found;
  }
  return await readMatching(api, {}, keys, options);
}

async function readMatching(
  api: FlvxApi,
  body: { keyword?: string },
  { id, names }: AccountKeys,
  options: FlvxCallOptions,
): Promise<FlvxUser[]> {
  const { rows, unreadable } = await userRows.read(api, options, body);
  const matching = rows.filter((user) => user.id === id || names.includes(user.name));
  refuseUnreadable(
    api.panel,
    unreadable.filter((row) => row.id === id || (id === null && matching.length === 0)),
  );
  return matching;
}

async function readPermissions(
  api: FlvxApi,
  client: Client,
  ids: ReadonlySet<number>,
  options: FlvxObserveOptions,
): Promise<Rows<FlvxPermission> & Pick<FlvxObservation, 'speedUse'>> {
  const { since } = options;
  if (since !== undefined && !isRead(options, 'permissions')) {
    const unchanged = { unreadable: [], speedUse: since.speedUse };
    if (!isRead(options, 'quotas')) return { rows: since.permissions, ...unchanged };
    const rows = await readQuotas(client, ids, since.permissions, options);
    if (rows !== null) return { rows, ...unchanged };
  }
  const { rows, unreadable } = await permissionRows.read(api, options);
  return { rows: rows.filter((row) => ids.has(row.userId)), unreadable, speedUse: countSpeedUse(rows) };
}

/** Reads values and counters, and keeps the status of before; null when there is a new permission. */
async function readQuotas(
  client: Client,
  ids: ReadonlySet<number>,
  before: readonly FlvxPermission[],
  options: FlvxCallOptions,
): Promise<FlvxPermission[] | null> {
  const listed = (await Promise.all([...ids].map((id) => client.permissions.listByUser(id, options)))).flat();
  const merged: FlvxPermission[] = [];
  for (const { tunnelName: _name, multiplier: _multiplier, speedLimitName: _limit, ...values } of listed) {
    const known = before.find((row) => row.id === values.id);
    if (known === undefined) return null;
    merged.push({ ...values, status: known.status });
  }
  return merged;
}
