import { toLocalDate } from '@sluice/quota-core';

/** Returns the bounds of a period as dates in its zone, which is named; the second one is not a part of it. */
export function describePeriod({ from, to, timeZone }: { from: string; to: string; timeZone: string }): string {
  return `${toLocalDate(from, timeZone)} to ${toLocalDate(to, timeZone)} (${timeZone})`;
}
