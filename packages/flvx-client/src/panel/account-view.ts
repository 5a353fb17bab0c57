import type { AccountView, TargetState } from '@sluice/panel-kind';
import { listOwnForwards, listOwnPermissions } from '../account/account.js';
import { nodeNames } from '../account/describe.js';
import type { FlvxHistory } from '../account/history/history.js';
import { toIso } from '../client/units.js';
import type { ServiceObservation } from './observation.js';
import { indexEvidence } from './restrictions.js';

/** Returns an account as its page shows it; names that were not read are those of the view before. */
export function accountView(
  url: string,
  { evidence }: Pick<TargetState, 'evidence'>,
  state: ServiceObservation,
  { before, history }: { before: AccountView | null; history: FlvxHistory },
): AccountView {
  const { user } = state.account;
  const paused = indexEvidence(evidence).forward;
  const ids = listOwnPermissions(state.account).map((row) => row.tunnelId);
  return {
    url,
    username: user?.name ?? '',
    expiresAt: toIso(user?.expiresAt ?? 0),
    tunnels: ids.map((id) => ({ id, ...tunnelView(id, state, before) })),
    forwards: listOwnForwards(state.account).map(({ id, name, status }) => ({
      id,
      name,
      status,
      pausedByUs: status !== 1 && (paused.has(String(id)) || history.parked[id] !== undefined),
    })),
  };
}

function tunnelView(
  id: number,
  { account, nodes, tunnelNodes }: ServiceObservation,
  before: AccountView | null,
): { name: string; nodes: string[] } {
  const read = tunnelNodes?.get(id);
  if (read !== undefined) return read;
  const tunnel = account.tunnels.find((row) => row.id === id);
  const known = before?.tunnels.find((row) => row.id === id);
  const forward = account.forwards.find((row) => row.tunnelId === id);
  if (!tunnel || !nodes)
    return { name: tunnel?.name ?? known?.name ?? forward?.tunnelName ?? '', nodes: known?.nodes ?? [] };
  return { name: tunnel.name, nodes: nodeNames(tunnel, nodes) };
}
