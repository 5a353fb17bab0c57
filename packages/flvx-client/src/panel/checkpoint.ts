import { isDeepStrictEqual } from 'node:util';
import {
  type AccountView,
  findCycleId,
  type FormerHistory,
  type KnownList,
  showsOthers,
  type TargetState,
  type UsageRequest,
} from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import {
  emptyHistory,
  type FlvxAccount,
  hasGrown,
  hasNothingPending,
  isUnchangedForward,
  listOwnForwards,
  listOwnPermissions,
  parseHistory,
  storedHistory,
  type StoredHistory,
  withCounters,
} from '../account/history/history.js';
import { isMoved, isUsedUp } from '../account/rules.js';
import { parsePayload, toStepRecords } from '../account/history/journaled-step.js';
import { observeHistory, type ObservedHistory } from '../account/history/observed-history.js';
import type { Past } from '../account/history/comparison.js';
import type { Span } from '../account/history/record-step.js';
import { Replay } from '../account/history/replay.js';
import type { FlvxSnapshot } from '../client/observation.js';
import { type FlvxForward, type FlvxPermission, type FlvxUser, toIso } from '../client/records.js';
import { listClosedByHold, withTunnels } from './checkpoint-tunnels.js';
import { withForwards } from './forward-view.js';
import { withSpeeds } from './speed-view.js';
import { accountView, type ServiceObservation, type TimedObservation } from './observation.js';
import { type KnownSpeed, toKnownSpeed } from './known-speed.js';
import type { TunnelNodes } from './run-snapshot.js';
import { isReplaced, findQuota, toPanelQuota, uncountedBytes } from './usage.js';
import { type FlvxDefaults, toFlvxProduct } from './product.js';
import { toHeld } from './restrictions.js';

/** What an observation shows, stored with the decision for later runs. */
export interface FlvxCheckpoint {
  at: string;
  /** Number of accounts on the panel's list when it was last read. */
  listed: number | null;
  /** When that was; absent for `at`. */
  listedAt?: string;
  account: AccountView | null;
  /** When the rows of the account were read, before steps of that run; absent for `at`. */
  accountAt?: string;
  history: StoredHistory | null;
  /**
   * While the account was read, by the panel's clock, and how far that was ahead (ms): the first reading that found it as it is. Absent in
   * stores of earlier versions.
   */
  reading?: Span & { clockAhead: number };
  /** The quota at which the panel stops the account, or a part of it; absent where it is not known. */
  quota?: number;
  /** The speed that the panel lets the account have; absent where that is not limited, or not known. */
  speed?: KnownSpeed;
}

/** Returns the stored checkpoint; null where there is none, or where it is of another kind of panel. */
export function parseCheckpoint(stored: unknown): Partial<FlvxCheckpoint> | null {
  const checkpoint: Partial<FlvxCheckpoint> | null = stored ?? null;
  const { account = null } = checkpoint ?? {};
  return account === null || Array.isArray(account.tunnels) ? checkpoint : null;
}

/** Returns the length of the list that was last seen with a service. */
export function listRows({ checkpoint, removed }: Pick<UsageRequest, 'checkpoint' | 'removed'>): KnownList[] {
  const { at, listed, listedAt = at } = parseCheckpoint(checkpoint) ?? {};
  return listed == null || listedAt === undefined ? [] : [{ at: listedAt, rows: listed, removed }];
}

/** Whether forwards of the account were moved between tunnels since it was first observed: only the tunnels show what a pause of them reaches. */
export function hasMovedForwards(
  { checkpoint, former }: Pick<UsageRequest, 'checkpoint' | 'former'>,
  snapshot: Pick<FlvxSnapshot, 'listForwards'>,
): boolean {
  const history = parseHistory(former?.checkpoint ?? checkpoint);
  return history?.userId != null && isMoved(history, snapshot.listForwards(history.userId));
}

/**
 * Whether a forward rests that was never observed, ran at the last observation, or has been started since: only the counters after that,
 * and the instants of changes, show why.
 */
