import type { FlvxObservation } from '../plan/observation.js';
import { changedValues, countersOf, wasReset } from '../plan/quota-values.js';
import type { FlvxStep, FlvxStepOf } from '../plan/step.js';
import type { FlvxPermission } from '../../client/records/permission.js';

/**
 * Does the panel show the step's effect?
 * - `done`, `not-done`: it can be seen,
 * - `unseen`: the panel cannot show it: a pause of a forward that it shows as paused already, a start of one that it shows as
 *   running, a password that was not tried.
 */
export type FlvxSight = 'done' | 'not-done' | 'unseen';

/**
 * Settles a step by looking: for read-backs, and for steps of a run that was broken off before it could note their end. Pure.
 * Of `create-user` it says only whether an account of the name is there, not whose it is.
 */
export function settleStep(step: FlvxStep, observed: FlvxObservation): FlvxSight {
  switch (step.type) {
    case 'create-user': {
      const named = [observed.user, ...observed.duplicates, ...observed.strangers];
      return seen(named.some((user) => user?.name === step.payload.name));
    }
    case 'update-user':
      return userSight(step, observed);
    case 'reset-user': {
      const now = countersOf(observed);
      return seen(now !== null && wasReset(step.prior, now));
    }
    case 'delete-user':
      return seen(![observed.user, ...observed.duplicates].some((user) => user?.id === step.payload.userId));
    case 'assign-tunnel':
      return seen(isAssigned(step, permissionFor(step, observed)));
    case 'redeploy-forwards':
      return 'unseen';
    case 'remove-tunnel':
      return seen(!observed.permissions.some((row) => row.id === step.payload.permissionId));
    case 'create-speed-limit': {
      const { name, speed } = step.payload;
      return seen(observed.speedLimits.some((limit) => limit.name === name && limit.speed === speed));
    }
    case 'delete-speed-limit':
      return seen(!observed.speedLimits.some((limit) => limit.id === step.payload.limitId));
    default:
      return forwardSight(step, observed);
  }
}

/** What the panel shows of the step's object, for the journal; null where there is none. Never a secret. */
export function objectOf(step: FlvxStep, observed: FlvxObservation): unknown {
  switch (step.type) {
    case 'create-user':
    case 'update-user':
    case 'reset-user':
      return observed.user;
    case 'delete-user':
      return [observed.user, ...observed.duplicates].find((user) => user?.id === step.payload.userId) ?? null;
    case 'assign-tunnel':
      return permissionFor(step, observed);
    case 'redeploy-forwards':
      return observed.forwards.filter((row) => step.payload.forwardIds.includes(row.id));
    case 'remove-tunnel':
      return observed.permissions.find((row) => row.id === step.payload.permissionId) ?? null;
    case 'create-speed-limit':
      return observed.speedLimits.find((limit) => limit.name === step.payload.name) ?? null;
    case 'delete-speed-limit':
      return observed.speedLimits.find((limit) => limit.id === step.payload.limitId) ?? null;
    default:
      return observed.forwards.find((row) => row.id === step.payload.forwardId) ?? null;
  }
}

function seen(yes: boolean): FlvxSight {
  return yes ? 'done' : 'not-done';
}

function userSight(step: FlvxStepOf<'update-user'>, observed: FlvxObservation): FlvxSight {
  const user = [observed.user, ...observed.duplicates].find((row) => row?.id === step.payload.userId);
  if (user == null || Object.keys(changedValues(user, step.payload.changes)).length > 0) return 'not-done';
  if (!step.payload.setsPassword) return 'done';
  return observed.password === null ? 'unseen' : seen(observed.password);
}

function permissionFor(step: FlvxStepOf<'assign-tunnel'>, observed: FlvxObservation): FlvxPermission | null {
  const { userId, tunnelId } = step.payload;
  return observed.permissions.find((row) => row.userId === userId && row.tunnelId === tunnelId) ?? null;
}

function isAssigned(step: FlvxStepOf<'assign-tunnel'>, row: FlvxPermission | null): boolean {
  return row !== null && Object.keys(changedValues(row, step.payload.values)).length === 0;
}

type ForwardStep = FlvxStepOf<
  'pause-forward' | 'resume-forward' | 'redirect-forward' | 'restore-forward' | 'delete-forward'
>;

function forwardSight(step: ForwardStep, observed: FlvxObservation): FlvxSight {
  const row = observed.forwards.find((forward) => forward.id === step.payload.forwardId);
  if (step.type === 'delete-forward') return seen(row === undefined);
  if (step.type === 'redirect-forward' || step.type === 'restore-forward') {
    return seen(row?.remoteAddr === step.payload.remoteAddr);
  }
  // One that is gone neither runs nor can be started.
  if (row === undefined) return seen(step.type === 'pause-forward');
  const goal = step.type === 'pause-forward' ? 0 : 1;
  if (row.status !== goal) {
    // One that no node knows stays as it is shown; the deletion that follows is what is looked for.
    return step.type === 'pause-forward' && step.payload.purpose === 'delete' ? 'unseen' : 'not-done';
  }
  return step.prior.status === goal ? 'unseen' : 'done';
}
