import type { FlvxForward } from '../../client/records/forward.js';
import { historyOf, type FlvxAccount } from '../account.js';
import { entryNodesOf } from './entry-nodes.js';
import type { FlvxStep } from './step.js';
import type { FlvxAccountTarget } from './target.js';

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
  const tunnels = new Set([...changing.map((step) => Number(step.target)), ...historyOf(observed).unpushed]);
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
      payload: { forwardId: row.id, entryNodes: entryNodesOf(observed, row), purpose: 'cut' },
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
