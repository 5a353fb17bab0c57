import type { Key } from '@sluice/messages';
import { html, type Part } from '../../layout/html.js';
import { invoiceLink, listPending, payLink } from '../purchase-state.js';
import type { ServiceScene } from './service-scene.js';
import { showReasons } from './usage.js';

/** What the last form did, by the query of the page that it leads to. */
const DONE: ReadonlyMap<string, Key & `done.${string}`> = new Map([
  ['cancelled', 'done.cancelled'],
  ['refunded', 'done.refunded'],
  ['refunding', 'done.refunding'],
  ['auto-buy', 'done.autoBuy'],
  ['destination', 'done.destination'],
  ['caller-id', 'done.callerId'],
  ['password', 'done.password'],
  ['password-in-doubt', 'done.passwordInDoubt'],
] as const);

type Writing = Pick<ServiceScene, 'service' | 'times' | 'wording' | 'request'>;

/** What leads to a page after a purchase that is paid. */
const BOUGHT: readonly string[] = ['bought', 'bought-later', 'online', 'still-restricted'];

/** Returns what the last form did: of a purchase, what it changed of the service as it is now. */
export function doneText(word: string, scene: Writing): Part | undefined {
  const { service, wording } = scene;
  if (BOUGHT.includes(word)) return html`${boughtText(word, scene)} ${invoiceText(scene)}`;
  const key = DONE.get(word);
  if (key !== undefined) return wording.saidText({ key });
  if (word !== 'ordered') return undefined;
  const waiting = listPending(service).findLast(({ invoice }) => invoice !== null);
  return waiting === undefined
    ? wording.say('done.ordered')
    : wording.say('done.orderedPay', { pay: payLink(waiting, { ...scene.request, wording }) });
}

function boughtText(word: string, scene: Writing): Part {
  const { service, wording } = scene;
  const allowed = service.allowance?.allowedBytes ?? null;
  const size = wording.bytes(allowed);
  const bought = allowed === null ? wording.say('done.bought') : wording.say('done.boughtAllowed', { size });
  if (word === 'bought') return bought;
  if (word === 'bought-later') return html`${bought} ${wording.say('done.raise')}`;
  if (service.holds.length > 0 || service.stoppedByPanel !== undefined) return html`${bought} ${afterPurchase(scene)}`;
  return allowed === null ? wording.say('done.online') : wording.say('done.onlineAllowed', { size });
}

/** The invoice of the newest purchase that is paid, as a link where its page is known. */
function invoiceText({ service: { purchases }, wording, request }: Writing): Part {
  const paid = purchases.findLast(({ status }) => status === 'paid');
  const invoice = paid === undefined ? null : invoiceLink(paid, request);
  return invoice === null ? null : wording.say('done.invoice', { invoice });
}

/** What a purchase changed of a service that is still restricted. */
function afterPurchase({ service, times, wording }: Writing): Part {
  const { holds, observing, because = [] } = service;
  if (holds.length === 0) return wording.say('done.stillStopped');
  const ended = because.filter(({ details }) => 'reason' in details);
  if (holds.every(({ releasing }) => releasing === true)) return showReasons(ended, service, { times, wording });
  const isOfTraffic = holds.every(({ reason }) => reason === 'quota');
  return wording.say(observing && isOfTraffic ? 'done.restoredLater' : 'done.stillRestricted');
}
