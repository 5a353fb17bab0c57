import type { EventData, NoticeData } from '@sluice/contract/documents';
import type { NoticeRecord, ServiceRecord } from '@sluice/state-store';
import { RESERVED } from '../../base/config/find-entry.js';
import { type NoticeEvent, toEvent } from '../../base/notice-events.js';
import type { Context } from '../../context/context.js';
import { NO_DATA } from '../../kernel/run/notice-data.js';
import { OWN_CAUSES } from './client-words.js';
import type { NotifySettings } from '../../base/config/notify-schema.js';
import { findLink } from './message-link.js';

/** A notice, and for whom its data is. */
interface DataRequest {
  notice: Pick<NoticeRecord, 'code' | 'data'>;
  service: ServiceRecord | undefined;
  /** Whose the service was at the time of the notice. */
  client: string | null;
  settings: Pick<NotifySettings, 'for' | 'link'>;
}

type Data = NoticeData & Record<string, unknown>;
type More<Event extends NoticeEvent> = Omit<EventData<Event>, keyof NoticeData>;

/**
 * Returns the data of a notice as webhooks and programs read it: what was stored with it, without what is not its reader's, and what its
 * event has besides (`webhooks` of the contract). Of a notice of an earlier version nothing is known. Reads nothing.
 */
export function toEventData(context: Context, of: DataRequest): Data {
  const { notice, client } = of;
  const event = toEvent(notice.code);
  const unknown = event === null || !(event in UNKNOWN) ? {} : UNKNOWN[event as keyof typeof UNKNOWN];
  const data = { ...NO_DATA, ...unknown, ...ANSWERS[notice.code], ...(notice.data as Partial<Data> | null) };
  // A client may have been merged into another one since.
  const known: Data = { ...data, ...(of.service !== undefined && { client }), link: findLink(context, of) };
  return of.settings.for === 'client' ? { ...known, ...withoutProvider(event, known) } : known;
}

/** What events have besides the figures, where nothing is known of it. */
const UNKNOWN: { readonly [Event in NoticeEvent as keyof More<Event> extends never ? never : Event]: More<Event> } = {
  threshold: { reached: null, agent: null },
  hold: { reason: null },
  purchase: { purchase: null, status: null, late: null, invoice: null, invoiceUrl: null },
  'auto-buy-refused': { cause: null, credit: null, packages: null, cost: null },
  'panel-unreachable': { answers: false, since: null },
  brake: { subjects: null, since: null, changing: null, active: null },
  digest: { day: null, events: [], runs: null, failedRuns: null, needs: [] },
};

/** Codes that say by themselves that a panel answers. */
const ANSWERS: Readonly<Record<string, { answers: true }>> = {
  panel_reachable: { answers: true },
  panel_decided: { answers: true },
};

/** Reasons besides the quota and limits that a client may read, without what staff noted of them. */
const SAID_TO_CLIENTS: readonly string[] = ['quota', 'billing', 'manual'];

/** A client reads of no hold that is his reseller's, and of no cause that is the provider's. */
function withoutProvider(event: NoticeEvent | null, data: Data): Record<string, unknown> {
  if (event === 'hold') {
    const { reason } = data as Data & More<'hold'>;
    const isOwn = reason !== null && (SAID_TO_CLIENTS.includes(reason) || !RESERVED.includes(reason));
    return { reason: isOwn ? reason : null };
  }
  if (event !== 'auto-buy-refused') return {};
  const { cause } = data as Data & More<'auto-buy-refused'>;
  return { cause: cause !== null && OWN_CAUSES.includes(cause) ? cause : null };
}
