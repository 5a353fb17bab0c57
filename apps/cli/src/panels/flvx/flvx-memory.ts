import {
  NOWHERE,
  type FlvxForward,
  type FlvxObservation,
  type FlvxPermissionValues,
  type FlvxUser,
} from '@sluice/flvx-client';
import type { ActionRecord } from '@sluice/state-store';
import type { Desired } from '../panel.js';
import { panelStops, isExpired } from './flvx-rules.js';
import { EVIDENCE, evidenceOf, permissionKey } from './flvx-state.js';
import { journaledStep, payloadOf, type ParkReason } from './flvx-step.js';

/** A forward at the last look. */
export interface SeenForward {
  status: number;
  bytes: number;
}

/** What the panel can't show and later runs need: small plain JSON, kept with each decision. */
export interface FlvxMemo {
  userId: number;
  userStatus: number;
  usedBytes: number;
  /** Status of the permissions, by tunnel. */
  permissions: Record<string, number>;
  forwards: Record<string, SeenForward>;
  /** Forwards that ran when the panel paused them by its own rules: quota, expiry. */
  stopped: number[];
  /** Forwards shown as paused that a write has started again and that were not paused since. */
  restarted: number[];
  /** Running forwards that Sluice paused without a hold. */
  parked: Record<string, ParkReason>;
  /** Where forwards pointed that Sluice has pointed nowhere. */
  redirects: Record<string, string>;
  /** What the panel's daily job closed when it expired. */
  expired: { user: boolean; tunnels: number[] };
  /** Tunnels that the product gave, and those of earlier products that are still there. */
  tunnels: number[];
  dropped: number[];
  /** Speed limits that Sluice gave, by tunnel. */
  speeds: Record<string, number | null>;
  /** Sluice has set the quota, or found it as it should be: from then on it is kept in line at once. */
  ownQuota: boolean;
  /** The cycle in which the account was first seen. */
  firstCycle: string | null;
  /** The cycle for whose opening the counters were zeroed. */
  resetCycle: string | null;
  /** Values of permissions that are not the product's, as they were before a write of ours overwrote them. */
  values: FlvxPermissionValues[];
}

/** What is remembered at a look. */
export interface Recalled {
  memo: FlvxMemo;
  /** The last look; null when there was none at this account. */
  last: FlvxMemo | null;
}

/** Pure: the memory of the last look, carried over what was journaled since to what is seen now. */
export function recall(desired: Desired, observed: FlvxObservation): Recalled | null {
  const { user } = observed;
  if (user === null) return null;
  const seen = memoIn(desired.seen);
  const last = seen?.userId === user.id ? seen : null;
  const cycle = cycleOf(desired);
  const journal = new Journal(last ?? blank(user));
  for (const row of desired.recent) journal.take(row);
  const { memo } = journal;
  const firstCycle = memo.firstCycle ?? cycle;
  // Counters that stand at zero need no reset in this cycle any more.
  const resetCycle = memo.resetCycle === null || isZero(observed) ? (cycle ?? memo.resetCycle) : memo.resetCycle;
  const now: FlvxMemo = { ...memo, ...shown(observed, memo), firstCycle, resetCycle };
  return { memo: { ...now, ...judged(desired, observed, memo, last, journal.paused) }, last };
}

/** The cycle, unless it is one that an order saw before any run opened it: that one gets another id. */
export function cycleOf({ cycle, scope }: Pick<Desired, 'cycle' | 'scope'>): string | null {
  if (cycle === null || (cycle.isNew && (scope === 'order' || scope === 'hold'))) return null;
  return cycle.id;
}

/** The memory in what `keep` gave. */
export function memoIn(seen: unknown): FlvxMemo | null {
  const { memo } = (seen ?? {}) as { memo?: Partial<FlvxMemo> | null };
  return typeof memo?.userId === 'number' ? (memo as FlvxMemo) : null;
}

