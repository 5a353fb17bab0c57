import type { FlvxForward } from '../../client/records/forward.js';
import type { FlvxAccount } from '../account.js';

/** How many nodes a forward runs on. A tunnel that is gone tells nothing: taken for several, so that "not found" on the first proves nothing. */
export function entryNodesOf({ tunnels }: Pick<FlvxAccount, 'tunnels'>, { tunnelId }: FlvxForward): number {
  return tunnels.find((one) => one.id === tunnelId)?.entryNodes.length ?? 2;
}