export function hasNewlyPaused(
  { service, checkpoint, former, recent }: Pick<UsageRequest, 'service' | 'checkpoint' | 'former' | 'recent'>,
  snapshot: Pick<FlvxSnapshot, 'listForwards'>,
): boolean {
  const history = parseHistory(former?.checkpoint ?? checkpoint);
  const isStarted = ({ id }: FlvxForward): boolean =>
    recent.some(({ type, target }) => type === 'resume-forward' && target === String(id));
  const ran = (row: FlvxForward): boolean =>
    (history?.forwards[row.id]?.status ?? 1) === 1 || isStarted(row) || hasGrown(history, row);
  const userId = history?.userId ?? Number(service.refs['flvx_user_id']);
  return snapshot.listForwards(userId).some((row) => row.status !== 1 && ran(row));
}

/** Returns the list that is the last one known at an instant. */
function toListed(
  at: string,
  listed: ServiceObservation['listed'],
  before: Partial<FlvxCheckpoint> | null,
): Pick<FlvxCheckpoint, 'listed' | 'listedAt'> {
  const rows = listed?.rows ?? before?.listed ?? null;
  const last = listed?.at ?? before?.listedAt ?? before?.at;
  return rows === null || last === undefined || last === at ? { listed: rows } : { listed: rows, listedAt: last };
}

/** Returns what is known from before an observation: the stored history, and the journal since. */
export function toPast(target: TargetState, { account, changes, paused }: ServiceObservation): Past {
  return {
    last: parseHistory(target.checkpoint),
    reading: toReading(target.checkpoint, account),
    former: toFormer(target.former ?? null),
    records: toStepRecords(target.recent),
    cycle: findCycleId(target),
    isReset: toFlvxProduct(target.product).resetDay !== 0 || showsOthers(target) === false,
    held: toHeld(target.evidence),
    changes,
    paused,
  };
}

/** From this difference on, a clock was set: instants of before and after it can't be compared. */
const CLOCK_SET_MS = 5_000;

/** Returns while the account was read for a checkpoint; null where that is not known, or a clock was set since. */
function toReading(checkpoint: unknown, { clockAhead }: Pick<FlvxAccount, 'clockAhead'>): Span | null {
  const { reading = null } = parseCheckpoint(checkpoint) ?? {};
  return reading !== null && Math.abs(reading.clockAhead - clockAhead) < CLOCK_SET_MS ? reading : null;
}

/** Returns the forwards that have been paused since the last observation, by their customer as far as the reading shows. */
export function findPausedByCustomer(target: TargetState, state: ServiceObservation): number[] {
  const last = parseHistory(target.checkpoint);
  const hasRun = (row: FlvxForward): boolean => (last?.forwards[row.id]?.status ?? 1) === 1 || hasGrown(last, row);
  const since = listOwnForwards(state.account).filter((row) => row.status !== 1 && hasRun(row));
  if (since.length === 0) return [];
  const past = toPast(target, state);
  const now = observeHistory(state.account, past);
  if (now === null) return [];
  const { forwards, stopped, parked, run } = now.history;
  const others = new Set([...stopped, ...run.paused, ...Object.keys(parked).map(Number)]);
  const isJudged = (id: number): boolean => forwards[id] !== undefined && forwards[id].status !== 1;
  const ran = (id: number): boolean => (now.last?.forwards[id]?.status ?? 1) === 1;
  return since.map(({ id }) => id).filter((id) => ran(id) && isJudged(id) && !others.has(id) && !past.held.forward(id));
}

/** Returns the history of the service that had the account before, with its steps since: a killed run stored none. */
function toFormer(former: FormerHistory | null): StoredHistory | null {
  const last = parseHistory(former?.checkpoint);
  if (former === null || last === null) return null;
  return storedHistory(new Replay({ ...last, run: emptyHistory.run }, toStepRecords(former.recent)).history);
}

/** Input of `toCheckpoint`. */
export interface CheckpointInput {
  url: string;
  defaults: FlvxDefaults;
  target: TargetState;
  /** The observation that the run's steps were planned from; null where the account could not be observed. */
  planned: ServiceObservation | null;
  /** Forwards that readings of the run showed as paused by their customer. */
  paused: ReadonlySet<number>;
  /** The observation after the steps. */
  left: TimedObservation;
}

function isWhole(stored: Partial<FlvxCheckpoint>): stored is FlvxCheckpoint {
  return stored.at !== undefined && stored.account !== undefined && stored.history !== undefined;
}

/**
 * Returns the checkpoint of a run; null where nothing is stored and the account could not be observed. Of an account that is
 * missing, only the length of the list changes: the next list is compared with the one that this run believed. Pure.
 */
