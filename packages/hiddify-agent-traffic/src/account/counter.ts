import { localDateOf, type ResetBetween, zonedMidnight } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';

/** The usage of a user that we have set to zero on the panel. */
export interface Zeroing {
  uuid: string;
  /** When the panel was called. */
  at: string;
  /** What stood there before. */
  fromBytes: number;
  /** False while the outcome of the call is not known. */
  done: boolean;
  /** It was done because the panel had written back what the zeroing before it had removed. */
  again?: boolean;
}

/** The last list that was read, as far as the order of events matters. */
export interface EarlierLook {
  /** When it was asked for. */
  at: string;
  /** When all of it had been read. */
  until: string;
}

/**
 * The panel's minute task may write back the figure that it read before a zeroing, so late at most. Of a figure that is seen
 * later, and was not seen in between, all was used since: unless the panel shows that the user was not online since then.
 */
export const WRITE_BACK_MS = 6 * 3_600_000;

/** A zeroing of less is not worth a doubt: what the panel might write back is lost in the noise. */
const WORTH_CHECKING = 16 * 1024 ** 2;

/** What a counter shows after a zeroing. */
export interface LookAfterZeroing {
  /** When the list was asked for. */
  at: string;
  usedBytes: number;
  /** The panel's word of when the user was last online, with the zone that it is in; absent or null: not known. */
  lastOnline?: string | null;
  timeZone?: string;
}

/**
 * What a look says of a zeroing. `held`: all that the counter shows was used since. `open`: nothing was used since, and the
 * old figure may still be written back. `undone`: the old figure is there again, and only what is above it was used since.
 * `unclear`: by its size it may be the old figure, but it is seen too late for that to be assumed: all of it counts.
 */
export type ZeroingState = 'held' | 'open' | 'undone' | 'unclear';

/**
 * What a look says of a zeroing that no earlier look has shown to hold: the one rule for metering and for the ledger.
 *
 * The task adds the traffic of its minute, so a figure that it wrote back stands a little above the old one. Only a counter
 * that was not seen to grow since the zeroing may be asked about: use that was counted proves that the zeroing has held. A
 * call without an answer may not have been carried out: then the old figure never went away, however long ago that was.
 */
export function judgeZeroing(zeroing: Omit<Zeroing, 'uuid' | 'again'>, look: LookAfterZeroing): ZeroingState {
  const { fromBytes, done } = zeroing;
  const { usedBytes } = look;
  if (!done && usedBytes >= fromBytes) return 'undone';
  const latest = Date.parse(zeroing.at) + WRITE_BACK_MS;
  const inTime = Date.parse(look.at) <= latest;
  if (usedBytes <= 0) return inTime ? 'open' : 'held';
  const isLikeOld = fromBytes >= WORTH_CHECKING && usedBytes >= fromBytes && usedBytes < 2 * fromBytes;
  if (!isLikeOld) return 'held';
  if (inTime) return 'undone';
  return wasOnlineAfter(look, latest) === false ? 'undone' : 'unclear';
}

/** Null where the panel does not say. By the clock of its zone; changes of that clock within a day are not minded. */
function wasOnlineAfter({ lastOnline, timeZone }: LookAfterZeroing, ms: number): boolean | null {
  if (timeZone === undefined || !/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/.test(lastOnline ?? '')) return null;
  const day = localDateOf(new Date(ms).toISOString(), timeZone);
  const sinceMidnight = ms - Date.parse(zonedMidnight(day, timeZone));
  const clock = new Date(sinceMidnight).toISOString().slice(11, 19);
  return (lastOnline ?? '').slice(0, 19) > `${day} ${clock}`;
}

/** One counter from one look to the next, and our zeroings of it. */
export interface CounterSpan {
  lastBytes: number;
  nowBytes: number;
  /** The look that showed `lastBytes`; null where there was none. */
  before: EarlierLook | null;
  /** When the list that shows `nowBytes` was asked for. */
  at: string;
  zeroings: readonly Zeroing[];
  /** As in `LookAfterZeroing`, of the list that shows `nowBytes`. */
  lastOnline?: string | null;
  timeZone?: string;
}

/** What a counter has grown by. A fall is a reset, by the panel or by hand: what it shows now was used since. */
export function growthOf(lastBytes: number, nowBytes: number): number {
  return nowBytes >= lastBytes ? nowBytes - lastBytes : Math.max(0, nowBytes);
}

/**
 * What a counter has grown by over our own zeroings. Each is a look of its own at the figure before it, and then a
 * counter at zero. A rise back to that figure is the old usage: only what is above it was used since.
 */
export function growthOver({ lastBytes, before, zeroings, ...now }: CounterSpan): number {
  const { nowBytes, at, ...online } = now;
  if (before === null || zeroings.length === 0) return growthOf(lastBytes, nowBytes);
  let growth = 0;
  let counter = lastBytes;
  let pending: Zeroing | null = null;
  for (const zeroing of [...zeroings].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const { fromBytes } = zeroing;
    if (fromBytes <= 0) continue;
    // A call near the time of a list: the figure tells which of the two the panel did first.
    const inList = (bytes: number): boolean => bytes * 2 < fromBytes;
    if (zeroing.at >= at && !inList(nowBytes)) continue;
    if (zeroing.at < before.at || (zeroing.at <= before.until && inList(lastBytes))) {
      if (judgeZeroing(zeroing, { at: before.at, usedBytes: lastBytes }) === 'open') pending = zeroing;
      continue;
    }
    growth += riseOf(counter, pending, { at: zeroing.at, usedBytes: fromBytes }, zeroing.again);
    counter = 0;
    pending = zeroing;
  }
  return growth + riseOf(counter, pending, { at, usedBytes: nowBytes, ...online });
}

function riseOf(counter: number, pending: Zeroing | null, look: LookAfterZeroing, isKnownOld = false): number {
  const { usedBytes } = look;
  if (pending === null || usedBytes < pending.fromBytes) return growthOf(counter, usedBytes);
  const isOld = isKnownOld || judgeZeroing(pending, look) === 'undone';
  return isOld ? usedBytes - pending.fromBytes : growthOf(counter, usedBytes);
}

/** A list takes a while to read, and the panel's clock may be off by this much: near midnight the day is not sure. */
const MIDNIGHT_MARGIN_MS = 300_000;

const DAY_MS = 86_400_000;

/**
 * Whether the panel itself has reset a user since an earlier look.
 *
 * The panel states only the local day of the last reset, without its zone. A day after that of the look is certain if it
 * is another than the look showed (`shown`). Where that is not known, the day has to lie two days after the look: less
 * may be the difference of two zones, and the reset one that was counted before. On the same day the reset may have come
 * before the look or after it. A user that the panel never resets keeps the day it was made on.
 */
export function resetSince(
  { mode, lastResetDate }: Pick<HiddifyUser, 'mode' | 'lastResetDate'>,
  lookedAt: string,
  timeZone: string,
  shown?: string | null,
): ResetBetween {
  if (mode === 'no_reset' || lastResetDate === null) return false;
  if (shown !== undefined && shown === lastResetDate) return lastResetDate >= localDateOf(lookedAt, timeZone);
  const margin = shown === undefined ? DAY_MS : MIDNIGHT_MARGIN_MS;
  const late = new Date(Date.parse(lookedAt) + margin).toISOString();
  if (lastResetDate > localDateOf(late, timeZone)) return 'certain';
  return lastResetDate >= localDateOf(lookedAt, timeZone);
}
