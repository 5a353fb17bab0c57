import type { FlvxObservedPart } from '../../client/client.js';
import type { FlvxForward, FlvxPermission } from '../../client/records.js';
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
 * Whether the customer has done something since the step was planned that it would undo, or put out of reach: another address than it
 * was to replace, a pause before the one that is followed by a start, a deletion, or a forward that the removal of its permission or user
 * leaves running. Pure.
 */
export function isOvertaken(step: FlvxStep, observed: FlvxAccount): boolean {
  if (!mayBeOvertaken(step)) return false;
  if (step.type === 'remove-tunnel' || step.type === 'delete-user') return observed.forwards.some(isLeftBy(step));
  const row = observed.forwards.find(({ id }) => id === step.payload.forwardId);
  if (row === undefined || step.type === 'resume-forward') return row === undefined;
  if (step.type === 'pause-forward') return step.prior.status === 1 && row.status === 0;
  return row.remoteAddr !== step.prior.remoteAddr;
}

/** A step that depends on what the customer does with his forwards. */
type OvertakenStep = FlvxStepOf<
  'redirect-forward' | 'restore-forward' | 'pause-forward' | 'resume-forward' | 'remove-tunnel' | 'delete-user'
>;

/** Whether the customer may do something meanwhile by which the step is left out (`isOvertaken`). Pure. */
export function mayBeOvertaken(step: FlvxStep): step is OvertakenStep {
  switch (step.type) {
    case 'redirect-forward':
    case 'restore-forward':
    case 'resume-forward':
    case 'remove-tunnel':
    case 'delete-user':
      return true;
    default:
      return step.type === 'pause-forward' && startsAgain(step);
  }
}

function isLeftBy({ payload }: FlvxStepOf<'remove-tunnel' | 'delete-user'>): (row: FlvxForward) => boolean {
  return (row) => row.userId === payload.userId && (!('tunnelId' in payload) || row.tunnelId === payload.tunnelId);
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
