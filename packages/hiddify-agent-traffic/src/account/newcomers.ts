import { localDateOf } from '@sluice/quota-core';
import type { EarlierLook } from './counter.js';
import type { LedgerEntry } from './records.js';
import type { HiddifyUser } from '../client/records.js';

/** A line of 1 Gbit/s: no agent's new users use more, all of them together. */
const BYTES_PER_SECOND = 125_000_000;

/** The panel's task counts once a minute. */
const SHORTEST_MS = 60_000;

const DAY_MS = 86_400_000;

/** What is known of the time in which users appeared. */
export interface Appearance {
  /** When the list that first shows them was asked for. */
  at: string;
  /** The list before; null for the first one. */
  before: EarlierLook | null;
  /** The highest number of a user that was known until then. */
  highestId: number;
  /** Uuids of users that we have made. */
  made: ReadonlySet<string>;
  /** Of the panel's days. */
  timeZone: string;
}

/**
 * Which users that were never seen show a usage from before they appeared: they were moved here from where no list shows them,
 * restored from a backup, taken over from another panel, or made again with their old figure. They are those
 * - whose number is not above all that were seen: the panel numbers users upwards and uses no number twice;
 * - whose first day or whose last time online lies before the last list (for the first day by a whole day, since the panel's
 *   zone may be another one);
 * - that show a usage and were never online;
 * - that show more than a line of 1 Gbit/s carries since the last list, alone or with all others that appeared under the same
 *   agent.
 *
 * What they have used since the last list can't be told from what they had used before. So nothing that they show is
 * certain; what they use from now on is. Anyone who makes a user may write all of this into it: an agent that does gains what
 * the user uses until the next list, which is what a user that is deleted between two lists gains it too. The day of the last
 * reset says nothing: a new user gets one when it is made. Users that we have made, and all users of the first list, are not
 * among them.
 */
export function usedBefore(users: readonly HiddifyUser[], appearance: Appearance): Set<HiddifyUser> {
  const { at, before, made } = appearance;
  const found = new Set<HiddifyUser>();
  if (before === null) return found;
  const seconds = Math.max(SHORTEST_MS, Date.parse(at) - Date.parse(before.at)) / 1000;
  const most = seconds * BYTES_PER_SECOND;
  const left = new Map<string | null, HiddifyUser[]>();
  for (const user of users) {
    if (user.usedBytes <= 0 || made.has(user.uuid ?? '')) continue;
    const own = left.get(user.owner);
    if (user.usedBytes > most || showsEarlierUse(user, before, appearance)) found.add(user);
    else if (own === undefined) left.set(user.owner, [user]);
    else own.push(user);
  }
  for (const own of left.values()) {
    const sum = own.reduce((bytes, { usedBytes }) => bytes + usedBytes, 0);
    if (sum > most) for (const user of own) found.add(user);
  }
  return found;
}

function showsEarlierUse(
  { id, startDate, lastOnline }: HiddifyUser,
  before: EarlierLook,
  { highestId, timeZone }: Appearance,
): boolean {
  if (id <= highestId) return true;
  if (lastOnline === null) return startDate === null || startDate < dayBefore(before.at, timeZone);
  if (lastOnline.slice(0, 10) < localDateOf(before.at, timeZone)) return true;
  return startDate !== null && startDate < dayBefore(before.at, timeZone);
}

function dayBefore(at: string, timeZone: string): string {
  return localDateOf(new Date(Date.parse(at) - DAY_MS).toISOString(), timeZone);
}

/** What a user showed when it appeared and nobody was charged with. */
export function unchargedBytes({ lastBytes, totalBytes }: Pick<LedgerEntry, 'lastBytes' | 'totalBytes'>): number {
  return Math.max(0, lastBytes - totalBytes);
}
