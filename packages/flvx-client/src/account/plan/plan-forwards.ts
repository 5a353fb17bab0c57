import type { FlvxForward } from '../../client/records.js';
import { listOwnForwards, listOwnPermissions, toHistory, type FlvxAccount } from '../history/history.js';
import { BEFORE_REDIRECT, newStep, type FlvxStep, type FlvxStepOf, countEntryNodes } from './step.js';
import { NOWHERE, type FlvxAccountTarget, type FlvxForwardTarget } from './target.js';

/** Redirects forwards, starts what should run, and pauses the rest; pauses come last, since every other step may start a forward. */
export function planForwards(
  observed: FlvxAccount,
  target: FlvxAccountTarget,
  before: readonly FlvxStep[],
): FlvxStep[] {
  const rows = listOwnForwards(observed).filter((row) => target.forwards.get(row.id)?.remove !== true);
  const addresses = rows.flatMap((row) => planAddress(observed, row, target.forwards.get(row.id)));
  const cuts = planCuts(observed, target, before);
  const starts = rows.flatMap((row) => planStart(row, target.forwards.get(row.id), [...before, ...addresses]));
  const pauses = rows.flatMap((row) => planPause(observed, target, row, [...before, ...addresses]));
  return [...addresses, ...cuts, ...starts, ...pauses];
}

function planAddress(observed: FlvxAccount, row: FlvxForward, target: FlvxForwardTarget | undefined): FlvxStep[] {
  const remoteAddr = target?.remoteAddr;
  if (remoteAddr === undefined || remoteAddr === row.remoteAddr) return [];
  const type = (target?.away ?? remoteAddr === NOWHERE) ? 'redirect-forward' : 'restore-forward';
  const payload = { forwardId: row.id, remoteAddr };
  if (type === 'restore-forward' || row.status !== 1) return [newStep(type, row.id, { payload, prior: row })];
  // The change goes to the present entry nodes of the tunnel: on others, where the forward may still run, it is out of reach then.
  const pause = pauseStep(observed, row, { purpose: 'cut', mark: BEFORE_REDIRECT });
  return [pause, newStep(type, row.id, { payload, prior: { ...row, status: 0 } })];
}

function planStart(row: FlvxForward, target: FlvxForwardTarget | undefined, before: readonly FlvxStep[]): FlvxStep[] {
  if (target?.run !== true || row.status === 1) return [];
  // Under a closed permission or an old quota it would be stopped again; redirected it would lead nowhere.
  const needs = before.filter(
    (step) =>
      step.type === 'update-user' ||
      step.type === 'reset-user' ||
      (step.type === 'assign-tunnel' && step.payload.tunnelId === row.tunnelId) ||
      (step.type === 'restore-forward' && step.payload.forwardId === row.id),
  );
  const payload = { forwardId: row.id };
  return [newStep('resume-forward', row.id, { payload, prior: row, needs: needs.map((step) => step.id) })];
}

function planPause(
  observed: FlvxAccount,
  target: FlvxAccountTarget,
  row: FlvxForward,
  before: readonly FlvxStep[],
): FlvxStep[] {
  const run = target.forwards.get(row.id)?.run;
  if (run === true || (run === undefined && row.status !== 0)) return [];
  const isPushed = before.some(
    (step) =>
      (step.type === 'assign-tunnel' && step.prior !== null && step.payload.tunnelId === row.tunnelId) ||
      (step.type === 'redeploy-forwards' && step.payload.forwardIds.includes(row.id)) ||
      ((step.type === 'redirect-forward' || step.type === 'restore-forward') && step.payload.forwardId === row.id),
  );
  const history = toHistory(observed);
  if (row.status === 0 && !isPushed) {
    const isPaused = history.run.paused.includes(row.id) || target.repause?.includes(row.id) !== true;
    if (isPaused && !history.restarted.includes(row.id)) return [];
  }
  // Paused before, it is shown as paused whether this pause reaches its nodes or not.
  const isCut = before.some((step) => step.type === 'pause-forward' && step.payload.forwardId === row.id);
  return [pauseStep(observed, isCut ? { ...row, status: 0 } : row)];
}

/** Creates the step that pauses a forward. */
export function pauseStep(
  observed: FlvxAccount,
  row: FlvxForward,
  { needs = [], mark, ...purpose }: { purpose?: 'delete' | 'cut'; needs?: string[]; mark?: string } = {},
): FlvxStepOf<'pause-forward'> {
  const isOwned = listOwnPermissions(observed).some(({ tunnelId }) => tunnelId === row.tunnelId);
  const payload = {
    forwardId: row.id,
    entryNodes: countEntryNodes(observed, row),
    ...(!isOwned && { withoutPermission: true as const }),
    ...purpose,
  };
  return newStep('pause-forward', row.id, { payload, prior: row, needs }, mark);
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
    const forwards = listOwnForwards(observed).filter(
      (row) => row.tunnelId === tunnelId && target.forwards.get(row.id)?.remove !== true,
    );
    if (forwards.length === 0) return [];
    const forwardIds = forwards.map((row) => row.id);
    const restarts = forwards.filter((row) => row.status === 0).map((row) => row.id);
    const needs = changing.filter((step) => step.target === String(tunnelId)).map((step) => step.id);
    return [
      newStep('redeploy-forwards', tunnelId, { payload: { tunnelId, forwardIds, restarts }, prior: null, needs }),
    ];
  });
}

/** Whether the step changes the speed of existing forwards. A new permission has no forwards yet. */
export function changesSpeed(step: FlvxStep): boolean {
  if (step.type !== 'assign-tunnel' || step.prior === null) return false;
  return step.payload.speedName !== null || step.payload.values.speedId !== undefined;
}

/** Pauses running forwards and starts them again, since nodes cut open connections only on a pause. */
function planCuts(observed: FlvxAccount, target: FlvxAccountTarget, before: readonly FlvxStep[]): FlvxStep[] {
  const staysRunning = ({ id, status }: FlvxForward): boolean => {
    const { run, remove } = target.forwards.get(id) ?? {};
    return status === 1 && run !== false && remove !== true;
  };
  return listOwnForwards(observed)
    .filter(staysRunning)
    .flatMap((row): FlvxStep[] => {
      const pushes = before.filter(
        (step) => step.type === 'redeploy-forwards' && step.payload.forwardIds.includes(row.id),
      );
      const begins = target.permissions.get(row.tunnelId)?.cut === true && pushes.some((step) => step.needs.length > 0);
      if (!begins && target.cuts?.includes(row.id) !== true) return [];
      const pause = pauseStep(observed, row, { purpose: 'cut', needs: pushes.map((step) => step.id) });
      const prior = { ...row, status: 0 };
      return [pause, newStep('resume-forward', row.id, { payload: { forwardId: row.id }, prior, needs: [pause.id] })];
    });
}
