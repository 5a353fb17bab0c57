import type { HiddifyUser } from '../client/records.js';
import { growthOver, type LedgerInterval, resetSince, type Zeroing } from './counter.js';
import { type CountedReading, isKnownReset, stepFall } from './falls.js';
import { usedBefore } from './newcomers.js';
import { findOnlineSpan, type OnlineSpan, wasOnline } from './rewritten.js';
import { addBytes, type AgentFall, type AgentUserRecord } from '@sluice/quota-core';
import { countGrowth } from '@sluice/quota-core/agents';

/** The ledger after one list. */
export interface LedgerStep {
  /** Entries that are new or changed. */
  changed: AgentUserRecord[];
  /** Keys that another entry has replaced, or whose users are gone for long. */
  removed: string[];
  /** Every entry, by key. */
  entries: Map<string, AgentUserRecord>;
  /** Keys of users whose figure of this list is left to the next one; that of before is in their entries. */
  uncounted: Set<string>;
  /** Bytes used since the list before, by the owner that is charged. */
  growth: Map<string, number>;
  /** Entries of users that are missing now and not known to be gone. */
  missing: AgentUserRecord[];
  /** Falls of counters that wait for a second reading, and those that this list has confirmed. */
  falls: AgentFall[];
}

/** Entries of users that are gone are kept this long, so that a restored backup charges nothing twice. */
const KEEP_GONE_MS = 90 * 86_400_000;

/** Returns the ledger's key of a user: its uuid, or its number in the database where it has none. */
export function ledgerKey(user: { uuid: string | null; id: number }): string {
  return user.uuid ?? `#${user.id}`;
}

/** Returns the usage as the panel stores it; growth is counted from a negative one too. */
function rawUsage(user: HiddifyUser): number {
  return user.odd?.usedBytes ?? user.usedBytes;
}

/**
 * Charges the growth of each user to its present owner. Resets, deletions and moves never lower what was charged; the same list
 * again charges nothing.
 *
 * A user whose uuid was changed is recognised by its number in the database, but only from one list to the next: after a restored
 * backup the numbers mean other users. After a reset the whole figure counts; a fall that no known reset explains has to be
 * confirmed first (see `stepFall`). A rise back to a figure that Sluice had zeroed is old usage. A new user counts in full, unless
 * what it shows was used before it appeared (see `usedBefore`): then it counts from now on.
 *
 * @param users the whole list, and hidden users that were read one by one
 * @param gone keys of missing users that the panel does not have
 */
export function stepLedger(
  known: Iterable<AgentUserRecord>,
  users: readonly HiddifyUser[],
  interval: LedgerInterval,
  gone: ReadonlySet<string> = new Set(),
): LedgerStep {
  const entries = new Map<string, AgentUserRecord>();
  let highestId = 0;
  for (const entry of known) {
    entries.set(entry.key, entry);
    highestId = Math.max(highestId, entry.panelId);
  }
  const lists = { changed: [], removed: [], missing: [], falls: [] };
  const step: LedgerStep = { ...lists, entries, uncounted: new Set(), growth: new Map() };
  const zeroings = groupZeroings(interval.zeroings);
  const online = findOnlineSpan(users, interval);
  const counted = { ...interval, online };
  const seen = new Set<string>();
  const strangers: HiddifyUser[] = [];
  for (const user of users) {
    const key = ledgerKey(user);
    seen.add(key);
    const entry = entries.get(key);
    if (interval.left?.has(key) === true) {
      step.uncounted.add(key);
      continue;
    }
    if (entry === undefined) strangers.push(user);
    else if (!isSame(entry, user, rawUsage(user)) || zeroings.has(entry.uuid ?? '') || wasOnline(user, online))
      updateEntry(step, entry, user, countReading(entry, user, counted, zeroings));
  }
  if (strangers.length > 0) {
    const justMissing = new Map<number, AgentUserRecord>();
    for (const entry of entries.values()) {
      if (entry.missingSince === null && !seen.has(entry.key)) justMissing.set(entry.panelId, entry);
    }
    const unknown = strangers.filter(({ id }) => !justMissing.has(id));
    const old = usedBefore(unknown, { ...interval, highestId });
    for (const user of strangers) {
      const former = justMissing.get(user.id);
      if (former === undefined) addEntry(step, user, interval, old.has(user));
      else {
        entries.delete(former.key);
        step.removed.push(former.key);
        const renamed = { ...former, key: ledgerKey(user), uuid: user.uuid };
        updateEntry(step, renamed, user, countReading({ ...former, uuid: user.uuid }, user, counted, zeroings));
      }
    }
  }
  markMissing(step, seen, gone, interval);
  for (const key of step.removed) entries.delete(key);
  return step;
}

type ZeroingsByUser = ReadonlyMap<string, readonly Zeroing[]>;

function groupZeroings(zeroings: readonly Zeroing[]): ZeroingsByUser {
  const groups = new Map<string, Zeroing[]>();
  for (const zeroing of zeroings) groups.set(zeroing.uuid, [...(groups.get(zeroing.uuid) ?? []), zeroing]);
  return groups;
}

