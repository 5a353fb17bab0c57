import type { AgentUserRecord } from '@sluice/quota-core';
import { type CountedReading, type Counters, ledgerKey, type LedgerStep, stepLedger } from '@sluice/quota-core/agents';
import type { HiddifyUser } from '../client/records.js';
import { growthOver, type LedgerInterval, resetSince, type Zeroing } from './counter.js';
import { isKnownReset, stepFall } from './falls.js';
import { usedBefore } from './newcomers.js';
import { findOnlineSpan, type OnlineSpan, wasOnline } from './rewritten.js';

/**
 * Charges the growth of each user of a list, as `stepLedger`. After a reset the whole figure counts; a fall that no known reset explains
 * has to be confirmed first (see `stepFall`). A rise back to a figure that Sluice had zeroed is old usage.
 *
 * @param gone keys of missing users that the panel does not have
 */
export function chargeList(
  known: Iterable<AgentUserRecord>,
  users: readonly HiddifyUser[],
  interval: LedgerInterval,
  gone: ReadonlySet<string> = new Set(),
): LedgerStep {
  const zeroings = groupZeroings(interval.zeroings);
  const online = findOnlineSpan(users, interval);
  const counters: Counters<HiddifyUser> = {
    count: (entry, user) => countReading(entry, user, { ...interval, online }, zeroings),
    isDue: (entry, user) => zeroings.has(entry.uuid ?? '') || wasOnline(user, online),
    findOld: (unknown, highestId) => usedBefore(unknown, { ...interval, highestId }),
  };
  const { panel, at, falls, left } = interval;
  return stepLedger(known, { panel, at, users, gone, falls, left }, counters);
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
  const nowBytes = user.odd?.usedBytes ?? user.usedBytes;
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

/** Returns the plain growth of known users, by their keys. */
export function listGrowth(
  users: readonly HiddifyUser[],
  entries: readonly AgentUserRecord[],
  interval: LedgerInterval,
): Map<string, number> {
  if (interval.before === null) return new Map();
  const known = new Map(entries.map((entry) => [entry.key, entry]));
  const zeroed = new Set(interval.zeroings.map(({ uuid }) => uuid));
  const growth = new Map<string, number>();
  for (const user of users) {
    const entry = known.get(ledgerKey(user));
    if (entry === undefined || entry.missingSince !== null || zeroed.has(user.uuid ?? '')) continue;
    if (isReset(user, entry, interval)) continue;
    const bytes = user.usedBytes - Math.max(0, entry.lastBytes);
    if (bytes > 0) growth.set(entry.key, bytes);
  }
  return growth;
}

/** Returns whether the panel may have reset the user since the list before. */
function isReset(user: HiddifyUser, { resetDate }: AgentUserRecord, { before, timeZone }: LedgerInterval): boolean {
  return before !== null && resetSince(user, before.until, timeZone, resetDate ?? undefined) !== false;
}
