import type { FlvxForward } from '../../client/records.js';
import { toHistory, type FlvxAccount } from '../account.js';
import type { FlvxStep } from './step.js';
import type { FlvxAccountTarget, FlvxForwardTarget } from './target.js';
import { countEntryNodes } from './values.js';

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
  const addresses = kept.flatMap((row) => planAddress(row, target.forwards.get(row.id)));
  const cuts = planCuts(observed, target, before);
  const starts = kept.flatMap((row) => planStart(row, target.forwards.get(row.id), [...before, ...addresses]));
  const pauses = kept.flatMap((row) => planPause(observed, target, row, [...before, ...addresses]));
  return [...addresses, ...cuts, ...starts, ...pauses];
}

function planAddress(row: FlvxForward, wanted: FlvxForwardTarget | undefined): FlvxStep[] {
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

function planStart(row: FlvxForward, wanted: FlvxForwardTarget | undefined, before: readonly FlvxStep[]): FlvxStep[] {
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

function planPause(
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
  } = toHistory(observed);
  if (row.status === 0 && !pushed) {
    const again = restarted.includes(row.id) || (mayRun(target, row.id) && !paused.includes(row.id));
    if (!again) return [];
  }
  return [
    {
      id: `pause-forward:${row.id}`,
      type: 'pause-forward',
      target: String(row.id),
      payload: { forwardId: row.id, entryNodes: countEntryNodes(observed, row) },
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

/**
 * Redeploys the forwards of each tunnel whose speed changes, or changed earlier without a confirmation of the nodes. The panel
 * accepts an assign whatever its nodes do. Only a redeploy shows that a node did not accept it, and delivers the speed later.
 */
export function planRedeploys(
  observed: FlvxAccount,
  target: FlvxAccountTarget,
  assigns: readonly FlvxStep[],
): FlvxStep[] {
  const changing = assigns.filter(changesSpeed);
  const tunnels = new Set([...changing.map((step) => Number(step.target)), ...toHistory(observed).unpushed]);
  return [...tunnels].flatMap((tunnelId): FlvxStep[] => {
    const forwards = observed.forwards.filter(
      (row) =>
        row.userId === observed.user?.id && row.tunnelId === tunnelId && target.forwards.get(row.id)?.remove !== true,
    );
    if (forwards.length === 0) return [];
    return [
      {
        id: `redeploy-forwards:${tunnelId}`,
        type: 'redeploy-forwards',
        target: String(tunnelId),
        payload: {
          tunnelId,
          forwardIds: forwards.map((row) => row.id),
          restarts: forwards.filter((row) => row.status === 0).map((row) => row.id),
        },
        prior: null,
        needs: changing.filter((step) => step.target === String(tunnelId)).map((step) => step.id),
      },
    ];
  });
}

/** Whether the step changes the speed of existing forwards. A new permission has no forwards yet. */
export function changesSpeed(step: FlvxStep): boolean {
  if (step.type !== 'assign-tunnel' || step.prior === null) return false;
  return step.payload.speedName !== null || step.payload.values.speedId !== undefined;
}

/** Pauses running forwards and starts them again: nodes cut open connections on a pause and on nothing else. */
export function planCuts(observed: FlvxAccount, target: FlvxAccountTarget, before: readonly FlvxStep[]): FlvxStep[] {
  return observed.forwards
    .filter((row) => row.userId === observed.user?.id && row.status === 1 && staysAsItIs(target, row))
    .flatMap((row): FlvxStep[] => {
      const pushes = before.filter(
        (step) => step.type === 'redeploy-forwards' && step.payload.forwardIds.includes(row.id),
      );
      const begins = target.permissions.get(row.tunnelId)?.cut === true && pushes.some((step) => step.needs.length > 0);
      if (!begins && target.cuts?.includes(row.id) !== true) return [];
      return cut(observed, row, pushes);
    });
}

function staysAsItIs(target: FlvxAccountTarget, { id }: FlvxForward): boolean {
  const wanted = target.forwards.get(id);
  return wanted?.run !== false && wanted?.remove !== true;
}

function cut(observed: FlvxAccount, row: FlvxForward, pushes: readonly FlvxStep[]): FlvxStep[] {
  const target = String(row.id);
  const pause = `pause-forward:${row.id}`;
  return [
    {
      id: pause,
      type: 'pause-forward',
      target,
      payload: { forwardId: row.id, entryNodes: countEntryNodes(observed, row), purpose: 'cut' },
      prior: row,
      needs: pushes.map((step) => step.id),
    },
    {
      id: `resume-forward:${row.id}`,
      type: 'resume-forward',
      target,
      payload: { forwardId: row.id },
      prior: { ...row, status: 0 },
      needs: [pause],
    },
  ];
}
