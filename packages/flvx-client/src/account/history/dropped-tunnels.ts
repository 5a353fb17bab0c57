import type { FlvxPermission } from '../../client/records.js';
import type { StoredHistory } from './history.js';

/**
 * Returns the tunnels of earlier products that are not in the present one.
 *
 * @param tunnels those of the present product; null where only the product at the last full plan is known
 */
export function droppedTunnels(
  { tunnels: before, dropped }: Pick<StoredHistory, 'tunnels' | 'dropped'>,
  tunnels: readonly number[] | null,
): number[] {
  if (tunnels === null) return dropped.filter((id) => !before.includes(id));
  return [...new Set([...before, ...dropped])].filter((id) => !tunnels.includes(id));
}

/**
 * Returns the dropped tunnels to remember after an observation: a tunnel is forgotten when its permission is gone, or was read as
 * open in the product. The intention to open it is not enough: the call may have failed, or a hold may keep it closed.
 */
export function rememberDropped(
  { dropped }: Pick<StoredHistory, 'dropped'>,
  tunnels: readonly number[],
  permissions: readonly Pick<FlvxPermission, 'tunnelId' | 'status'>[],
): number[] {
  return dropped.filter((id) => {
    const row = permissions.find(({ tunnelId }) => tunnelId === id);
    return row !== undefined && !(tunnels.includes(id) && row.status === 1);
  });
}

/** The permissions of an account before and after a run, and the tunnels of its product. */
interface Closing {
  /** The tunnels that a package change drops now. */
  dropped: readonly number[];
  tunnels: readonly number[];
  /** Returns the status of a permission before the steps since the last observation; undefined where there was none. */
  before: (tunnelId: number) => number | undefined;
  /** Whether a hold or an expiry has closed it, which ends by itself. */
  isPassing: (tunnelId: number) => boolean;
}

/** Returns the dropped tunnels that somebody else had closed before, and that nobody opened since. */
export function rememberClosed(history: StoredHistory, { dropped, tunnels, before, isPassing }: Closing): number[] {
  const { closedBefore = [] } = history;
  const isClosed = (id: number): boolean => before(id) === 0 && !isPassing(id);
  return dropped.filter((id) => {
    if (tunnels.includes(id)) return false;
    return history.dropped.includes(id) ? closedBefore.includes(id) && before(id) !== 1 : isClosed(id);
  });
}
