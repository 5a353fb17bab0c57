import type { FlvxObservedPart } from '../../client/client.js';
import type { FlvxPermission } from '../../client/records.js';
import type { FlvxAccount } from '../account.js';
import type { FlvxStep, FlvxStepOf } from '../plan/step.js';
import { changedValues, toCounters, wasReset } from '../plan/values.js';

/** Whether the panel shows the effect of a step. */
export type StepSight = ReturnType<typeof resolveStep>;

/**
 * Finds out from an observation whether a step was done: for read-backs, and for steps of a run that was broken off before it
 * recorded their outcome. Pure.
 * - `done`, `not-done`: the panel shows it.
 * - `unseen`: the panel can't show it: a pause of a forward that it shows as paused already, a start of one that it shows as
 *   running, a password that was not tried.
 *
 * Of `create-user` it reports only that an account of the name exists, not whose it is.
 */
export function resolveStep(step: FlvxStep, observed: FlvxAccount): 'done' | 'not-done' | 'unseen' {
  switch (step.type) {
    case 'create-user': {
      const named = [observed.user, ...observed.duplicates, ...observed.strangers];
      return seen(named.some((user) => user?.name === step.payload.name));
    }
    case 'update-user':
      return resolveUserUpdate(step, observed);
    case 'reset-user': {
      const now = toCounters(observed);
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
      return resolveForward(step, observed);
  }
}

/** Returns what the panel shows of the step's object, for the journal; null where there is none. Never a secret. */
export function findObject(step: FlvxStep, observed: FlvxAccount): unknown {
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

function seen(yes: boolean): StepSight {
  return yes ? 'done' : 'not-done';
}

function resolveUserUpdate(step: FlvxStepOf<'update-user'>, observed: FlvxAccount): StepSight {
  const user = [observed.user, ...observed.duplicates].find((row) => row?.id === step.payload.userId);
  if (user == null || Object.keys(changedValues(user, step.payload.changes)).length > 0) return 'not-done';
  if (!step.payload.setsPassword) return 'done';
  return observed.password === null ? 'unseen' : seen(observed.password);
}

function permissionFor(step: FlvxStepOf<'assign-tunnel'>, observed: FlvxAccount): FlvxPermission | null {
  const { userId, tunnelId } = step.payload;
  return observed.permissions.find((row) => row.userId === userId && row.tunnelId === tunnelId) ?? null;
}

function isAssigned(step: FlvxStepOf<'assign-tunnel'>, row: FlvxPermission | null): boolean {
  return row !== null && Object.keys(changedValues(row, step.payload.values)).length === 0;
}

type ForwardStep = FlvxStepOf<
  'pause-forward' | 'resume-forward' | 'redirect-forward' | 'restore-forward' | 'delete-forward'
>;

function resolveForward(step: ForwardStep, observed: FlvxAccount): StepSight {
  const row = observed.forwards.find((forward) => forward.id === step.payload.forwardId);
  if (step.type === 'delete-forward') return seen(row === undefined);
  if (step.type === 'redirect-forward' || step.type === 'restore-forward') {
    return seen(row?.remoteAddr === step.payload.remoteAddr);
  }
  // A forward that is gone neither runs nor can be started.
  if (row === undefined) return seen(step.type === 'pause-forward');
  const goal = step.type === 'pause-forward' ? 0 : 1;
  if (row.status !== goal) {
    // One that no node knows stays as it is shown; the deletion that follows shows the result.
    return step.type === 'pause-forward' && step.payload.purpose === 'delete' ? 'unseen' : 'not-done';
  }
  return step.prior.status === goal ? 'unseen' : 'done';
}

/** What a step may have changed, and is read again after it; null for everything. */
export function listChangedParts(step: FlvxStep): FlvxObservedPart[] | null {
  switch (step.type) {
    case 'create-user':
      return null;
    case 'update-user':
    case 'reset-user':
      return ['user', 'quotas'];
    case 'delete-user':
      return ['user', 'permissions', 'forwards'];
    case 'assign-tunnel': {
      const { status, speedId } = step.payload.values;
      return status === undefined && speedId === undefined ? ['quotas'] : ['permissions'];
    }
    case 'remove-tunnel':
      return ['permissions'];
    case 'create-speed-limit':
    case 'delete-speed-limit':
      return ['speedLimits'];
    default:
      return ['forwards'];
  }
}
