import { groupBy } from '../group-by.js';
import type {
  FlvxCallOptions,
  FlvxClient,
  FlvxObservedPart,
  FlvxObserveOptions,
  FlvxSnapshotParts,
} from '../client.js';
import type { FlvxApi } from '../http/api.js';
import type { FlvxObservation, FlvxScope, FlvxSnapshot } from '../observation.js';
import type { FlvxForward, FlvxPermission, FlvxUser } from '../records.js';
import { forwardRows, permissionRows, refuseUnreadable, type Rows, userRows } from '../row-list.js';
import { plainName } from '../endpoints/accounts.js';

/**
 * Reads each list once and indexes them: the forwards first, the others at the same time, unless all are to be read at once. The panel
 * may stop forwards at their quota meanwhile: read in this order, the counters always show why a forward rests. A row that can't be
 * parsed makes its account unreadable, not the snapshot.
 */
export async function takeSnapshot(
  api: FlvxApi,
  client: Pick<FlvxClient, 'tunnels' | 'nodes' | 'speedLimits' | 'groups'>,
  parts: FlvxSnapshotParts,
  { since, atOnce = false, ...options }: NonNullable<Parameters<FlvxClient['snapshot']>[1]>,
): Promise<FlvxSnapshot> {
  const readIf = <Row>(wanted: boolean | undefined, list: (o: FlvxCallOptions) => Promise<Row[]>): Promise<Row[]> =>
    wanted === true ? list(options) : Promise.resolve([]);
  const began = api.clock.local.now();
  const reading = since === undefined ? forwardRows.read(api, options) : Promise.resolve(toForwardRows(since));
  if (!atOnce) await reading;
  const [forwards, users, permissions, tunnels, speedLimits, nodes, userGroups, tunnelGroups, grants] =
    await Promise.all([
      reading,
      userRows.read(api, options),
      permissionRows.read(api, options),
      readIf(parts.tunnels, (o) => client.tunnels.list(o)),
      readIf(parts.speedLimits, (o) => client.speedLimits.list(o)),
      readIf(parts.nodes, (o) => client.nodes.checkStatus(o)),
      readIf(parts.groups, (o) => client.groups.listUserGroups(o)),
      readIf(parts.groups, (o) => client.groups.listTunnelGroups(o)),
      readIf(parts.groups, (o) => client.groups.listGrants(o)),
    ]);
  return indexSnapshot(api.panel, users.rows, {
    at: api.clock.now(),
    clockAhead: api.clock.ahead,
    forwardsAt: since?.forwardsAt ?? api.clock.toPanel(began),
    permissions: permissions.rows,
    forwards: forwards.rows,
    tunnels,
    speedLimits,
    nodes,
    userGroups,
    tunnelGroups,
    grants,
    unreadable: [...users.unreadable, ...permissions.unreadable, ...forwards.unreadable],
  });
}

function toForwardRows({ forwards, unreadable }: FlvxSnapshot): Rows<FlvxForward> {
  return { rows: [...forwards], unreadable: unreadable.filter(({ list }) => list === 'forwards') };
}

/** The tables of a snapshot without their indexes. */
type Tables = Omit<FlvxSnapshot, 'users' | 'observe' | `find${string}` | `list${string}`>;

/** Indexes the tables once, so that the time of a lookup does not depend on the number of users. */
function indexSnapshot(panel: string, users: readonly FlvxUser[], tables: Tables): FlvxSnapshot {
  const byId = new Map(users.map((user) => [user.id, user]));
  const byName = groupBy(users, (user) => user.name);
  const permissionsByUser = groupBy(tables.permissions, (row) => row.userId);
  const forwardsByUser = groupBy(tables.forwards, (row) => row.userId);
  const unreadableByUser = groupBy(tables.unreadable, (row) => row.userId);
  let speedUse: Record<number, number> | null = null;

  return {
    ...tables,
    users: byId,
    findUsers: (name) => byName.get(name) ?? [],
    listPermissions: (id) => permissionsByUser.get(id) ?? [],
    listForwards: (id) => forwardsByUser.get(id) ?? [],
    listUnreadable: (id) => unreadableByUser.get(id) ?? [],
    findTunnels: (group) =>
      tables.tunnelGroups.find((row) => (typeof group === 'number' ? row.id : row.name) === group)?.tunnelIds ?? null,
    observe(scope: FlvxScope): FlvxObservation {
      const named = scope.name == null ? [] : (byName.get(scope.name) ?? []);
      const id = scope.userId ?? null;
      const own = id === null ? undefined : byId.get(id);
      const rows = own === undefined || named.includes(own) ? named : [own, ...named];
      const ids = toIds(rows, id);
      const unreadable = ids.flatMap((userId) => unreadableByUser.get(userId) ?? []);
      // A row without a readable name may be the account that is searched.
      const nameless = rows.length > 0 ? [] : tables.unreadable.filter((row) => row.list === 'users');
      refuseUnreadable(panel, [...unreadable, ...nameless]);
      speedUse ??= countSpeedUse(tables.permissions);
      return toObservation(scope, {
        at: tables.at,
        clockAhead: tables.clockAhead,
        forwardsAt: tables.forwardsAt,
        users: rows,
        permissions: ids.flatMap((userId) => permissionsByUser.get(userId) ?? []),
        forwards: ids.flatMap((userId) => forwardsByUser.get(userId) ?? []),
        tunnels: tables.tunnels,
        speedLimits: tables.speedLimits,
        speedUse,
        password: null,
      });
    },
  };
}

