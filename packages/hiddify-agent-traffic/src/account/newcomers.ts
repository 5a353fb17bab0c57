import { addBytes, toLocalDate } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { type EarlierList, type LedgerInterval, MIDNIGHT_MARGIN_MS } from './counter.js';

/** A line of 1 Gbit/s: the new users of one agent use no more, all of them together. */
const BYTES_PER_SECOND = 125_000_000;

/** The panel's task counts once a minute. */
const SHORTEST_MS = 60_000;

const DAY_MS = 86_400_000;

/** The time in which users appeared. */
interface Appearance extends Omit<LedgerInterval, 'zeroings'> {
  /** The highest number of a user that was known until then. */
  highestId: number;
}

/**
 * Returns the new users whose usage is from before they appeared: they were moved here from where no list shows them, restored
 * from a backup, taken over from another panel, or created again with their old figure. They are those
 * - whose number is not above all known ones: the panel numbers users upwards and uses no number twice;
 * - whose first day or last time online is before the last list (the first day by a whole day, since the panel's zone may be
 *   another one);
 * - that show a usage and were never online;
 * - that show more than a line of 1 Gbit/s carries since the last list, alone or with all others that appeared under the same
 *   agent.
 *
 * Anyone who creates a user may write all of this into it: an agent that does gains what the user uses until the next list, as it
 * does by deleting a user between two lists. The day of the last reset proves nothing: a new user gets one when it is created.
 * Users that Sluice created, and all users of the first list, are not among them.
 */
export function usedBefore(users: readonly HiddifyUser[], appearance: Appearance): Set<HiddifyUser> {
  const { at, before, created } = appearance;
  const found = new Set<HiddifyUser>();
  if (before === null) return found;
  const seconds = Math.max(SHORTEST_MS, Date.parse(at) - Date.parse(before.at)) / 1000;
  const most = seconds * BYTES_PER_SECOND;
  const byOwner = new Map<string | null, HiddifyUser[]>();
  for (const user of users) {
    if (user.usedBytes <= 0 || created.has(user.uuid ?? '')) continue;
    const own = byOwner.get(user.owner);
    if (user.usedBytes > most || showsEarlierUse(user, before, appearance)) found.add(user);
    else if (own === undefined) byOwner.set(user.owner, [user]);
    else own.push(user);
  }
  for (const own of byOwner.values()) {
    const sum = own.reduce((bytes, { usedBytes }) => addBytes(bytes, usedBytes), 0);
    if (sum > most) for (const user of own) found.add(user);
  }
  return found;
}

function showsEarlierUse(
  { id, startDate, lastOnline }: HiddifyUser,
  before: EarlierList,
  { highestId, timeZone }: Appearance,
): boolean {
  if (id <= highestId) return true;
  const toDay = (marginMs: number): string =>
    toLocalDate(new Date(Date.parse(before.at) - marginMs).toISOString(), timeZone);
  const dayBefore = toDay(DAY_MS);
  if (lastOnline === null) return startDate === null || startDate < dayBefore;
  if (lastOnline.slice(0, 10) < toDay(MIDNIGHT_MARGIN_MS)) return true;
  return startDate !== null && startDate < dayBefore;
}
