import { staffText } from '@sluice/messages/staff';
import { describeReason } from '@sluice/quota-core';
import type { HoldRecord, ServiceRecord } from '@sluice/state-store';
import type { NamedService } from '../../base/describe-service.js';
import { type LastingHold, listLastingHolds } from '../subject/holds.js';
import type { Applied } from '../subject/stages.js';
import { saysStopped } from '../subject/to-stage.js';
import { isKnownLeft } from '../subject/used.js';
import { type Notice, serviceNotice, STOPPED_ON } from './notice.js';

/** Code of the notice of a hold that has ended while its restriction could not be undone yet. */
const RELEASE_PENDING = 'release_pending';

/** Code of the notice of a hold that has ended while another one keeps its service held. */
export const HOLD_ENDED = 'hold_ended';

/** Returns why a hold began or ended, with its reason in words. */
export function toWhyText(reason: string, why: string): string {
  return staffText('staff.why', { reason: describeReason(reason), why });
}

/**
 * Returns the notices of holds that have ended: that the service is released, or that a restriction is to be undone or another hold
 * stays. `describe`: why it ended.
 */
export function toReleaseNotices(
  work: Applied,
  ended: readonly Readonly<HoldRecord>[],
  describe: (hold: Readonly<HoldRecord>) => string,
): Notice[] {
  const { service } = work;
  const lasting = listLastingHolds(work);
  const left = new Set(lasting.flatMap(({ id, releasing }) => (releasing === true ? [id] : [])));
  const staying = describeStaying(lasting, ended);
  const toWhy = (hold: Readonly<HoldRecord>): string => toWhyText(hold.reason, describe(hold));
  if (staying === null) {
    const released = toReleased(service, { ended, toWhy });
    const isStopped = work.plan?.notices?.some(saysStopped) === true;
    return isStopped ? released.map((notice) => ({ ...notice, key: `${notice.key}${STOPPED_ON}` })) : released;
  }
  return ended.map((hold) => {
    const why = toWhy(hold);
    if (left.has(hold.id)) {
      const isKnown = isKnownLeft(work.evidence.filter((item) => item.hold === hold.id));
      const values = { service: service.id, why, next: toNext(work, isKnown) };
      const message = staffText(isKnown ? 'staff.toRelease' : 'staff.toReleaseInDoubt', values);
      return serviceNotice(service, RELEASE_PENDING, message, hold.id);
    }
    const message = staffText('staff.holdEnded', { service: service.id, why, reasons: staying });
    return serviceNotice(service, HOLD_ENDED, message, hold.id);
  });
}

/** Says what undoes the restriction of a hold that has ended. */
function toNext({ service, error, enforcement }: Applied, isKnown: boolean): string {
  if (enforcement.value === 'observe')
    return staffText('staff.next.observed', { service: service.id, panel: service.panel });
  if (error?.code === 'agent_limit') return staffText('staff.next.refused', { why: error.message });
  return staffText(isKnown ? 'staff.next.reached' : 'staff.next.known');
}

/** Returns the notice that a service is released, or would be, once for all the holds that kept it held; none without any. */
export function toReleased<T extends Pick<HoldRecord, 'id'>>(
  service: NamedService & Pick<ServiceRecord, 'panel'>,
  { ended, toWhy, isPreview = false }: { ended: readonly T[]; toWhy: (hold: T) => string; isPreview?: boolean },
): Notice[] {
  if (ended.length === 0) return [];
  const values = { service: service.id, why: ended.map(toWhy).join('; ') };
  const message = staffText(isPreview ? 'staff.wouldRelease' : 'staff.released', values);
  return [serviceNotice(service, 'release', message, ...ended.map(({ id }) => id))];
}

/** Returns the reasons of the holds that last beside those that have ended or are to end; null where there are none. */
export function describeStaying(
  lasting: readonly Pick<LastingHold, 'id' | 'reason' | 'releasing'>[],
  ended: readonly Pick<HoldRecord, 'id'>[],
): string | null {
  const ids = new Set(ended.map(({ id }) => id));
  // One that has ended lasts until it is undone.
  const staying = lasting.filter(({ id, releasing }) => releasing === true || !ids.has(id));
  const reasons = new Set(staying.map(({ reason }) => describeReason(reason)));
  return reasons.size === 0 ? null : [...reasons].join(', ');
}