export function toCheckpoint(input: CheckpointInput): FlvxCheckpoint | null {
  const { url, defaults, target, left } = input;
  const { at, state } = left;
  const before = parseCheckpoint(target.checkpoint);
  const listed = toListed(at, state.listed, before);
  // What is closed for the other service may change until the account is this one's alone: it is inherited then.
  const isShared = target.sharers.length + state.sharers.length > 0;
  if (before?.account == null && isShared) return { at, ...listed, account: null, history: null };
  const unchanged = before?.account ? unchangedAccount(target, state) : null;
  if (before?.account && unchanged && isCurrentView(unchanged.user, before.account)) {
    const { user, history } = unchanged;
    const view = withForwards(withNodes(before.account, state.tunnelNodes), state.account);
    const account = withSpeeds(view, state);
    const counted = withCounters(history, user, state.account, uncountedBytes(target));
    const reading = counted === history ? sinceReading(before, state) : newReading(state);
    const speed = toKnownSpeed(before, target, left, counted);
    return {
      ...listed,
      at,
      account,
      ...toAccountAt(left),
      history: counted,
      reading,
      ...toShownQuota(state),
      ...speed,
    };
  }
  const { user } = state.account;
  const now = historyAfter(input);
  if (now === null || user === null) {
    if (target.service.refs['flvx_user_id'] === undefined) return { at, ...listed, account: null, history: null };
    // The journal goes on from the stored instant; only the list that was believed is new.
    return before && isWhole(before) ? { ...before, ...toListed(before.at, state.listed, before) } : null;
  }
  const history = withTunnels(now.history, defaults, target, state);
  const { closedByHold: _before, ...stored } = storedHistory(history);
  const closedByHold = listClosedByHold(target, listOwnPermissions(state.account));
  const kept: StoredHistory = {
    ...stored,
    forwards: withFresh(stored.forwards, target.recent, at),
    ...(closedByHold.length > 0 && { closedByHold }),
    ownQuota: history.ownQuota || user.quota === toPanelQuota(target),
    uncountedBytes: uncountedBytes(target),
  };
  return {
    at,
    ...listed,
    account: withSpeeds(accountView(url, target, state, { before: before?.account ?? null, history }), state),
    ...toAccountAt(left),
    reading: isDeepStrictEqual(kept, before?.history) ? sinceReading(before, state) : newReading(state),
    history: kept,
    ...toShownQuota(state),
    ...toKnownSpeed(before, target, left, kept),
  };
}

type TimedReading = NonNullable<FlvxCheckpoint['reading']>;

function newReading({ account: { forwardsAt, at, clockAhead } }: ServiceObservation): TimedReading {
  return { from: forwardsAt, until: at, clockAhead };
}

/** Returns the reading since which nothing has changed: a poll that finds all as it was has nothing to store. */
function sinceReading(before: Partial<FlvxCheckpoint> | null, state: ServiceObservation): TimedReading {
  const { reading = null } = before ?? {};
  return reading !== null && toReading(before, state.account) !== null ? reading : newReading(state);
}

function toAccountAt({ readAt }: TimedObservation): Pick<FlvxCheckpoint, 'accountAt'> {
  return readAt === undefined ? {} : { accountAt: readAt };
}

/** Nodes report traffic up to 10 s late. */
const LATEST_TRAFFIC_MS = 15_000;

/** Marks forwards that were read so soon after their pause that their nodes may yet report traffic from before it. */
function withFresh(
  forwards: StoredHistory['forwards'],
  recent: readonly ActionRecord[],
  at: string,
): StoredHistory['forwards'] {
  const pauses = recent.filter((row) => {
    if (row.type !== 'pause-forward' || row.calledAt === null || parsePayload(row)?.late === true) return false;
    return Date.parse(at) - Date.parse(row.endedAt ?? row.calledAt) < LATEST_TRAFFIC_MS;
  });
  const marked = pauses.flatMap(({ target }): [string, StoredHistory['forwards'][string]][] => {
    const seen = forwards[target];
    return seen === undefined || seen.status === 1 ? [] : [[target, { ...seen, fresh: true }]];
  });
  return marked.length === 0 ? forwards : { ...forwards, ...Object.fromEntries(marked) };
}

