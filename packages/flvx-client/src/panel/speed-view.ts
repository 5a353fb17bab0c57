import { isDeepStrictEqual } from 'node:util';
import type { AccountView } from '@sluice/panel-kind';
import { type FlvxAccount, listOwnPermissions } from '../account/history/history.js';

type TunnelOfView = AccountView['tunnels'][number];

/** Returns the view of an account with the speed of each tunnel as the panel has it; the same object where it is up to date. */
export function withSpeeds(
  view: AccountView,
  { account, partial }: { account: FlvxAccount; partial: boolean },
): AccountView {
  const tunnels = view.tunnels.map((tunnel): TunnelOfView => {
    const { speedMbit: before, ...rest } = tunnel;
    const speedMbit = findSpeed(tunnel.id, before, { account, partial });
    return speedMbit === undefined ? rest : { ...rest, speedMbit };
  });
  return isDeepStrictEqual(tunnels, view.tunnels) ? view : { ...view, tunnels };
}

/** Returns the speed of a tunnel: null where no limit is set, undefined where it is not known. */
function findSpeed(
  id: number,
  before: number | null | undefined,
  { account, partial }: { account: FlvxAccount; partial: boolean },
): number | null | undefined {
  const permission = listOwnPermissions(account).find(({ tunnelId }) => tunnelId === id);
  if (permission === undefined) return undefined;
  const { speedId } = permission;
  if (speedId === null) return null;
  // Polls do not read the limits.
  if (partial) return before ?? undefined;
  const speed = account.speedLimits.find((limit) => limit.id === speedId)?.speed;
  return speed === 0 ? null : speed;
}
