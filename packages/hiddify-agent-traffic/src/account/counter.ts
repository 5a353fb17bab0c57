import { type AgentFall, toLocalDate, type ResetBetween, zonedMidnight } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { countGrowth } from '@sluice/quota-core/agents';

/** Reading a list needs a while, and the panel's clock may be off by this much: near midnight the day is not certain. */
export const MIDNIGHT_MARGIN_MS = 300_000;

const DAY_MS = 86_400_000;

/**
 * The panel's minute task may write back the figure that it read before a zeroing, at most this late. A figure that is first seen
 * later counts in full, unless the panel shows that the user was not online since then.
 */
export const WRITE_BACK_MS = 6 * 3_600_000;

/** Zeroings of less are never in doubt: what the panel might write back is lost in the noise. */
const WORTH_CHECKING = 16 * 1024 ** 2;

/** A usage that Sluice has set to zero on the panel. */
export interface Zeroing {
  /** Uuid of the user. */
  uuid: string;
  /** When the panel was called. */
  at: string;
  /** The usage before it. */
  fromBytes: number;
  /** False while the outcome of the call is not known. */
  done: boolean;
  /** It repeats a zeroing that the panel had undone. */
  again?: boolean;
}

/** The list before. */
export interface EarlierList {
  /** When it was requested. */
  at: string;
  /** When all of it had been read. */
  until: string;
}

/** A counter in one list. */
interface CounterReading {
  /** When the list was requested. */
  at: string;
  usedBytes: number;
  /** When the panel says that the user was last online, in `timeZone`; absent or null: not known. */
  lastOnline?: string | null;
  timeZone?: string;
}

/** A counter from one list to the next, and Sluice's zeroings of it. */
export interface CounterSpan extends Omit<CounterReading, 'usedBytes'> {
  lastBytes: number;
  nowBytes: number;
  /** The list that showed `lastBytes`; null where there was none. */
  before: EarlierList | null;
  zeroings: readonly Zeroing[];
}

/**
 * What a reading shows of a zeroing. `held`: all that the counter shows was used since. `open`: nothing was used since, and the
 * old figure may still be written back. `undone`: the old figure is there again, and only what is above it was used since.
 * `unclear`: it may be the old figure by its size, but is seen too late to assume that: all of it counts.
 */
export type ZeroingState = 'held' | 'open' | 'undone' | 'unclear';

/**
 * Decides what a reading shows of a zeroing that no earlier reading has shown to hold. Metering and the ledger share this rule.
 *
 * The task adds the traffic of its minute, so that a figure that it wrote back is a little above the old one. Use that was counted
 * proves that a zeroing has held, so that only a counter without growth since then may be asked about. A call without an answer
 * may not have been performed: then the old figure never went away, however long ago that was.
 */
export function judgeZeroing(zeroing: Omit<Zeroing, 'uuid' | 'again'>, reading: CounterReading): ZeroingState {
  const { fromBytes, done } = zeroing;
  const { usedBytes } = reading;
  if (!done && usedBytes >= fromBytes) return 'undone';
  const latest = Date.parse(zeroing.at) + WRITE_BACK_MS;
  const inTime = Date.parse(reading.at) <= latest;
  if (usedBytes <= 0) return inTime ? 'open' : 'held';
  const isLikeOld = fromBytes >= WORTH_CHECKING && usedBytes >= fromBytes && usedBytes < 2 * fromBytes;
  if (!isLikeOld) return 'held';
  if (inTime) return 'undone';
  return wasOnlineAfter(reading, latest) === false ? 'undone' : 'unclear';
}

/** Null where the panel does not say. */
function wasOnlineAfter({ lastOnline, timeZone }: CounterReading, ms: number): boolean | null {
  if (timeZone === undefined || !/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/.test(lastOnline ?? '')) return null;
  return (lastOnline ?? '').slice(0, 19) > toPanelTime(ms, timeZone);
}

/** Returns an instant as the panel writes its times. Changes of the zone's clock within a day are ignored. */
export function toPanelTime(ms: number, timeZone: string): string {
  const day = toLocalDate(new Date(ms).toISOString(), timeZone);
  const sinceMidnight = ms - Date.parse(zonedMidnight(day, timeZone));
  return `${day} ${new Date(sinceMidnight).toISOString().slice(11, 19)}`;
}

/**
 * Returns the growth of a counter over Sluice's own zeroings. Each counts as a reading of the figure before it, and then a counter
 * at zero. A rise back to that figure is old usage: only what is above it was used since.
 */
