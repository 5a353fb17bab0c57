/** The usage of a user that we have set to zero on the panel. */
export interface Zeroing {
  uuid: string;
  /** When the panel was called. */
  at: string;
  /** What stood there before. */
  fromBytes: number;
  /** False while the outcome of the call is not known. */
  done: boolean;
}

/** The last list that was read, as far as the order of events matters. */
export interface EarlierLook {
  /** When it was asked for. */
  at: string;
  /** When all of it had been read. */
  until: string;
}

/**
 * The panel's minute task writes back what it read before a zeroing. After so long without any use that cannot happen any
 * more, however late the task was.
 */
export const WRITE_BACK_MS = 6 * 3_600_000;

/** A zeroing of less is not worth a doubt: what the panel might write back is lost in the noise. */
const WORTH_CHECKING = 16 * 1024 ** 2;

/**
 * Whether a counter that was zeroed shows the old figure again. The task adds the traffic of its minute, so the figure
 * stands a little above the old one. Only a counter that was not seen to grow since the zeroing may be asked about: use
 * that was counted proves that the zeroing has held.
 */
export function isWrittenBack(fromBytes: number, usedBytes: number): boolean {
  return fromBytes >= WORTH_CHECKING && usedBytes >= fromBytes && usedBytes < 2 * fromBytes;
}

/** Whether a zeroing may still be written back after a look that showed this usage. */
export function mayBeWrittenBack(zeroing: Pick<Zeroing, 'at'>, look: { at: string; usedBytes: number }): boolean {
  return look.usedBytes <= 0 && Date.parse(look.at) - Date.parse(zeroing.at) <= WRITE_BACK_MS;
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
}

/** What a counter has grown by. A fall is a reset, by the panel or by hand: what it shows now was used since. */
export function growthOf(lastBytes: number, nowBytes: number): number {
  return nowBytes >= lastBytes ? nowBytes - lastBytes : Math.max(0, nowBytes);
}

/**
 * What a counter has grown by over our own zeroings. Each is a look of its own at the figure before it, and then a
 * counter at zero. A rise back to that figure is the old usage: only what is above it was used since.
 */
export function growthOver({ lastBytes, nowBytes, before, at, zeroings }: CounterSpan): number {
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
      if (mayBeWrittenBack(zeroing, { at: before.at, usedBytes: lastBytes })) pending = zeroing;
      continue;
    }
    growth += riseOf(counter, pending, fromBytes);
    counter = 0;
    pending = zeroing;
  }
  return growth + riseOf(counter, pending, nowBytes);
}

function riseOf(counter: number, pending: Zeroing | null, bytes: number): number {
  if (pending === null) return growthOf(counter, bytes);
  const { fromBytes, done } = pending;
  // A call without an answer may not have been carried out: then the old figure never went away.
  const isOld = done ? isWrittenBack(fromBytes, bytes) : bytes >= fromBytes;
  return isOld ? bytes - fromBytes : growthOf(counter, bytes);
}
