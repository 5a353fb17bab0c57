import { printable } from '@sluice/panel-http/printable';
import type { Plan } from '@sluice/panel-kind';
import type { NoticeRecord } from '@sluice/state-store';
import type { Session } from '../session.js';
import type { Work } from './work.js';

/** Something that somebody should hear of, before it is known to be new. */
export interface Notice {
  code: string;
  key: string;
  panel: string | null;
  service: string | null;
  message: string;
}

/** What a plan says of a service. */
export function planNotices({ service }: Pick<Work, 'service'>, plan: Pick<Plan, 'notices'> | undefined): Notice[] {
  const { id, panel } = service;
  return (plan?.notices ?? []).map(({ code, key, message }) => ({ code, key, message, panel, service: id }));
}

/** Rows for the store, each message one line; a notice whose key is there already is not written again. */
export function noticeRows(session: Session, run: string, notices: Notice[]): NoticeRecord[] {
  const at = session.now();
  return notices.map((notice) => ({
    id: session.id('note'),
    run,
    at,
    ...notice,
    message: printable(notice.message),
  }));
}