export function growthOver(span: CounterSpan): number {
  if (span.before === null || span.zeroings.length === 0) return countGrowth(span.lastBytes, span.nowBytes);
  const { lastBytes, nowBytes, before, at, zeroings: _zeroings, ...online } = span;
  let growth = 0;
  let counter = lastBytes;
  let pending: Zeroing | null = null;
  for (const { zeroing, isBefore } of listZeroings(span, before)) {
    if (isBefore) {
      if (judgeZeroing(zeroing, { at: before.at, usedBytes: lastBytes }) === 'open') pending = zeroing;
      continue;
    }
    growth += countRise(counter, pending, { at: zeroing.at, usedBytes: zeroing.fromBytes }, zeroing.again);
    counter = 0;
    pending = zeroing;
  }
  return growth + countRise(counter, pending, { at, usedBytes: nowBytes, ...online });
}

/** Returns whether Sluice itself zeroed the counter between the two lists. */
export function isZeroed(span: CounterSpan): boolean {
  return span.before !== null && listZeroings(span, span.before).some(({ isBefore }) => !isBefore);
}

/** Returns the zeroings that this list may show, oldest first, and which of them the list before showed already. */
function listZeroings(
  { lastBytes, nowBytes, at, zeroings }: CounterSpan,
  before: EarlierList,
): { zeroing: Zeroing; isBefore: boolean }[] {
  return [...zeroings]
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .flatMap((zeroing) => {
      const { fromBytes } = zeroing;
      if (fromBytes <= 0) return [];
      // A call near the time of a list: the figure shows which of the two the panel did first.
      const isInList = (bytes: number): boolean => bytes * 2 < fromBytes;
      if (zeroing.at >= at && !isInList(nowBytes)) return [];
      const isBefore = zeroing.at < before.at || (zeroing.at <= before.until && isInList(lastBytes));
      return [{ zeroing, isBefore }];
    });
}

function countRise(counter: number, pending: Zeroing | null, reading: CounterReading, isKnownOld = false): number {
  const { usedBytes } = reading;
  if (pending === null || usedBytes < pending.fromBytes) return countGrowth(counter, usedBytes);
  const isOld = isKnownOld || judgeZeroing(pending, reading) === 'undone';
  return isOld ? usedBytes - pending.fromBytes : countGrowth(counter, usedBytes);
}

/**
 * Decides whether the panel itself has reset a user since an earlier reading.
 *
 * The panel states only the local day of the last reset, without its zone. A day after that of the reading is certain if it is
 * another than the reading showed (`shown`). Where that is not known, the day has to be two days after the reading: less may be
 * the difference of two zones, and the reset one that was counted before. On the same day the reset may have come before or after
 * the reading. A user that the panel never resets keeps the day on which it was created.
 */
export function resetSince(
  { mode, lastResetDate }: Pick<HiddifyUser, 'mode' | 'lastResetDate'>,
  readAt: string,
  timeZone: string,
  shown?: string | null,
): ResetBetween {
  if (mode === 'no_reset' || lastResetDate === null) return false;
  if (shown !== undefined && shown === lastResetDate) return lastResetDate >= toLocalDate(readAt, timeZone);
  const margin = shown === undefined ? DAY_MS : MIDNIGHT_MARGIN_MS;
  const late = new Date(Date.parse(readAt) + margin).toISOString();
  if (lastResetDate > toLocalDate(late, timeZone)) return 'certain';
  return lastResetDate >= toLocalDate(readAt, timeZone);
}

/** The time between two lists. */
export interface LedgerInterval {
  panel: string;
  /** When this list was requested. */
  at: string;
  /** The list before; null for the first one. */
  before: EarlierList | null;
  /** Sluice's own zeroings since shortly before that list. */
  zeroings: readonly Zeroing[];
  /** Uuids of users that Sluice created. */
  created: ReadonlySet<string>;
  /** Of the panel's days. */
  timeZone: string;
  /** The run that reads this list; null outside of one, which confirms no fall. */
  run: string | null;
  /** Falls that wait for a second reading, by the keys of their users. */
  falls: ReadonlyMap<string, AgentFall>;
  /** The accounts whose users' falls wait; those of others, which charge no agent, count at once. */
  waiting: ReadonlySet<string>;
  /** Keys of users whose growth is left to the next list. */
  left?: ReadonlySet<string> | undefined;
}
