import { printable } from '@sluice/panel-http/printable';
import type { Plan } from '@sluice/panel-kind';
import type { NoticeRecord, ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
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
