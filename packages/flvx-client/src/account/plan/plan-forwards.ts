import type { FlvxForward } from '../../client/records/forward.js';
import { entryNodesOf } from './entry-nodes.js';
import { historyOf, type FlvxAccount } from '../account.js';
import { planCuts } from './plan-redeploys.js';
import type { FlvxStep } from './step.js';
import type { FlvxAccountTarget, FlvxForwardTarget } from './target.js';

/** Where a redirected forward points unless another address is named: the discard port of the node itself. */
export const NOWHERE = '127.0.0.1:9';

/** Redirects forwards, starts what should run, and pauses the rest: in this order, since everything before a pause may start the forward again. */
export function planForwards(
  observed: FlvxAccount,
  target: FlvxAccountTarget,
  before: readonly FlvxStep[],
): FlvxStep[] {
  const own = observed.forwards.filter((row) => row.userId === observed.user?.id);
  const kept = own.filter((row) => target.forwards.get(row.id)?.remove !== true);
  const addresses = kept.flatMap((row) => addressOf(row, target.forwards.get(row.id)));
  const cuts = planCuts(observed, target, before);
  const starts = kept.flatMap((row) => startOf(row, target.forwards.get(row.id), [...before, ...addresses]));
  const pauses = kept.flatMap((row) => pauseOf(observed, target, row, [...before, ...addresses]));
  return [...addresses, ...cuts, ...starts, ...pauses];
}

function addressOf(row: FlvxForward, wanted: FlvxForwardTarget | undefined): FlvxStep[] {
  const remoteAddr = wanted?.remoteAddr;
  if (remoteAddr === undefined || remoteAddr === row.remoteAddr) return [];
  const type = (wanted?.away ?? remoteAddr === NOWHERE) ? 'redirect-forward' : 'restore-forward';
  return [
    {
      id: `${type}:${row.id}`,
      type,
      target: String(row.id),
      payload: { forwardId: row.id, remoteAddr },
      prior: row,
      needs: [],
    },
  ];
}

function startOf(row: FlvxForward, wanted: FlvxForwardTarget | undefined, before: readonly FlvxStep[]): FlvxStep[] {
  if (wanted?.run !== true || row.status === 1) return [];
  // Under a closed permission, an old quota or a redirect, it would be stopped again or lead nowhere.
  const needs = before.filter(
    (step) =>
      step.type === 'update-user' ||
      step.type === 'reset-user' ||
      (step.type === 'assign-tunnel' && step.payload.tunnelId === row.tunnelId) ||
      (step.type === 'restore-forward' && step.payload.forwardId === row.id),
  );
  return [
    {
      id: `resume-forward:${row.id}`,
      type: 'resume-forward',
      target: String(row.id),
      payload: { forwardId: row.id },
      prior: row,
      needs: needs.map((step) => step.id),
    },
  ];
}

function pauseOf(
  observed: FlvxAccount,
  target: FlvxAccountTarget,
  row: FlvxForward,
  before: readonly FlvxStep[],
): FlvxStep[] {
  const wanted = target.forwards.get(row.id)?.run;
  if (wanted === true || (wanted === undefined && row.status !== 0)) return [];
  const pushed = before.some(
    (step) =>
      (step.type === 'assign-tunnel' && step.prior !== null && step.payload.tunnelId === row.tunnelId) ||
      (step.type === 'redeploy-forwards' && step.payload.forwardIds.includes(row.id)) ||
      ((step.type === 'redirect-forward' || step.type === 'restore-forward') && step.payload.forwardId === row.id),
  );
  const {
    restarted,
    run: { paused },
  } = historyOf(observed);
  if (row.status === 0 && !pushed) {
    const again = restarted.includes(row.id) || (mayRun(target, row.id) && !paused.includes(row.id));
    if (!again) return [];
  }
  return [
    {
      id: `pause-forward:${row.id}`,
      type: 'pause-forward',
      target: String(row.id),
      payload: { forwardId: row.id, entryNodes: entryNodesOf(observed, row) },
      prior: row,
      needs: [],
    },
  ];
}

/** Whether a forward at status 0 may be running. The panel can't show it (docs/panels/flvx.md, H3). */
function mayRun(target: FlvxAccountTarget, id: number): boolean {
  const { repause } = target;
  return repause === 'all' || (repause !== 'pushed' && repause.includes(id));
}
