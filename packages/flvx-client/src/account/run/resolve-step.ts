import type { FlvxObservedPart } from '../../client/client.js';
import type { FlvxPermission } from '../../client/records.js';
import type { FlvxAccount } from '../history/history.js';
import { findLimit } from '../plan/plan-limits.js';
import { type FlvxStep, type FlvxStepOf, startsAgain, changedValues, toCounters, wasReset } from '../plan/step.js';

/** Whether the panel shows the effect of a step. */
export type StepResolution = ReturnType<typeof resolveStep>;

/**
 * Finds out from an observation whether a step was done: for read-backs, and for steps of an interrupted run. Pure.
 * - `done`, `not-done`: the panel shows it.
 * - `unseen`: the panel can't show it: a pause of a forward that was shown as paused, a start of one that was shown as running, a
 *   password that was not tried.
 *
 * For `create-user` it reports only that an account of the name exists, not whose it is.
 */
export function resolveStep(step: FlvxStep, observed: FlvxAccount): 'done' | 'not-done' | 'unseen' {
  switch (step.type) {
    case 'create-user': {
      const named = [observed.user, ...observed.duplicates, ...observed.strangers];
      return toResolution(named.some((user) => user?.name === step.payload.name));
    }
    case 'update-user':
      return resolveUserUpdate(step, observed);
    case 'reset-user': {
      const now = toCounters(observed);
      return toResolution(now !== null && wasReset(step.prior, now));
    }
    case 'assign-tunnel': {
      const row = findPermission(step, observed);
      return toResolution(row !== null && Object.keys(changedValues(row, step.payload.values)).length === 0);
    }
    case 'redeploy-forwards':
      return 'unseen';
    case 'create-speed-limit':
      return toResolution(findObject(step, observed) !== null);
    case 'delete-user':
    case 'remove-tunnel':
    case 'delete-speed-limit':
    case 'delete-forward':
      return toResolution(findObject(step, observed) === null);
    default:
      return resolveForward(step, observed);
  }
}

/**
 * Whether the customer has changed a forward since the step was planned, so that the step would undo that: another address than it
 * was to replace, or a pause before the one that is followed by a start. Pure.
 */
export function isOvertaken(step: FlvxStep, observed: FlvxAccount): boolean {
  const isAddress = step.type === 'redirect-forward' || step.type === 'restore-forward';
  if (!isAddress && (step.type !== 'pause-forward' || !startsAgain(step))) return false;
  const row = observed.forwards.find(({ id }) => id === step.payload.forwardId);
  if (row === undefined) return false;
  return isAddress ? row.remoteAddr !== step.prior.remoteAddr : step.prior.status === 1 && row.status === 0;
}

/** Returns the step's object as the panel shows it, for the journal and without secrets; null where there is none. */
export function findObject(step: FlvxStep, observed: FlvxAccount): unknown {
  const { user, duplicates, permissions, forwards, speedLimits } = observed;
  switch (step.type) {
    case 'create-user':
    case 'update-user':
    case 'reset-user':
      return user;
    case 'delete-user':
      return [user, ...duplicates].find((row) => row?.id === step.payload.userId) ?? null;
    case 'assign-tunnel':
      return findPermission(step, observed);
    case 'redeploy-forwards':
      return forwards.filter((row) => step.payload.forwardIds.includes(row.id));
    case 'remove-tunnel':
      return permissions.find((row) => row.id === step.payload.permissionId) ?? null;
    case 'create-speed-limit':
      return findLimit(speedLimits, step.payload);
    case 'delete-speed-limit':
      return speedLimits.find((limit) => limit.id === step.payload.limitId) ?? null;
    default:
      return forwards.find((row) => row.id === step.payload.forwardId) ?? null;
  }
}

function toResolution(isDone: boolean): StepResolution {
  return isDone ? 'done' : 'not-done';
}

function resolveUserUpdate(step: FlvxStepOf<'update-user'>, observed: FlvxAccount): StepResolution {
  const user = [observed.user, ...observed.duplicates].find((row) => row?.id === step.payload.userId);
  if (user == null || Object.keys(changedValues(user, step.payload.changes)).length > 0) return 'not-done';
  if (!step.payload.setsPassword) return 'done';
  return observed.password === null ? 'unseen' : toResolution(observed.password);
}

function findPermission(step: FlvxStepOf<'assign-tunnel'>, { permissions }: FlvxAccount): FlvxPermission | null {
  const { userId, tunnelId } = step.payload;
  return permissions.find((row) => row.userId === userId && row.tunnelId === tunnelId) ?? null;
}

type ForwardStep = FlvxStepOf<'pause-forward' | 'resume-forward' | 'redirect-forward' | 'restore-forward'>;

function resolveForward(step: ForwardStep, observed: FlvxAccount): StepResolution {
  const row = observed.forwards.find((forward) => forward.id === step.payload.forwardId);
  if (step.type === 'redirect-forward' || step.type === 'restore-forward') {
    return toResolution(row?.remoteAddr === step.payload.remoteAddr);
  }
  // A missing forward neither runs nor can be started.
  if (row === undefined) return toResolution(step.type === 'pause-forward');
  const status = step.type === 'pause-forward' ? 0 : 1;
  if (row.status !== status) {
    // A forward that no node knows is still shown as running; the deletion that follows shows the result.
    return step.type === 'pause-forward' && step.payload.purpose === 'delete' ? 'unseen' : 'not-done';
  }
  return step.prior.status === status ? 'unseen' : 'done';
}

/** Returns the parts of an observation that a step may have changed; null for everything. */
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
      // Until a permission is closed, and from when it is open, its customer edits forwards.
      if (status !== undefined) return ['permissions', 'forwards'];
      return speedId === undefined ? ['quotas'] : ['permissions'];
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
