import type { FlvxAccount } from '../account/index.js';
import type { FlvxUser } from '../index.js';
import type { Desired, AccountView } from '@sluice/panel-kind';
import { calmOf, keepCalm } from './flvx-calm.js';
import { droppedOf } from './flvx-context.js';
import type { FlvxKept } from './flvx-kept.js';
import type { FlvxMemo } from './flvx-memo.js';
import { recallAfter } from './flvx-memory.js';
import { quotaOf, tunnelChoice, tunnelsOf, uncountedBytes, type FlvxDefaults } from './flvx-product.js';
import { usedOf } from './flvx-rules.js';
import { EVIDENCE, evidenceOf, type FlvxState } from './flvx-state.js';

/**
 * Pure: what to keep of the last look; null where the account could not be seen, and what was kept before stays.
 *
 * @param look what the run's steps were planned from
 * @param state what they have left
 */
export function keepFlvx(
  url: string,
  defaults: FlvxDefaults,
  desired: Desired,
  look: FlvxState | null,
  state: FlvxState,
  at: string,
): FlvxKept | null {
  const before = (desired.seen ?? null) as FlvxKept | null;
  const calm = before?.account ? calmOf(desired, state) : null;
  if (before && calm && isShown(calm.user, before)) return keepCalm(calm, before, state, at);
  const { observed } = state;
  const listed = state.listed ?? before?.listed ?? null;
  const recalled = recallAfter(desired, look, state);
  if (recalled === null || observed.user === null) {
    return desired.service.refs['flvx_user_id'] === undefined ? { at, listed, account: null, memo: null } : null;
  }
  const memo = withTunnels(recalled.memo, defaults, desired, state);
  const counter = usedOf(observed.user);
  const ownQuota = memo.ownQuota || observed.user.quota === quotaOf(desired, counter);
  const uncounted = uncountedBytes(desired, counter);
  return {
    at,
    listed,
    account: viewOf(url, desired, state, before?.account ?? null, memo),
    memo: { ...memo, ownQuota, uncountedBytes: uncounted },
  };
}

/** Does what is shown of the account still hold? */
function isShown({ name, expiresAt }: FlvxUser, { account }: FlvxKept): boolean {
  return account?.username === name && account.expiresAt === isoOf(expiresAt);
}

/** Which tunnels are the product's is known where everything is brought in line. */
function withTunnels(memo: FlvxMemo, defaults: FlvxDefaults, desired: Desired, state: FlvxState): FlvxMemo {
  const { service, product, scope } = desired;
  if (scope !== 'reconcile' && scope !== 'order') return memo;
  const chosen = tunnelsOf(tunnelChoice(service, product, defaults), state.groups, service.product);
  if ('problem' in chosen) return memo;
  const { tunnels } = chosen;
  const there = new Set(state.observed.permissions.map((row) => row.tunnelId));
  return {
    ...memo,
    tunnels,
    dropped: droppedOf(memo, tunnels).filter((id) => there.has(id)),
    values: memo.values.filter((own) => !tunnels.includes(own.tunnelId)),
  };
}

function viewOf(
  url: string,
  { evidence }: Pick<Desired, 'evidence'>,
  state: FlvxState,
  before: AccountView | null,
  memo: FlvxMemo,
): AccountView {
  const { observed } = state;
  const paused = evidenceOf(evidence, EVIDENCE.forward);
  const ids = observed.permissions.filter((row) => row.userId === observed.user?.id).map((row) => row.tunnelId);
  return {
    url,
    username: observed.user?.name ?? '',
    expiresAt: isoOf(observed.user?.expiresAt ?? 0),
    tunnels: ids.map((id) => ({ id, ...tunnelView(id, observed, state, before) })),
    forwards: observed.forwards
      .filter((row) => row.userId === observed.user?.id)
      .map(({ id, name, status }) => ({
        id,
        name,
        status,
        pausedByUs: status !== 1 && (paused.has(String(id)) || memo.parked[id] !== undefined),
      })),
  };
}

function tunnelView(
  id: number,
  observed: FlvxAccount,
  { nodes }: FlvxState,
  before: AccountView | null,
): { name: string; nodes: string[] } {
  const tunnel = observed.tunnels.find((row) => row.id === id);
  const known = before?.tunnels.find((row) => row.id === id);
  const forward = observed.forwards.find((row) => row.tunnelId === id);
  if (!tunnel || !nodes)
    return { name: tunnel?.name ?? known?.name ?? forward?.tunnelName ?? '', nodes: known?.nodes ?? [] };
  const parts = [...tunnel.entryNodes, ...tunnel.chainNodes.flat(), ...tunnel.exitNodes];
  const names = parts.map(({ nodeId }) => nodes.find((node) => node.id === nodeId)?.name ?? `node ${nodeId}`);
  return { name: tunnel.name, nodes: [...new Set(names)] };
}

/** Null for what is no instant: the panel stores any number. */
export function isoOf(ms: number): string | null {
  const date = new Date(ms);
  return ms > 0 && Number.isFinite(date.getTime()) ? date.toISOString() : null;
}