function blank(user: FlvxUser): FlvxMemo {
  return {
    userId: user.id,
    userStatus: user.status,
    usedBytes: 0,
    permissions: {},
    forwards: {},
    stopped: [],
    restarted: [],
    parked: {},
    redirects: {},
    expired: { user: false, tunnels: [] },
    tunnels: [],
    dropped: [],
    speeds: {},
    ownQuota: false,
    firstCycle: null,
    resetCycle: null,
    values: [],
  };
}

/** Takes what was journaled since the last look into the memory. */
class Journal {
  memo: FlvxMemo;
  readonly paused = new Set<number>();

  constructor(memo: FlvxMemo) {
    this.memo = memo;
  }

  take(row: ActionRecord): void {
    const step = journaledStep(row);
    if (step === null || row.calledAt === null) return;
    const { memo } = this;
    const done = row.state === 'applied' || row.state === 'unneeded';
    switch (step.type) {
      case 'create-user':
        if (done) this.memo = { ...memo, ownQuota: true };
        return;
      case 'update-user':
        // A call whose end is not known counts as made: it may have overwritten the permissions.
        this.memo = {
          ...memo,
          ownQuota: memo.ownQuota || (done && step.payload.changes.quota !== undefined),
          values: [...memo.values, ...step.prior.permissions.filter((own) => !has(memo.values, own.tunnelId))],
        };
        return;
      case 'reset-user':
        if (done) this.memo = { ...memo, usedBytes: 0, resetCycle: payloadOf(row)?.cycle ?? memo.resetCycle };
        return;
      case 'assign-tunnel': {
        const { tunnelId, values, restarts } = step.payload;
        const speeds = done && values.speedId !== undefined ? { [tunnelId]: values.speedId } : {};
        this.#restart(restarts, { ...memo, speeds: { ...memo.speeds, ...speeds } });
        return;
      }
      case 'redirect-forward': {
        const { id, remoteAddr, status } = step.prior;
        const redirects = remoteAddr === NOWHERE ? {} : { [id]: remoteAddr };
        this.#restart(status === 0 ? [id] : [], { ...memo, redirects: { ...memo.redirects, ...redirects } });
        return;
      }
      case 'restore-forward':
        this.#restart(step.prior.status === 0 ? [step.payload.forwardId] : [], memo);
        return;
      case 'pause-forward':
        if (done) this.#pause(step.payload.forwardId, payloadOf(row)?.parks ?? null);
        return;
      case 'resume-forward':
        if (done) this.#resume(step.payload.forwardId);
        return;
      default:
    }
  }

  #restart(ids: readonly number[], memo: FlvxMemo): void {
    this.memo = { ...memo, restarted: [...new Set([...memo.restarted, ...ids])] };
  }

  #pause(id: number, parks: ParkReason | null): void {
    const { memo } = this;
    this.paused.add(id);
    this.memo = {
      ...memo,
      restarted: without(memo.restarted, id),
      parked: parks === null ? memo.parked : { ...memo.parked, [id]: parks },
    };
  }

  #resume(id: number): void {
    const { memo } = this;
    this.paused.delete(id);
    this.memo = {
      ...memo,
      restarted: without(memo.restarted, id),
      stopped: without(memo.stopped, id),
      parked: Object.fromEntries(Object.entries(memo.parked).filter(([key]) => key !== String(id))),
    };
  }
}

/** What the panel shows now, as far as a later look compares with it. */
function shown(
  observed: FlvxObservation,
  memo: FlvxMemo,
): Pick<FlvxMemo, 'userStatus' | 'usedBytes' | 'permissions' | 'forwards' | 'redirects' | 'values'> {
  const user = observed.user;
  const rows = observed.permissions.filter((row) => row.userId === user?.id);
  const forwards = ownForwards(observed);
  const nowhere = new Set(forwards.filter((row) => row.remoteAddr === NOWHERE).map((row) => String(row.id)));
  return {
    userStatus: user?.status ?? 0,
    usedBytes: (user?.inBytes ?? 0) + (user?.outBytes ?? 0),
    permissions: Object.fromEntries(rows.map((row) => [row.tunnelId, row.status])),
    forwards: Object.fromEntries(
      forwards.map((row) => [row.id, { status: row.status, bytes: row.inBytes + row.outBytes }]),
    ),
    redirects: Object.fromEntries(Object.entries(memo.redirects).filter(([id]) => nowhere.has(id))),
    values: memo.values.filter((own) => {
      const row = rows.find((one) => one.tunnelId === own.tunnelId);
      return row !== undefined && !sameValues(row, own);
    }),
  };
}

