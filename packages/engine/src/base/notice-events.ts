import { NOTICE_EVENTS, type NoticeEvent } from '@sluice/contract';

export type { NoticeEvent };

/** What notices are about, as `notify` names it (docs/notifications.md). */
export const EVENTS = NOTICE_EVENTS;

/** Events that a client may be notified of: what happens to his own services. */
export const CLIENT_EVENTS: readonly NoticeEvent[] = ['threshold', 'hold', 'release', 'purchase', 'auto-buy-refused'];

/** Events that somebody has to see at once. */
export const URGENT_EVENTS: readonly NoticeEvent[] = ['brake', 'panel-unreachable'];

/** What an entry without `events` is notified of. */
export const DEFAULT_EVENTS: readonly NoticeEvent[] = EVENTS.filter(
  (event) => event !== 'would-change' && event !== 'digest',
);

/** The event of each notice; null: nobody is notified. Any other notice is an `attention`. */
const EVENT_OF: Readonly<Record<string, NoticeEvent | null>> = {
  threshold: 'threshold',
  agent_threshold: 'threshold',
  hold: 'hold',
  release: 'release',
  purchase: 'purchase',
  purchase_ended: 'purchase',
  auto_buy_refused: 'auto-buy-refused',
  auto_buy_ended: 'auto-buy-refused',
  panel_unreachable: 'panel-unreachable',
  panel_reachable: 'panel-unreachable',
  panel_undecided: 'panel-unreachable',
  panel_decided: 'panel-unreachable',
  drift: 'drift',
  mass_change: 'brake',
  store_moved: 'brake',
  termination_waiting: 'account',
  termination_unfinished: 'account',
  service_failed: 'account',
  usage_not_pushed: 'billing',
  fields_not_written: 'billing',
  bill_failed: 'billing',
  calls_unbilled: 'billing',
  calls_not_searched: 'billing',
  client_missing: 'billing',
  status_withheld: 'billing',
  client_merged: 'billing',
  billed_elsewhere: 'billing',
  billing_moved: 'billing',
  purchase_of_former_client: 'billing',
  purchase_without_effect: 'billing',
  would_hold: 'would-change',
  would_buy: 'would-change',
  digest: 'digest',
  changed_meanwhile: null,
  unmanaged: null,
};

/** Returns the event of a notice by its code; null where nobody is notified of it. */
export function toEvent(code: string): NoticeEvent | null {
  return Object.hasOwn(EVENT_OF, code) ? (EVENT_OF[code] ?? null) : 'attention';
}

/** The codes of notices with an event of their own, or none, for the documentation. */
export const KNOWN_CODES: readonly string[] = Object.keys(EVENT_OF);
