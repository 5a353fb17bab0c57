import type { TargetState } from '@sluice/panel-kind';
import { droppedTunnels, rememberClosed, rememberDropped } from '../account/history/comparison.js';
import { type FlvxHistory, listOwnPermissions, parseHistory } from '../account/history/history.js';
import { toStepRecords } from '../account/history/journaled-step.js';
import type { FlvxPermission } from '../client/records.js';
import type { ServiceObservation } from './observation.js';
import { chooseTunnels, type FlvxDefaults, toFlvxProduct } from './product.js';
import { toHeld } from './restrictions.js';

/** Adds the tunnels of the product, which are known only in a full plan. */
export function withTunnels(
  history: FlvxHistory,
  defaults: FlvxDefaults,
  target: TargetState,
  state: ServiceObservation,
): FlvxHistory {
  const permissions = listOwnPermissions(state.account);
  const kept = { ...history, dropped: rememberDropped(history, history.tunnels, permissions) };
  if (target.scope !== 'reconcile' && target.scope !== 'command') return kept;
  const { tunnels: chosen, problem } = chooseTunnels(target, defaults, state);
  if (chosen === null || problem !== null) return kept;
  const isOwn = findOwnTunnels(history, target, permissions);
  const tunnels = chosen.filter(isOwn);
  const closed = (history.closedBefore ?? []).filter((id) => chosen.includes(id));
  const all = [...new Set([...history.dropped, ...droppedTunnels(history, chosen)])];
  // What stays closed in the product again has nothing to be opened.
  const dropped = rememberDropped({ dropped: all.filter((id) => !closed.includes(id)) }, tunnels, permissions);
  return {
    ...history,
    tunnels,
    dropped,
    closedBefore: rememberClosed(history, { dropped, tunnels, ...statesBefore(history, target, permissions) }),
    values: history.values.filter((own) => !tunnels.includes(own.tunnelId)),
  };
}

/** The permissions of the tunnels that steps since the last observation assigned, as they were before. */
export function listAssigned({ recent }: Pick<TargetState, 'recent'>) {
  return toStepRecords(recent).flatMap(({ step, done, sent }) =>
    step.type === 'assign-tunnel' ? [{ tunnelId: step.payload.tunnelId, before: step.prior, done, sent }] : [],
  );
}

/**
 * Returns a test whether a tunnel of the product is the product's on the account, too. The permission of another tool is so only when
 * a step has made it so, or none was needed: a run that failed before that leaves it to the other tool.
 */
function findOwnTunnels(
  { tunnels, dropped }: FlvxHistory,
  target: TargetState,
  permissions: readonly FlvxPermission[],
): (tunnelId: number) => boolean {
  const { maxForwards, resetDay } = toFlvxProduct(target.product);
  const run = target.recent.at(-1)?.run;
  const isComplete = toStepRecords(target.recent.filter((row) => row.run === run)).every(({ done }) => done);
  const fits = (row: FlvxPermission): boolean => row.maxForwards === maxForwards && row.resetDay === resetDay;
  const assigned = new Set(
    listAssigned(target)
      .filter(({ before, done, sent }) => done || (sent && before === null))
      .map(({ tunnelId }) => tunnelId),
  );
  return (id) => {
    if (tunnels.includes(id) || dropped.includes(id) || assigned.has(id)) return true;
    const row = permissions.find(({ tunnelId }) => tunnelId === id);
    return row === undefined || (isComplete && fits(row));
  };
}

/** Returns how permissions were closed before the steps since the last observation. */
function statesBefore(
  { expired }: FlvxHistory,
  target: TargetState,
  permissions: readonly FlvxPermission[],
): Pick<Parameters<typeof rememberClosed>[1], 'before' | 'isPassing'> {
  const held = toHeld(target.evidence);
  const { closedByHold = [] } = parseHistory(target.checkpoint) ?? {};
  const assigned = listAssigned(target);
  const find = (id: number): FlvxPermission | undefined => permissions.find(({ tunnelId }) => tunnelId === id);
  return {
    before: (id) => (assigned.find(({ tunnelId }) => tunnelId === id)?.before ?? find(id))?.status,
    isPassing: (id) => {
      const row = find(id);
      return (
        expired.tunnels.includes(id) ||
        closedByHold.includes(id) ||
        (row !== undefined && held.permission(row.userId, id))
      );
    },
  };
}

/** Returns the tunnels that a hold keeps closed. */
export function listClosedByHold({ evidence }: TargetState, permissions: readonly FlvxPermission[]): number[] {
  if (evidence.length === 0) return [];
  const held = toHeld(evidence);
  return permissions.filter((row) => held.permission(row.userId, row.tunnelId)).map(({ tunnelId }) => tunnelId);
}
