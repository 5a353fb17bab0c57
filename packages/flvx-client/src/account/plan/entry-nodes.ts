import type { FlvxForward } from '../../client/records/forward.js';
import type { FlvxAccount } from '../account.js';

/** Returns the number of nodes that a forward runs on. For a tunnel that is gone several are assumed: then "not found" on the first proves nothing. */
export function entryNodesOf({ tunnels }: Pick<FlvxAccount, 'tunnels'>, { tunnelId }: FlvxForward): number {
  return tunnels.find((one) => one.id === tunnelId)?.entryNodes.length ?? 2;
}
