import { describeReason } from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import { listLastingHolds } from '../subject/holds.js';
import type { Applied } from '../subject/stages.js';
import { type Notice, serviceNotice } from './notice.js';

/** Code of the notice of a hold that has ended while its restriction could not be undone yet. */
export const RELEASE_PENDING = 'release_pending';

/** Returns the notices of holds that have ended; of one that is not undone yet, that it is to be. `describe`: why it ended. */
export function toReleaseNotices(
  work: Applied,
  ended: readonly Readonly<HoldRecord>[],
  describe: (hold: Readonly<HoldRecord>) => string,
): Notice[] {
  const { service } = work;
  const left = new Set(listLastingHolds(work).flatMap(({ id, releasing }) => (releasing === true ? [id] : [])));
  return ended.map((hold) => {
    const why = `${describeReason(hold.reason)}: ${describe(hold)}`;
    if (!left.has(hold.id)) return serviceNotice(service, 'release', `${service.id} is released (${why})`, hold.id);
    const message = `${service.id} is to be released (${why}): its restriction is still on the panel, and the next run that reaches the panel undoes it`;
    return serviceNotice(service, RELEASE_PENDING, message, hold.id);
  });
}
