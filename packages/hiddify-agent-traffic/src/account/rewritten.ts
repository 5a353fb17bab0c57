import type { AgentFall } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { type LedgerInterval, toPanelTime } from './counter.js';

/** The clocks of Sluice and of the panel may differ by this much. */
const CLOCK_MARGIN_MS = 120_000;

/** The panel's minute task has seen a user so lately that is online when the list is read. */
const ONLINE_NOW_MS = 180_000;

/** The time between two lists by the panel's clock. */
export interface OnlineSpan {
  after: string;
  until: string;
}

/**
 * Returns the time between two lists by the panel's clock; null where this list does not show that the panel's clock has the zone of
 * the config: several users have to be online now by it, and more than were online later than now.
 */
export function findOnlineSpan(
  users: readonly Pick<HiddifyUser, 'lastOnline'>[],
  { before, at, timeZone, run }: Pick<LedgerInterval, 'before' | 'at' | 'timeZone' | 'run'>,
): OnlineSpan | null {
  if (before === null || run === null) return null;
  const recent = toPanelTime(Date.parse(at) - ONLINE_NOW_MS, timeZone);
  const until = toPanelTime(Date.parse(at) + CLOCK_MARGIN_MS, timeZone);
  let [now, later] = [0, 0];
  for (const { lastOnline } of users) {
    if (lastOnline === null) continue;
    if (lastOnline > until) later += 1;
    else if (lastOnline > recent) now += 1;
  }
  if (now < 2 || now <= later) return null;
  return { after: toPanelTime(Date.parse(before.until) + CLOCK_MARGIN_MS, timeZone), until };
}

/** Returns whether the panel has counted traffic of a user between two lists: it moves the last time online with the counter alone. */
export function wasOnline({ lastOnline }: Pick<HiddifyUser, 'lastOnline'>, span: OnlineSpan | null): boolean {
  return span !== null && lastOnline !== null && lastOnline > span.after && lastOnline <= span.until;
}

/** Returns whether this is not a fall: the counter stood still although its user was online, so that somebody has written it. */
export function isStandstill({ fromBytes, toBytes }: AgentFall): boolean {
  return fromBytes === toBytes;
}
