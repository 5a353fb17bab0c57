import type { FlvxAccount } from '../account.js';
import { changesSpeed } from '../plan/plan-redeploys.js';
import type { FlvxStep, FlvxStepOf } from '../plan/step.js';
import type { FlvxStepOutcome } from '../run/outcome.js';
import type { FlvxHistory } from './history.js';

/**
 * What the run knows after a step and the panel cannot show. A call that may have been made counts as made where that is the
 * careful side: its push may have started paused forwards, its update may have overwritten permissions. Pure.
 */
export function recordStep(
  history: FlvxHistory,
  step: FlvxStep,
  outcome: { state: FlvxStepOutcome['state']; sent: boolean },
  observed: FlvxAccount,
): FlvxHistory {
  const done = outcome.state === 'applied' || outcome.state === 'unneeded';
  switch (step.type) {
    case 'create-user':
      return done ? { ...history, createdUserId: createdId(history, step.payload.name, observed) } : history;
    case 'update-user': {
      const passwordSet = history.passwordSet || (done && step.payload.setsPassword);
      if (!outcome.sent) return { ...history, passwordSet };
      const known = new Set(history.permissionValues.map((row) => row.tunnelId));
      const added = step.prior.permissions.filter((row) => !known.has(row.tunnelId));
      return { ...history, passwordSet, permissionValues: [...history.permissionValues, ...added] };
    }
    case 'assign-tunnel':
      return outcome.sent ? assigned(restartForwards(history, step.payload.restarts), step) : history;
    case 'redeploy-forwards': {
      const after = outcome.sent ? restartForwards(history, step.payload.restarts) : history;
      const { tunnelId } = step.payload;
      return done ? { ...after, unpushed: after.unpushed.filter((id) => id !== tunnelId) } : after;
    }
    case 'redirect-forward':
    case 'restore-forward':
      return outcome.sent ? restartForwards(history, step.prior.status === 0 ? [step.payload.forwardId] : []) : history;
    case 'pause-forward':
      return done ? settled(history, step.payload.forwardId, true) : history;
    case 'resume-forward':
      return done ? settled(history, step.payload.forwardId, false) : history;
    default:
      return history;
  }
}

/** Whether the nodes have taken another speed, only a redeploy tells. */
function assigned(history: FlvxHistory, step: FlvxStepOf<'assign-tunnel'>): FlvxHistory {
  if (!changesSpeed(step)) return history;
  return { ...history, unpushed: [...new Set([...history.unpushed, step.payload.tunnelId])] };
}

/** These paused forwards run again, whatever was paused before. */
export function restartForwards(history: FlvxHistory, ids: readonly number[]): FlvxHistory {
  return {
    ...history,
    restarted: [...new Set([...history.restarted, ...ids])],
    paused: history.paused.filter((id) => !ids.includes(id)),
  };
}

function settled(history: FlvxHistory, id: number, paused: boolean): FlvxHistory {
  const others = history.paused.filter((known) => known !== id);
  return {
    ...history,
    restarted: history.restarted.filter((known) => known !== id),
    paused: paused ? [...others, id] : others,
  };
}

/** The account that the create made: the one of the name that was not there before. */
function createdId(history: FlvxHistory, name: string, observed: FlvxAccount): number | null {
  if (history.createdUserId !== null) return history.createdUserId;
  if (observed.user !== null) return observed.user.id;
  const named = observed.strangers.filter((user) => user.name === name);
  return named.length === 1 ? (named[0]?.id ?? null) : null;
}