/** What follows from how it was at the last look. */
function judged(
  desired: Pick<Desired, 'evidence'>,
  observed: FlvxObservation,
  memo: FlvxMemo,
  last: FlvxMemo | null,
  paused: ReadonlySet<number>,
): Pick<FlvxMemo, 'stopped' | 'restarted' | 'parked' | 'expired'> {
  const forwards = ownForwards(observed);
  const held = evidenceOf(desired.evidence, EVIDENCE.forward);
  const atRest = forwards.filter((row) => row.status !== 1);
  const ids = new Set(atRest.map((row) => row.id));
  const ran = (row: FlvxForward): boolean => last?.forwards[row.id]?.status === 1;
  // The counters were zeroed since: that the quota stopped it can no longer be seen of them.
  const zeroed = last !== null && (observed.user?.inBytes ?? 0) + (observed.user?.outBytes ?? 0) < memo.usedBytes;
  const allAtRest = forwards.filter(ran).every((row) => row.status !== 1);
  const stopped = atRest.filter((row) => {
    if (held.has(String(row.id)) || paused.has(row.id)) return false;
    if (memo.stopped.includes(row.id)) return true;
    return ran(row) && (panelStops(observed, row.tunnelId) || (zeroed && allAtRest));
  });
  return {
    stopped: stopped.map((row) => row.id),
    restarted: memo.restarted.filter((id) => ids.has(id)),
    parked: Object.fromEntries(Object.entries(memo.parked).filter(([id]) => ids.has(Number(id)))),
    expired: expiredNow(desired, observed, memo, last),
  };
}

function expiredNow(
  { evidence }: Pick<Desired, 'evidence'>,
  observed: FlvxObservation,
  memo: FlvxMemo,
  last: FlvxMemo | null,
): FlvxMemo['expired'] {
  const { user, at } = observed;
  if (user === null) return memo.expired;
  const closedUser = evidenceOf(evidence, EVIDENCE.user);
  const closed = evidenceOf(evidence, EVIDENCE.permission);
  const byExpiry = (row: { status: number; expiresAt: number }, before: number | undefined): boolean =>
    row.status !== 1 && (before === undefined || before === 1) && isExpired(row, at);
  const rows = observed.permissions.filter((row) => row.userId === user.id && row.status !== 1);
  return {
    user:
      user.status !== 1 && !closedUser.has(String(user.id)) && (memo.expired.user || byExpiry(user, last?.userStatus)),
    tunnels: rows
      .filter((row) => !closed.has(permissionKey(user.id, row.tunnelId)))
      .filter((row) => memo.expired.tunnels.includes(row.tunnelId) || byExpiry(row, last?.permissions[row.tunnelId]))
      .map((row) => row.tunnelId),
  };
}

function isZero({ user, permissions }: FlvxObservation): boolean {
  const rows = permissions.filter((row) => row.userId === user?.id);
  return [...rows, ...(user === null ? [] : [user])].every((row) => row.inBytes === 0 && row.outBytes === 0);
}

function ownForwards(observed: FlvxObservation): FlvxForward[] {
  return observed.forwards.filter((row) => row.userId === observed.user?.id);
}

function has(values: readonly FlvxPermissionValues[], tunnelId: number): boolean {
  return values.some((own) => own.tunnelId === tunnelId);
}

function sameValues(a: FlvxPermissionValues, b: FlvxPermissionValues): boolean {
  return (
    a.quota === b.quota && a.maxForwards === b.maxForwards && a.expiresAt === b.expiresAt && a.resetDay === b.resetDay
  );
}

function without(ids: readonly number[], id: number): number[] {
  return ids.filter((known) => known !== id);
}