function countReading(
  entry: AgentUserRecord,
  user: HiddifyUser,
  interval: LedgerInterval & { online: OnlineSpan | null },
  zeroings: ZeroingsByUser,
): CountedReading {
  const { before: last, at, timeZone, falls, waiting, run, online } = interval;
  const nowBytes = rawUsage(user);
  const { missingSince, lastBytes, resetDate } = entry;
  const before = last === null || missingSince === null ? last : { at: missingSince, until: missingSince };
  if (before !== null && resetSince(user, before.until, timeZone, resetDate ?? undefined) === 'certain')
    return { growthBytes: Math.max(0, nowBytes), lastBytes: nowBytes };
  const own = zeroings.get(entry.uuid ?? '') ?? [];
  const span = { lastBytes, nowBytes, before, at, zeroings: own, lastOnline: user.lastOnline, timeZone };
  const isFall = nowBytes < lastBytes;
  const isStill = nowBytes === lastBytes && missingSince === null && wasOnline(user, online);
  if ((!isFall && !isStill) || !waiting.has(user.owner ?? '') || isKnownReset(user, entry, span))
    return { growthBytes: growthOver(span), lastBytes: nowBytes };
  const shown = { key: ledgerKey(user), name: user.name };
  if (isFall) return stepFall({ ...shown, lastBytes, nowBytes }, falls.get(entry.key), interval);
  const confirmed = { at, chargedBytes: 0 };
  const standstill = { ...shown, at, run, fromBytes: lastBytes, toBytes: nowBytes, confirmed };
  return { growthBytes: 0, lastBytes, confirmed: standstill };
}

/** Stores what a known user shows now; nothing where nothing of it has changed. */
function updateEntry(step: LedgerStep, entry: AgentUserRecord, user: HiddifyUser, counted: CountedReading): void {
  const { growthBytes, lastBytes, fall, confirmed } = counted;
  charge(step, user.owner, growthBytes);
  if (lastBytes !== rawUsage(user)) step.uncounted.add(ledgerKey(user));
  for (const each of [fall, confirmed]) if (each !== undefined) step.falls.push(each);
  const { panel, key, uuid, firstSeenAt } = entry;
  if (isSame(entry, user, lastBytes) && growthBytes === 0 && step.entries.has(key)) return;
  put(step, { totalBytes: entry.totalBytes + growthBytes, firstSeenAt, ...toEntry(panel, user), lastBytes, key, uuid });
}

/** Returns whether an entry already says what is known of its user. */
function isSame(entry: AgentUserRecord, user: HiddifyUser, lastBytes: number): boolean {
  return (
    lastBytes === entry.lastBytes &&
    user.owner === entry.owner &&
    user.limitBytes === entry.limitBytes &&
    user.id === entry.panelId &&
    user.lastResetDate === entry.resetDate &&
    entry.missingSince === null &&
    !entry.gone
  );
}

function addEntry(step: LedgerStep, user: HiddifyUser, { panel, at }: LedgerInterval, isOld: boolean): void {
  const totalBytes = isOld ? 0 : countGrowth(0, rawUsage(user));
  charge(step, user.owner, totalBytes);
  put(step, { totalBytes, firstSeenAt: at, ...toEntry(panel, user) });
}

function toEntry(panel: string, user: HiddifyUser): Omit<AgentUserRecord, 'totalBytes' | 'firstSeenAt'> {
  return {
    panel,
    key: ledgerKey(user),
    uuid: user.uuid,
    panelId: user.id,
    owner: user.owner,
    lastBytes: rawUsage(user),
    limitBytes: user.limitBytes,
    resetDate: user.lastResetDate,
    missingSince: null,
    gone: false,
  };
}

/** Marks the entries of users that are not in the list as missing, and removes those of users that are gone for long. */
function markMissing(
  step: LedgerStep,
  seen: ReadonlySet<string>,
  gone: ReadonlySet<string>,
  { at, falls }: LedgerInterval,
): void {
  for (const entry of step.entries.values()) {
    if (seen.has(entry.key)) continue;
    if (entry.gone) {
      if (Date.parse(at) - Date.parse(entry.missingSince ?? at) > KEEP_GONE_MS) step.removed.push(entry.key);
      continue;
    }
    const next = { ...entry, missingSince: entry.missingSince ?? at, gone: gone.has(entry.key) };
    if (next.gone || entry.missingSince === null) put(step, next);
    if (next.gone) continue;
    step.missing.push(next);
    const fall = falls.get(entry.key);
    if (fall !== undefined) step.falls.push(fall);
  }
}

function charge(step: LedgerStep, owner: string | null, bytes: number): void {
  if (owner !== null && bytes > 0) step.growth.set(owner, addBytes(step.growth.get(owner) ?? 0, bytes));
}

function put(step: LedgerStep, entry: AgentUserRecord): void {
  step.entries.set(entry.key, entry);
  step.changed.push(entry);
}