function toShownQuota({ account }: ServiceObservation): Pick<FlvxCheckpoint, 'quota'> {
  const quota = findQuota(account);
  return quota === null ? {} : { quota };
}

/**
 * Returns the history after a run's own steps. Conclusions from the observation before them stay: judged again after the steps, a
 * forward that the customer paused would be mistaken for the last one that the panel stopped.
 */
function historyAfter({ target, planned, paused, left: { state: left } }: CheckpointInput): ObservedHistory | null {
  const past = { ...toPast(target, left), paused };
  if (planned === null || planned === left) return observeHistory(left.account, past);
  // Includes all rows of the run: writes of earlier rounds show what the panel had stopped.
  const before = observeHistory(planned.account, { ...toPast(target, planned), paused });
  if (before === null) return observeHistory(left.account, past);
  const run = target.recent.at(-1)?.run;
  const records = toStepRecords(target.recent.filter((row) => row.run === run));
  const [changes, reading] = [withoutStarts(left, planned), newReading(planned)];
  return observeHistory(left.account, { ...past, last: before.history, records, changes, reading });
}

/** Returns when forwards were last written to, without those that were paused after that was read: it is when they were started. */
function withoutStarts({ account, changes }: ServiceObservation, planned: ServiceObservation): Past['changes'] {
  const ran = new Set(planned.account.forwards.flatMap(({ id, status }) => (status === 1 ? [id] : [])));
  const isOld = ({ id, status }: FlvxForward): boolean => status !== 1 && ran.has(id);
  const old = new Set(account.forwards.filter(isOld).map(({ id }) => id));
  return changes === null || old.size === 0 ? changes : new Map([...changes].filter(([id]) => !old.has(id)));
}

/** Whether a poll can skip planning for an account. Pure. */
export function isUnchanged(target: TargetState, state: ServiceObservation): boolean {
  return unchangedAccount(target, state) !== null;
}

/** Fast path: unchanged, compliant accounts skip planning. Null for all others. */
function unchangedAccount(
  target: TargetState,
  { account, partial, sharers }: ServiceObservation,
): { user: FlvxUser; history: StoredHistory } | null {
  const { user } = account;
  if (!partial || user === null || target.scope !== 'poll' || sharers.length + target.sharers.length > 0) return null;
  if (target.holds.length + target.evidence.length + target.recent.length > 0) return null;
  const history = parseHistory(target.checkpoint);
  const quota = toPanelQuota(target);
  const isOpen = (row: FlvxUser | FlvxPermission): boolean =>
    row.status === 1 && (quota === null || row.quota === quota) && !isUsedUp(row, account.at);
  if (isReplaced(target.service, user, target.checkpoint)) return null;
  if (history?.userId !== user.id || !hasNothingPending(history) || !isOpen(user)) return null;
  const asBefore =
    account.permissions.every((row) => row.userId === user.id && isOpen(row)) &&
    account.forwards.every((row) => row.userId === user.id && isUnchangedForward(history, row));
  return asBefore && isWithinLimits(target, history, account.forwards.length) ? { user, history } : null;
}

/** Whether no reset is due, and the number of forwards is within the product's. */
function isWithinLimits(target: TargetState, history: StoredHistory, forwards: number): boolean {
  const { resetDay, enforceMaxForwards, maxForwards } = toFlvxProduct(target.product);
  const isReset = resetDay !== 0 || history.resetCycle === findCycleId(target) || showsOthers(target) === false;
  return isReset && (!enforceMaxForwards || forwards <= maxForwards);
}

/** Whether the stored view of the account is still correct. */
function isCurrentView({ name, expiresAt }: FlvxUser, view: AccountView): boolean {
  return view.username === name && view.expiresAt === toIso(expiresAt);
}

/** Whether nodes of an account are not known: runs that change nothing do not read them by themselves. */
export function lacksNodes(account: AccountView | null | undefined): boolean {
  return account?.tunnels.some(({ nodes }) => nodes.length === 0) === true;
}

/** Returns the view with the nodes that it lacks. */
function withNodes(account: AccountView, known: TunnelNodes | null): AccountView {
  if (known === null || !lacksNodes(account)) return account;
  const tunnels = account.tunnels.map((one) => (one.nodes.length > 0 ? one : { ...one, ...known.get(one.id) }));
  return { ...account, tunnels };
}
