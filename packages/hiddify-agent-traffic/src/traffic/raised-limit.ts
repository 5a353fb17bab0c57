import type { HiddifyUser } from '../client/records.js';
import type { RaisedLimit, ReservationRecord } from './records.js';

/** Returns the key of a user's raise: one at a time, apart from the reservation that it was made with. */
export function raiseKey(user: string): string {
  return `raise:${user}`;
}

/** Returns what a reservation raises; null for that of a new user. */
export function raisedIn({ wanted }: Pick<ReservationRecord, 'wanted'>): RaisedLimit | null {
  return typeof wanted === 'object' && wanted !== null && 'raises' in wanted ? (wanted as RaisedLimit) : null;
}

/** Returns whether the panel shows the user as the raise wanted it. */
export function isRaised(
  { limitBytes }: RaisedLimit,
  agent: string,
  user: Pick<HiddifyUser, 'owner' | 'limitBytes'>,
): boolean {
  return user.owner === agent && user.limitBytes >= limitBytes;
}
