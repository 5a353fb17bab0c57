import type { ObserveOptions, OpenRows, UsageRequest } from '@sluice/panel-kind';
import type { PanelError } from '@sluice/panel-http';
import { parseHistory, toHistory, type FlvxAccount } from '../account/history/history.js';
import type { FlvxCallOptions, FlvxClient } from '../client/client.js';
import { unusableList } from '../client/row-list.js';
import { EVIDENCE } from './restrictions.js';
import type { KeptRows } from './kept-rows.js';
import type { FlvxSnapshot } from '../client/observation.js';

/** The ids of rows to be read a second time. */
type Sought = readonly number[] | 'all';

/** The rows of an account that its lists lack, or may lack. */
interface SoughtRows {
  forwards: Sought;
  /** The tunnels of its permissions. */
  tunnels: Sought;
}

/** Those of the rows that are sought which a second reading shows. */
interface ShownRows {
  userId: number;
  forwards: number[];
  tunnels: number[];
}

/** The rows of a service that must not be forgotten only because a list lacks them. */
export interface RowsToKeep {
  /** What is open of the service; undefined for nothing. */
  open: OpenRows | undefined;
  /** Null for nothing. */
  kept: KeptRows | null;
}

/** What rows are read again for. */
type RowsSought = RowsToKeep & Pick<ObserveOptions, 'command'>;

/** The rows of an account in the panel's long lists. */
interface ListedRows {
  userId: number;
  forwards: readonly { id: number }[];
  permissions: readonly { tunnelId: number }[];
}

/** Where the panel shows the rows of its long lists a second time. */
export interface SecondReading {
  readonly panel: string;
  /** The user of each forward. */
  owners: () => Promise<ReadonlyMap<number, number>>;
  /** The tunnels of a user's permissions. */
  tunnels: (userId: number) => Promise<readonly number[]>;
  /** The ids of all speed limits. */
  limits: () => Promise<ReadonlySet<number>>;
  /** The ids of all users, also of those whose rows could not be parsed. */
  users: () => Promise<ReadonlySet<number>>;
}

/** Returns the second reading of a panel; pass what is to be read once for many accounts as `shared`. */
export function toSecondReading(
  {
    panel,
    forwards,
    permissions,
    speedLimits,
    snapshot,
  }: Pick<FlvxClient, 'panel' | 'forwards' | 'permissions' | 'speedLimits' | 'snapshot'>,
  options: FlvxCallOptions,
  shared: Partial<Pick<SecondReading, 'owners' | 'limits'>> = {},
): SecondReading {
  const owners = (): Promise<ReadonlyMap<number, number>> => forwards.listOwners(options);
  const limits = (): Promise<ReadonlySet<number>> => speedLimits.listIds(options);
  const tunnels = async (userId: number): Promise<number[]> =>
    (await permissions.listByUser(userId, options)).map(({ tunnelId }) => tunnelId);
  const users = async (): Promise<Set<number>> => {
    const { users: listed, unreadable } = await snapshot({}, options);
    return new Set([...listed.keys(), ...unreadable.flatMap(({ list, id }) => (list === 'users' ? [id] : []))]);
  };
  return { panel, owners, limits, tunnels, users, ...shared };
}

/** Returns those of the rows that are sought which the panel shows elsewhere. */
async function readShown(second: SecondReading, userId: number, { forwards, tunnels }: SoughtRows): Promise<ShownRows> {
  const shown: ShownRows = { userId, forwards: [], tunnels: [] };
  if (isAny(tunnels)) shown.tunnels = (await second.tunnels(userId)).filter((id) => isSought(tunnels, id));
  if (!isAny(forwards)) return shown;
  const owned = [...(await second.owners())].flatMap(([id, owner]) => (owner === userId ? [id] : []));
  return { ...shown, forwards: owned.filter((id) => isSought(forwards, id)) };
}

/**
 * Returns the error of lists that lack rows which the panel shows elsewhere: an empty or short list proves nothing. What is in neither
 * is gone. Customers delete forwards themselves, so a short list alone is not an error.
 */
function toRefusal(panel: string, { forwards, permissions }: ListedRows, shown: ShownRows): PanelError | null {
  const of = `of user ${shown.userId}`;
  const hasTunnel = new Set(permissions.map(({ tunnelId }) => tunnelId));
  const tunnels = shown.tunnels.filter((id) => !hasTunnel.has(id));
  if (tunnels.length > 0) {
    const what = `it lacks the permission ${of} for tunnel ${tunnels.join(', ')}, which tunnel/user/list shows`;
    return unusableList(panel, 'POST /api/v1/backup/export', what);
  }
  const hasForward = new Set(forwards.map(({ id }) => id));
  const hidden = shown.forwards.filter((id) => !hasForward.has(id));
  if (hidden.length === 0) return null;
  const what = `it lacks forward ${hidden.join(', ')} ${of}, which backup/export shows`;
  return unusableList(panel, 'POST /api/v1/forward/list', what);
}

