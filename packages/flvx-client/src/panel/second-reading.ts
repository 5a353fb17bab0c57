import type { ObserveOptions, OpenRows, UsageRequest } from '@sluice/panel-kind';
import { listOwnForwards, listOwnPermissions, parseHistory, type FlvxAccount } from '../account/history/history.js';
import type { FlvxCallOptions, FlvxClient } from '../client/client.js';
import { unusableList } from '../client/row-list.js';
import { EVIDENCE } from './restrictions.js';
import type { FlvxSnapshot } from '../client/observation.js';

/** The ids of rows to be read a second time. */
type Sought = readonly number[] | 'all';

/** The rows of an account that its lists lack, or may lack. */
interface SoughtRows {
  forwards: Sought;
  /** The tunnels of its permissions. */
  tunnels: Sought;
}

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
}

/** Returns the second reading of a panel; pass `owners` to read them once for many accounts. */
export function toSecondReading(
  { panel, forwards, permissions }: Pick<FlvxClient, 'panel' | 'forwards' | 'permissions'>,
  options: FlvxCallOptions,
  owners: SecondReading['owners'] = () => forwards.listOwners(options),
): SecondReading {
  const tunnels = async (userId: number): Promise<number[]> =>
    (await permissions.listByUser(userId, options)).map(({ tunnelId }) => tunnelId);
  return { panel, owners, tunnels };
}

/**
 * Refuses lists that lack rows which the panel shows elsewhere: an empty or short list proves nothing. What is in neither is gone.
 * Customers delete forwards themselves, so a short list alone is not an error.
 * @throws {PanelUnreadableError}
 */
async function refuseHidden(second: SecondReading, listed: ListedRows, sought: SoughtRows): Promise<void> {
  const { userId } = listed;
  const refuse = (endpoint: string, what: string, hidden: readonly number[]): void => {
    if (hidden.length === 0) return;
    throw unusableList(
      second.panel,
      `POST /api/v1/${endpoint}`,
      `it lacks ${what} ${hidden.join(', ')} of user ${userId}`,
    );
  };
  if (isAny(sought.tunnels)) {
    const has = new Set(listed.permissions.map(({ tunnelId }) => tunnelId));
    const hidden = (await second.tunnels(userId)).filter((id) => isSought(sought.tunnels, id) && !has.has(id));
    refuse('backup/export', 'what tunnel/user/list shows, the permission for tunnel', hidden);
  }
  if (isAny(sought.forwards)) {
    const has = new Set(listed.forwards.map(({ id }) => id));
    const owned = [...(await second.owners())].flatMap(([id, owner]) => (owner === userId ? [id] : []));
    const hidden = owned.filter((id) => isSought(sought.forwards, id) && !has.has(id));
    refuse('forward/list', 'what backup/export shows, forward', hidden);
  }
}

function isAny(sought: Sought): boolean {
  return sought === 'all' || sought.length > 0;
}

function isSought(sought: Sought, id: number): boolean {
  return sought === 'all' || sought.includes(id);
}

/** Refuses an account that lacks what open evidence is about, before that counts as gone. @throws {PanelUnreadableError} */
export async function refuseWithoutEvidence(
  second: SecondReading,
  account: FlvxAccount,
  open: OpenRows | undefined,
): Promise<void> {
  const listed = toListed(account);
  if (listed !== null && open !== undefined) await refuseHidden(second, listed, findMissing(listed, open));
}

/**
 * Refuses an account of a command or a change that lacks rows. Before a removal all are read twice: what runs on the nodes of a
 * removed account can't be stopped (docs/panels/flvx.md, H8). A new account has none yet.
 * @throws {PanelUnreadableError}
 */
