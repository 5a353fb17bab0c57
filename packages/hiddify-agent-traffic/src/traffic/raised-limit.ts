import type { HiddifyUser } from '../client/records.js';
import type { RaisedLimit, ReservationRecord } from './records.js';

/** The key of a user's raise: one at a time, apart from the promise that it was made with. */
export function raiseKey(user: string): string {
  return `raise:${user}`;
}

/** What a promise raises; null for that of a new user. */
export function raisedIn({ wanted }: Pick<ReservationRecord, 'wanted'>): RaisedLimit | null {
  return 'raises' in wanted ? wanted : null;
}

/** Whether the panel shows the user as the raise wanted it. */
export function isRaised(
  { limitBytes }: RaisedLimit,
  agent: string,
  user: Pick<HiddifyUser, 'owner' | 'limitBytes'>,
): boolean {
  return user.owner === agent && user.limitBytes >= limitBytes;
}