function isAny(sought: Sought): boolean {
  return sought === 'all' || sought.length > 0;
}

function isSought(sought: Sought, id: number): boolean {
  return sought === 'all' || sought.includes(id);
}

/** Refuses an account that lacks what is restricted or kept of it, before that counts as gone. @throws {PanelUnreadableError} */
export async function refuseWithoutKept(second: SecondReading, account: FlvxAccount, rows: RowsToKeep): Promise<void> {
  if (account.user === null) return;
  const listed = toListed(account, account.user.id);
  const refusal = toRefusal(second.panel, listed, await readShown(second, listed.userId, findMissing(listed, rows)));
  if (refusal !== null) throw refusal;
}

/**
 * Reads an account for a command or a change. Where another list shows more of it than its own lists, these are read again, since the
 * customer may have created a forward meanwhile; what they lack then, too, is refused, unless the other list lacks it now: he may have
 * deleted it.
 * @throws {PanelUnreadableError}
 */
export async function readTwice(
  second: SecondReading,
  read: () => Promise<FlvxAccount>,
  rows: RowsSought,
): Promise<FlvxAccount> {
  const { panel } = second;
  const first = await read();
  const shown = await readAllShown(second, first, rows);
  const isLost = listOwnerless(first).length > 0;
  if (!isLost && findRefusal(panel, first, shown) === null) return first;
  const again = await read();
  if (isLost || findRefusal(panel, again, shown) !== null) {
    const later = await readAllShown(second, again, rows);
    const refusal = findRefusal(panel, again, isLost ? later : shown.map((before) => inBoth(before, later)));
    if (refusal !== null) throw refusal;
  }
  const [left] = listOwnerless(again);
  if (left === undefined || (first.user === null && (await isGone(second, again, left.userId)))) return again;
  const what = `it lacks user ${left.userId}, whose forwards or permissions other lists show`;
  throw unusableList(panel, 'POST /api/v1/user/list', what);
}

/** Returns the rows that were shown before and are shown later. */
function inBoth({ userId, forwards, tunnels }: ShownRows, later: readonly ShownRows[]): ShownRows {
  const now = later.find((rows) => rows.userId === userId);
  const both = (before: number[], since: readonly number[] = []): number[] => before.filter((id) => since.includes(id));
  return { userId, forwards: both(forwards, now?.forwards), tunnels: both(tunnels, now?.tunnels) };
}

/**
 * Whether a user that the list of users has lacked twice is gone. The panel removes a user's forwards with it: a user that has some
 * exists. Permissions may be left, and prove nothing; nor does a list without any user.
 */
async function isGone(second: SecondReading, { forwards }: FlvxAccount, userId: number): Promise<boolean> {
  if (forwards.some((row) => row.userId === userId)) return false;
  const users = await second.users();
  return users.size > 0 && !users.has(userId);
}

/** Lists the rows of a user that the list of users lacks, forwards first. */
function listOwnerless({ user, duplicates, forwards, permissions }: FlvxAccount): { userId: number }[] {
  if (user !== null) return [];
  return [...forwards, ...permissions].filter(({ userId }) => duplicates.every(({ id }) => id !== userId));
}

function findRefusal(panel: string, account: FlvxAccount, shown: readonly ShownRows[]): PanelError | null {
  for (const rows of shown) {
    const refusal = toRefusal(panel, toListed(account, rows.userId), rows);
    if (refusal !== null) return refusal;
  }
  return null;
}

/**
 * Returns what the panel shows elsewhere of an account and of others of its name. Before a removal, which a creation may contain, all
 * rows are read: what runs on the nodes of a removed account can't be stopped (docs/panels/flvx.md, H8).
 */
async function readAllShown(
  second: SecondReading,
  account: FlvxAccount,
  { command, ...rows }: RowsSought,
): Promise<ShownRows[]> {
  const removes = command?.verb === 'terminate' || command?.verb === 'create';
  // An account that this command has created lacks nothing.
  const created = command?.verb === 'create' ? toHistory(account).run.createdUserId : null;
  // Nor may one be gone that has rows elsewhere.
  const lost = removes && account.user === null ? (account.scope.userId ?? null) : null;
  const ids = [account.user?.id ?? lost, ...(removes ? account.duplicates.map(({ id }) => id) : [])];
  const shown: ShownRows[] = [];
  for (const id of ids) {
    if (id === null || id === created) continue;
    const listed = toListed(account, id);
    const missing = findMissing(listed, rows);
    const sought: SoughtRows = {
      forwards: removes || listed.forwards.length === 0 ? 'all' : missing.forwards,
      tunnels: removes || listed.permissions.length === 0 ? 'all' : missing.tunnels,
    };
    shown.push(await readShown(second, id, sought));
  }
  return shown;
}