/** Returns the ids of accounts, and the one that is searched. */
function toIds(rows: readonly FlvxUser[], id: number | null): number[] {
  if (rows.length === 1 && rows[0]?.id === id) return [id];
  return [...new Set([...rows.map((row) => row.id), ...(id === null ? [] : [id])])];
}

/** The rows that an observation is selected from: at least those of the accounts with the id or the name. */
export interface ObservedTables extends Omit<FlvxObservation, 'scope' | 'user' | 'duplicates' | 'strangers'> {
  users: readonly FlvxUser[];
}

/** Selects one account from the tables. */
export function toObservation(scope: FlvxScope, tables: ObservedTables): FlvxObservation {
  const account = selectAccount(scope, tables.users, tables);
  const ids = new Set([account.user, ...account.duplicates].flatMap((user) => (user === null ? [] : [user.id])));
  // Rows whose user is gone belong to an account that was removed in part.
  if (scope.userId != null) ids.add(scope.userId);
  return {
    // All observations of a snapshot share its lists: copies for ten thousand accounts would cost more than the lists.
    at: tables.at,
    clockAhead: tables.clockAhead,
    forwardsAt: tables.forwardsAt,
    tunnels: tables.tunnels,
    speedLimits: tables.speedLimits,
    speedUse: tables.speedUse,
    password: tables.password,
    ...(tables.olderCounters === true && { olderCounters: true }),
    scope,
    user: account.user,
    duplicates: account.duplicates,
    strangers: account.strangers,
    permissions: tables.permissions.filter((row) => ids.has(row.userId)),
    forwards: tables.forwards.filter((row) => ids.has(row.userId)),
  };
}

/** Returns how many permissions have each speed limit. */
export function countSpeedUse(permissions: readonly FlvxPermission[]): Record<number, number> {
  const use: Record<number, number> = {};
  for (const { speedId } of permissions) if (speedId !== null) use[speedId] = (use[speedId] ?? 0) + 1;
  return use;
}

/**
 * Finds the account that is meant, and those that only have its name. A name alone proves nothing: the account belongs to the
 * service when the name is unguessable and was stored before the account was created, or when the operator adopts the only
 * account of that name.
 */
function selectAccount(
  scope: FlvxScope,
  users: readonly FlvxUser[],
  { permissions, forwards }: Pick<ObservedTables, 'permissions' | 'forwards'>,
): Pick<FlvxObservation, 'user' | 'duplicates' | 'strangers'> {
  const id = scope.userId ?? null;
  const named = users.filter((user) => user.name === scope.name).sort((a, b) => a.id - b.id);
  const ours = scope.nameIsOurs === true;
  if (id !== null) {
    const user = users.find((row) => row.id === id) ?? null;
    const others = named.filter((row) => row.id !== id);
    return { user, duplicates: ours ? others : [], strangers: ours ? [] : others };
  }
  if (ours) {
    const has = (rows: readonly { userId: number }[]) => (user: FlvxUser) => rows.some((row) => row.userId === user.id);
    const user = named.find(has(forwards)) ?? named.find(has(permissions)) ?? named[0] ?? null;
    return { user, duplicates: named.filter((row) => row !== user), strangers: [] };
  }
  if (scope.adopt === true && named.length === 1) return { user: named[0] ?? null, duplicates: [], strangers: [] };
  return { user: null, duplicates: [], strangers: named };
}

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
  // Before the counters, as in a snapshot.
  const began = api.clock.local.now();
  const readsForwards = isRead(options, 'forwards') || since === undefined;
  const forwards = readsForwards ? await forwardRows.read(api, options) : { rows: since.forwards, unreadable: [] };
  const [users, tunnels, speedLimits] = await Promise.all([
    isRead(options, 'user') ? readAccounts(api, { id, names }, options) : known,
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
    clockAhead: api.clock.ahead,
    forwardsAt: readsForwards ? api.clock.toPanel(began) : since.forwardsAt,
    users,
    permissions: permissions.rows,
    forwards: forwards.rows,
    tunnels,
    speedLimits,
    speedUse: permissions.speedUse,
    password: since?.password ?? null,
    olderCounters: hasOlderCounters(options),
  });
  const { password } = options;
  if (password == null || observed.user === null || !isRead(options, 'user')) return observed;
  return { ...observed, password: await client.passwordOpens(observed.user.name, password, options) };
}

/** Whether the counters of an observation are older than its forwards, which are read first where both are. */
function hasOlderCounters(options: FlvxObserveOptions): boolean {
  const { since } = options;
  if (since === undefined) return false;
  const readsPermissions = isRead(options, 'permissions') || isRead(options, 'quotas');
  if (isRead(options, 'user') && readsPermissions) return false;
  return isRead(options, 'forwards') || since.olderCounters === true;
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
