import { changesSpeed } from '../plan/plan-forwards.js';
import type { FlvxStep, FlvxStepOf } from '../plan/step.js';
import { NOWHERE } from '../plan/target.js';
import { UNLIMITED_QUOTA } from '../../client/records.js';
import { type FlvxAccount, type FlvxHistory, type ParkReason, toHistory } from './history.js';

/** An attempted step. */
export interface StepRecord {
  step: FlvxStep;
  /** The panel shows its effect. */
  done: boolean;
  /** The call was made, or may have been made. */
  sent: boolean;
  notes?: StepNotes | null;
  /** When its call was made and had ended, by the panel's clock; absent where that is not known. */
  at?: Span;
  /** The counters that it zeroed, read directly before; absent where it zeroed none, or they are not known. */
  zeroed?: ZeroedCounters;
  /** No answer to the pause came: the forward may run on its node, although it is shown as paused. */
  mayRun?: true;
  /** Forwards that a push has started, or may have, beside those of its plan: they were paused while it was made. */
  restarted?: readonly number[];
}

/** Counters of an account directly before they were zeroed, both directions together. */
export interface ZeroedCounters {
  user: { bytes: number };
  /** By their id. */
  permissions: Record<string, { bytes: number }>;
}

/** Two instants (ms), by the panel's clock. */
export interface Span {
  from: number;
  until: number;
}

/** What a planner stores with a step. */
export interface StepNotes {
  /** The reason of a pause without a hold. */
  parks?: ParkReason | null;
  /** Evidence that begins with the step. */
  begins?: readonly unknown[];
  /** Running forwards whose open connections are cut when the speed of the step is in force. */
  cuts?: readonly number[];
  /** The forward was redirected before: `prior` does not have its own address. */
  moved?: boolean;
  /** The step restores a speed limit that others had set: Sluice does not remove it later. */
  returns?: boolean;
  /** The forward is shown as paused, and what it carried may be from before its pause. */
  late?: boolean;
  /** The cycle for whose opening the step zeroes the counters. */
  cycle?: string | null;
}

/** Lists paused forwards that a step starts, which the panel does not show. */
export function listRestarted(step: FlvxStep): readonly number[] {
  switch (step.type) {
    case 'assign-tunnel':
    case 'redeploy-forwards':
      return step.payload.restarts;
    case 'redirect-forward':
    case 'restore-forward':
      return step.prior.status === 0 ? [step.payload.forwardId] : [];
    default:
      return [];
  }
}

/**
 * Adds a step to a history. A call of unknown outcome counts as made where that is safe: its push may have started paused
 * forwards, its update may have overwritten permissions. Pure.
 */
export function recordStep(history: FlvxHistory, record: StepRecord): FlvxHistory {
  const { step, done, sent, notes, mayRun, restarted = [] } = record;
  if (!sent) return history;
  switch (step.type) {
    case 'create-user':
      return done ? { ...history, ownQuota: true } : history;
    case 'update-user':
      return recordUserUpdate(history, step, done);
    case 'reset-user':
      return done ? { ...history, usedBytes: 0, resetCycle: notes?.cycle ?? history.resetCycle } : history;
    case 'assign-tunnel':
      return recordAssign(history, step, done, notes ?? {});
    case 'redeploy-forwards': {
      const pushed = restartForwards(history, [...listRestarted(step), ...restarted]);
      return done ? { ...pushed, unpushed: without(pushed.unpushed, step.payload.tunnelId) } : pushed;
    }
    case 'redirect-forward':
      return recordRedirect(history, step, notes?.moved === true);
    case 'restore-forward':
      return restartForwards(history, listRestarted(step));
    case 'pause-forward':
      if (!done) return history;
      return restartForwards(recordPause(history, step, notes ?? {}), mayRun === true ? [step.payload.forwardId] : []);
    case 'resume-forward':
      return done ? recordStart(history, step.payload.forwardId) : history;
    default:
      return history;
  }
}

/** Records that these forwards run, although they are shown as paused. */
export function restartForwards(history: FlvxHistory, ids: readonly number[]): FlvxHistory {
  if (ids.length === 0) return history;
  const { run, again, restarted } = history;
  return {
    ...history,
    run: { ...run, paused: run.paused.filter((id) => !ids.includes(id)) },
    again: again.filter((id) => !ids.includes(id)),
    restarted: union(restarted, ids),
  };
}

