import type { ServiceDetail, ServiceView } from '@sluice/engine';
import { describeHold, describeMark } from '@sluice/engine/words';
import type { StatusFilter } from '@sluice/quota-core';

/**
 * Returns the status of a service for people: `would be held` where a hold would begin, or `used up`, in place of `over`,
 * `(hold doubted)` where a hold began by a reading that was found impossible since, and `(stopped on the panel)`.
 */
export function describeStatus({
  status,
  wouldHold,
  doubted,
  stoppedByPanel,
}: Pick<ServiceView, 'status' | 'wouldHold'> &
  Partial<Pick<ServiceDetail, 'doubted'>> & { stoppedByPanel?: ServiceDetail['stoppedByPanel'] | true }): string {
  if ((doubted?.holds ?? []).length > 0) return `${status} (hold doubted)`;
  if (stoppedByPanel !== undefined) return `${status} (stopped on the panel)`;
  if (status !== 'over') return status;
  return wouldHold.length > 0 ? 'would be held' : 'used up';
}

/** Returns the status as `describeStatus`, with what is left to do for the holds where a list does not name them: `held (to be released)`. */
export function describeMarked(
  service: Parameters<typeof describeStatus>[0] & { holds: readonly Parameters<typeof describeMark>[0][] },
): string {
  const marks = service.status === 'held' ? service.holds.map(describeMark) : [];
  const [mark = null] = marks;
  const isSame = mark !== null && marks.every((each) => each === mark);
  return isSame ? `${describeStatus(service)} (${mark})` : describeStatus(service);
}

type AliasedService = Pick<ServiceView, 'wouldHold' | 'status' | 'error' | 'doubted' | 'holds'> &
  Partial<Pick<ServiceDetail, 'unread'>>;

/** Returns the words besides its status that find a service in a list. */
export function listAliases({ wouldHold, status, error, doubted, holds, unread }: AliasedService): StatusFilter[] {
  // A held service keeps its status when the last run could not read it.
  const isUnread =
    unread === true ||
    ['failed', 'unreadable'].includes(status) ||
    (status === 'held' && error !== null && doubted === null);
  return [
    // Where nothing of its hold is on the panel yet, it has the status of what failed.
    ...(holds.length > 0 && status !== 'held' ? (['held'] as const) : []),
    ...(wouldHold.length > 0 ? (['would-be-held'] as const) : []),
    ...(isUnread ? (['not-read'] as const) : []),
  ];
}

/** Returns the reasons of holds, with what is left to do for them, and those that would be; null for none. */
export function listReasons(holds: ServiceView['holds'], wouldHold: readonly string[]): string | null {
  const would = wouldHold.length === 0 ? [] : [`would be: ${wouldHold.join(', ')}`];
  return [...holds.map(describeHold), ...would].join(', ') || null;
}
