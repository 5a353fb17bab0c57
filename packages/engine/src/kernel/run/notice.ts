import { printable } from '@sluice/panel-http/printable';
import type { Plan } from '@sluice/panel-kind';
import { describeReason } from '@sluice/quota-core';
import type { HoldRecord, NoticeRecord, ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { listLastingHolds } from '../subject/holds.js';
import type { Applied } from '../subject/stages.js';

/** A notice for the operator; each is reported once per key. */
export interface Notice {
  code: string;
  key: string;
  panel: string | null;
  service: string | null;
  message: string;
}

/** Returns a notice about a service, whose key begins with its code and the service. */
export function serviceNotice(
  { id, panel }: Pick<ServiceRecord, 'id' | 'panel'>,
  code: string,
  message: string,
  ...key: (string | number)[]
): Notice {
  return { code, key: [code, id, ...key].join(':'), panel, service: id, message };
}

/** Returns the notices of a plan. */
export function planNotices({ service }: Pick<Applied, 'service'>, plan: Pick<Plan, 'notices'> | null): Notice[] {
  const { id, panel } = service;
  return (plan?.notices ?? []).map(({ code, key, message }) => ({ code, key, message, panel, service: id }));
}

/** Code of the notice of a hold that has ended while its restriction could not be undone yet. */
const RELEASE_PENDING = 'release_pending';

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

/** Returns notices as rows, each message on one line; the store skips known keys. */
export function noticeRows(context: Context, run: string, notices: Notice[]): NoticeRecord[] {
  const at = context.now();
  return notices.map((notice) => ({
    id: context.id('note'),
    run,
    at,
    ...notice,
    message: printable(notice.message),
  }));
}