function toListed({ forwards, permissions }: FlvxAccount, userId: number): ListedRows {
  const isOwn = (row: { userId: number }): boolean => row.userId === userId;
  return { userId, forwards: forwards.filter(isOwn), permissions: permissions.filter(isOwn) };
}

/** Returns the rows to keep that the lists lack. */
function findMissing(
  { userId, forwards, permissions }: ListedRows,
  { open, kept }: RowsToKeep,
): { forwards: number[]; tunnels: number[] } {
  const evidence = open?.evidence ?? [];
  const own = kept?.userId === userId ? kept : { forwards: [], tunnels: [] };
  const ids = (kinds: readonly string[]): number[] =>
    evidence.flatMap(({ kind, target }) => {
      const [owner, id = owner] = target.split(':');
      return kinds.includes(kind) && (id === owner || owner === String(userId)) ? [Number(id)] : [];
    });
  return {
    forwards: [...ids([EVIDENCE.forward, EVIDENCE.redirect]), ...own.forwards].filter(
      (id) => !forwards.some((row) => row.id === id),
    ),
    tunnels: [...ids([EVIDENCE.permission, EVIDENCE.speed]), ...own.tunnels].filter(
      (id) => !permissions.some((row) => row.tunnelId === id),
    ),
  };
}

/**
 * Where lists lost most of the forwards or permissions that are known of the services, returns an error for each service whose rows a
 * second reading shows; the others have lost theirs.
 */
export async function findShort(
  second: SecondReading,
  snapshot: FlvxSnapshot,
  requests: readonly UsageRequest[],
): Promise<Map<string, PanelError>> {
  const accounts = requests.flatMap((request) => toKnown(snapshot, request));
  const mostLost = (list: 'forwards' | 'tunnels'): boolean => {
    const known = accounts.reduce((sum, account) => sum + account[list].known, 0);
    const lost = accounts.reduce((sum, account) => sum + account[list].lost.length, 0);
    return lost * 2 > known;
  };
  const isShort = { forwards: mostLost('forwards'), tunnels: mostLost('tunnels') };
  const errors = new Map<string, PanelError>();
  if (!isShort.forwards && !isShort.tunnels) return errors;
  for (const { service, listed, forwards, tunnels } of accounts) {
    const sought = { forwards: isShort.forwards ? forwards.lost : [], tunnels: isShort.tunnels ? tunnels.lost : [] };
    const refusal = toRefusal(second.panel, listed, await readShown(second, listed.userId, sought));
    if (refusal !== null) errors.set(service, refusal);
  }
  return errors;
}

interface KnownRows {
  service: string;
  listed: ListedRows;
  forwards: Lost;
  tunnels: Lost;
}

/** Returns what is known of a service's rows, and listed now; none where that can't be compared. */
function toKnown(snapshot: FlvxSnapshot, { service, checkpoint }: UsageRequest): KnownRows[] {
  const history = parseHistory(checkpoint);
  const userId = history?.userId ?? null;
  if (history === null || userId === null || !snapshot.users.has(userId)) return [];
  // Rows that can't be parsed are listed; their account is unreadable by itself.
  if (snapshot.listUnreadable(userId).length > 0) return [];
  const listed = { userId, forwards: snapshot.listForwards(userId), permissions: snapshot.listPermissions(userId) };
  const forwards = toLost(history.forwards, (known) => listed.forwards.some(({ id }) => id === known));
  const tunnels = toLost(history.permissions, (known) => listed.permissions.some(({ tunnelId }) => tunnelId === known));
  return [{ service: service.id, listed, forwards, tunnels }];
}

interface Lost {
  known: number;
  lost: number[];
}

/** Returns how many rows are known, and those of them that a list lacks. */
function toLost(known: Readonly<Record<string, unknown>>, isListed: (id: number) => boolean): Lost {
  const ids = Object.keys(known);
  if (ids.length === 0) return NOTHING_KNOWN;
  return { known: ids.length, lost: ids.map(Number).filter((id) => !isListed(id)) };
}

const NOTHING_KNOWN: Lost = { known: 0, lost: [] };