export async function refuseIncomplete(
  second: SecondReading,
  account: FlvxAccount,
  { command, open }: Pick<ObserveOptions, 'command'> & { open: OpenRows | undefined },
): Promise<void> {
  refuseUserless(second, account);
  const listed = toListed(account);
  if (listed === null || command?.verb === 'create') return;
  const missing = open === undefined ? { forwards: [], tunnels: [] } : findMissing(listed, open);
  const isAll = (rows: readonly unknown[]): boolean => command?.verb === 'terminate' || rows.length === 0;
  await refuseHidden(second, listed, {
    forwards: isAll(listed.forwards) ? 'all' : missing.forwards,
    tunnels: isAll(listed.permissions) ? 'all' : missing.tunnels,
  });
}

/** The panel removes a user's rows with the user: a user that has some exists. */
function refuseUserless({ panel }: SecondReading, { user, scope, forwards, permissions }: FlvxAccount): void {
  const id = scope.userId ?? null;
  if (user !== null || id === null || ![...forwards, ...permissions].some(({ userId }) => userId === id)) return;
  const what = `it lacks user ${id}, whose forwards or permissions other lists show`;
  throw unusableList(panel, 'POST /api/v1/user/list', what);
}

function toListed(account: FlvxAccount): ListedRows | null {
  if (account.user === null) return null;
  const [forwards, permissions] = [listOwnForwards(account), listOwnPermissions(account)];
  return { userId: account.user.id, forwards, permissions };
}

/** Returns the objects of open evidence that the lists lack. */
function findMissing(
  { userId, forwards, permissions }: ListedRows,
  { evidence }: OpenRows,
): { forwards: number[]; tunnels: number[] } {
  const ids = (kinds: readonly string[]): number[] =>
    evidence.flatMap(({ kind, target }) => {
      const [owner, id = owner] = target.split(':');
      return kinds.includes(kind) && (id === owner || owner === String(userId)) ? [Number(id)] : [];
    });
  return {
    forwards: ids([EVIDENCE.forward, EVIDENCE.redirect]).filter((id) => !forwards.some((row) => row.id === id)),
    tunnels: ids([EVIDENCE.permission, EVIDENCE.speed]).filter((id) => !permissions.some((row) => row.tunnelId === id)),
  };
}

/**
 * Refuses lists that lost most of the forwards or permissions that are known of the services, unless a second reading shows them gone.
 * @throws {PanelUnreadableError}
 */
export async function refuseShort(
  second: SecondReading,
  snapshot: FlvxSnapshot,
  requests: readonly UsageRequest[],
): Promise<void> {
  const accounts = requests.flatMap(({ checkpoint }) => {
    const history = parseHistory(checkpoint);
    const userId = history?.userId ?? null;
    if (history === null || userId === null || !snapshot.users.has(userId)) return [];
    // Rows that can't be parsed are listed; their account is unreadable by itself.
    if (snapshot.listUnreadable(userId).length > 0) return [];
    const listed = {
      userId,
      forwards: snapshot.listForwards(userId),
      permissions: snapshot.listPermissions(userId),
    };
    const forwards = toLost(history.forwards, new Set(listed.forwards.map(({ id }) => id)));
    const tunnels = toLost(history.permissions, new Set(listed.permissions.map(({ tunnelId }) => tunnelId)));
    return [{ listed, forwards, tunnels }];
  });
  const mostLost = (list: 'forwards' | 'tunnels'): boolean => {
    const known = accounts.reduce((sum, account) => sum + account[list].known, 0);
    const lost = accounts.reduce((sum, account) => sum + account[list].lost.length, 0);
    return lost * 2 > known;
  };
  const isShort = { forwards: mostLost('forwards'), tunnels: mostLost('tunnels') };
  if (!isShort.forwards && !isShort.tunnels) return;
  for (const { listed, forwards, tunnels } of accounts) {
    const sought = { forwards: isShort.forwards ? forwards.lost : [], tunnels: isShort.tunnels ? tunnels.lost : [] };
    await refuseHidden(second, listed, sought);
  }
}

/** Returns how many rows are known, and those of them that a list lacks. */
function toLost(
  known: Readonly<Record<string, unknown>>,
  listed: ReadonlySet<number>,
): { known: number; lost: number[] } {
  const ids = Object.keys(known).map(Number);
  return { known: ids.length, lost: ids.filter((id) => !listed.has(id)) };
}