function recordUserUpdate(
  history: FlvxHistory,
  { payload: { changes, setsPassword }, prior }: FlvxStepOf<'update-user'>,
  done: boolean,
): FlvxHistory {
  const { run, values } = history;
  const added = (known: FlvxHistory['values']): FlvxHistory['values'] => [
    ...known,
    ...prior.permissions.filter((own) => !known.some((row) => row.tunnelId === own.tunnelId)),
  ];
  return {
    ...history,
    run: { ...run, passwordSet: run.passwordSet || (done && setsPassword), values: added(run.values) },
    ...(done && changes.quota !== undefined && !history.ownQuota
      ? recordQuota(history, changes.quota, prior.user.quota)
      : {}),
    values: added(values),
  };
}

/** What is lifted for a throttle, and given back after it, stays the other tool's until the next cycle. */
function recordQuota(
  { quotaBefore = null }: FlvxHistory,
  quota: number,
  before: number,
): Pick<FlvxHistory, 'ownQuota' | 'quotaBefore'> {
  if (quota === quotaBefore) return { ownQuota: false, quotaBefore: null };
  return { ownQuota: quota !== UNLIMITED_QUOTA, quotaBefore: quotaBefore ?? before };
}

function recordAssign(
  history: FlvxHistory,
  step: FlvxStepOf<'assign-tunnel'>,
  done: boolean,
  { cuts = [], returns = false }: StepNotes,
): FlvxHistory {
  const { tunnelId, values } = step.payload;
  const pushed = restartForwards(history, listRestarted(step));
  const { speedId } = values;
  const speeds =
    done && speedId !== undefined ? { ...pushed.speeds, [tunnelId]: returns ? null : speedId } : pushed.speeds;
  if (!changesSpeed(step)) return { ...pushed, speeds };
  // Only a redeploy shows whether the nodes have accepted the speed.
  return { ...pushed, speeds, unpushed: union(pushed.unpushed, [tunnelId]), cuts: union(pushed.cuts, cuts) };
}

function recordRedirect(history: FlvxHistory, step: FlvxStepOf<'redirect-forward'>, moved: boolean): FlvxHistory {
  const { id, remoteAddr } = step.prior;
  const pushed = restartForwards(history, listRestarted(step));
  const isOwn = !moved && remoteAddr !== NOWHERE;
  return {
    ...pushed,
    redirects: isOwn ? { ...pushed.redirects, [id]: remoteAddr } : pushed.redirects,
    away: { ...pushed.away, [id]: step.payload.remoteAddr },
  };
}

function recordPause(
  history: FlvxHistory,
  { payload: { forwardId: id }, prior }: FlvxStepOf<'pause-forward'>,
  { parks = null, begins = [], late = false }: StepNotes,
): FlvxHistory {
  const { run, restarted, cuts, again, parked } = history;
  const wasAgain = late && again.includes(id);
  const isAgain = wasAgain || (!late && prior.status !== 1 && begins.length === 0 && !restarted.includes(id));
  return {
    ...history,
    run: { ...run, paused: [...without(run.paused, id), id] },
    restarted: without(restarted, id),
    cuts: without(cuts, id),
    again: [...without(again, id), ...(isAgain ? [id] : [])],
    parked: parks === null ? parked : { ...parked, [id]: parks },
  };
}

function recordStart(history: FlvxHistory, id: number): FlvxHistory {
  const { run, restarted, stopped, again, parked } = history;
  return {
    ...history,
    run: { ...run, paused: without(run.paused, id) },
    restarted: without(restarted, id),
    stopped: without(stopped, id),
    again: without(again, id),
    parked: Object.fromEntries(Object.entries(parked).filter(([key]) => key !== String(id))),
  };
}

function union(known: readonly number[], ids: readonly number[]): number[] {
  return [...new Set([...known, ...ids])];
}

function without(ids: readonly number[], id: number): number[] {
  return ids.filter((known) => known !== id);
}

/** Adds the created account: the one of the name that did not exist before. */
export function withCreatedUser(account: FlvxAccount, name: string): FlvxAccount {
  const history = toHistory(account);
  const named = account.strangers.filter((user) => user.name === name);
  const [only] = named.length === 1 ? named : [];
  const createdUserId = history.run.createdUserId ?? account.user?.id ?? only?.id ?? null;
  const known: FlvxAccount = { ...account, history: { ...history, run: { ...history.run, createdUserId } } };
  const created = [...account.strangers, ...account.duplicates].find((user) => user.id === createdUserId);
  if (account.user !== null || created === undefined) return known;
  return { ...known, user: created, strangers: account.strangers.filter((user) => user !== created) };
}
