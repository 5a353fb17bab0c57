import type { Key } from '@sluice/messages';
import type { Wording } from '../layout/wording.js';

/** The messages that name the events of mails to clients. */
const EVENTS: Readonly<Record<string, Key & `mails.${string}`>> = {
  threshold: 'mails.threshold',
  hold: 'mails.hold',
  release: 'mails.release',
  purchase: 'mails.purchase',
  'auto-buy-refused': 'mails.autoBuyRefused',
};

/** Returns when a client gets a mail of an event, in words. */
export function mailEventText(event: string, wording: Wording): string {
  const key = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  return key === undefined ? event : wording.saidText({ key });
}
