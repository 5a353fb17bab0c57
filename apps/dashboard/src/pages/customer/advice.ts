import type { Advice, PackageView, ServiceDetail } from '@sluice/engine';
import type { DueInvoices } from '@sluice/engine/options';
import { sayAdvice, sayDue } from '@sluice/engine/words';
import { showContact } from '../../layout/brand.js';
import { address, notice, type Section, type Tone } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import type { Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { LastRead } from '../../requests/panel-reads.js';
import { invoiceAddress } from '../invoice-address.js';
import { toPrice } from '../package-columns.js';
import { toPath } from './own.js';
import type { ServiceScene } from './service-scene.js';

/** What a client reads first: what is going on, when it comes back, and the one thing to do now; `stop`: what stops it on its panel. */
export function adviceSection(scene: ServiceScene, stop: Html | null): Section | null {
  const { service, due, wording } = scene;
  const { advice } = service;
  if (advice === undefined) return null;
  const todo = due?.value?.isKnown === true ? showDue(scene, due.value) : showAction(scene.request, service, scene);
  const isContrary = stop !== null && advice.state === 'fine';
  const owesNothing = due?.failed === false && due.value?.isKnown === true && due.value.owed === null;
  const more = due === null ? null : describeDue(due, scene);
  const now = isContrary ? null : showNow(advice, { ...scene, owesNothing }, more);
  const content = html`${now}${stop} ${todo === null ? null : html`<p class="todo">${todo}</p>`}`;
  return { id: 'now', title: wording.text('advice.title'), content };
}

/** An advice in sentences; `more` follows them. */
export function showNow(
  advice: Advice,
  {
    service,
    times,
    wording,
    owesNothing = false,
  }: Pick<ServiceScene, 'service' | 'times' | 'wording'> & { owesNothing?: boolean },
  more: Part = null,
): Html {
  const [first, ...others] = sayAdvice(advice, service, {
    now: times.now,
    timeZone: times.timeZone,
    owesNothing,
  }).map((said) => wording.said(said, times));
  return html`<div class="now now-${toTone(advice)}">
    <p class="lead">${first}</p>
    ${others.length === 0 ? null : html`<p>${spaced(others)}</p>`} ${more}
  </div>`;
}

/** Returns whether a service is restricted, as a whole or in part. */
export const isRestricted = ({ restriction }: Advice): boolean => restriction === 'whole' || restriction === 'part';

/** What is to be paid, as the billing system has it now; else as it was read last, or that it can't be read. */
function describeDue({ value, at, failed }: LastRead<DueInvoices>, { wording, times }: ServiceScene): Part {
  const said = value === null ? null : sayDue(value);
  const known = said === null ? null : html`<p>${wording.said(said, times)}</p>`;
  if (!failed) return known;
  const why = wording.say('bills.unread');
  const unread = value === null ? why : wording.say('line.from', { why, at: times.full(at) });
  return html`${known}${notice('warning', unread)}`;
}

/** The way to pay what is due; where nothing is, that to the provider. */
function showDue({ request, wording }: ServiceScene, { owed }: DueInvoices): Part {
  if (owed === null) return showAsked(request, wording);
  return toButton(request, owed.url, payLabel(owed.invoice, wording));
}

/** What leads to an invoice that is to be paid; null for several, and where its number is not known. */
function payLabel(invoice: string | null, wording: Wording): Html {
  return invoice === null
    ? wording.say('todo.payAny')
    : wording.say('todo.pay', { invoice: wording.identifier(invoice) });
}

const spaced = (parts: readonly Html[]): Part[] => parts.flatMap((part, index) => (index === 0 ? [part] : [' ', part]));

/** Returns how urgent an advice is. */
export function toTone({ state, restriction, runsOut }: Advice): Tone {
  if (restriction === 'whole' || restriction === 'part') return state === 'coming-back' ? 'info' : 'bad';
  if (restriction === 'due') return 'warning';
  if (state === 'running-out' && runsOut?.latest == null) return 'info';
  if (state === 'fine') return 'good';
  if (state === 'ended' || state === 'ending') return 'quiet';
  return state === 'not-begun' || state === 'new-period' ? 'info' : 'warning';
}

const STOPPED: readonly Advice['state'][] = ['unpaid', 'suspended', 'reseller', 'stopped', 'ending', 'ended'];

/** Returns whether a service is stopped by what no traffic that is bought ends: nothing runs out, and nothing is bought by itself. */
export function isStopped({ advice }: Pick<ServiceDetail, 'advice'>): boolean {
  return advice !== undefined && advice.restriction === 'whole' && STOPPED.includes(advice.state);
}

/** What the button of an advice is worded with; `packages` are those on offer, where they are known. */
interface ActionWords {
  wording: Wording;
  packages?: readonly PackageView[];
}

/** Returns what the client can do now, as a button where that is a page; null for nothing. Other sites have their own pages for it. */
export function showAction(request: PageRequest, service: ServiceDetail, of: ActionWords): Part {
  const { id, advice } = service;
  const { wording, packages } = of;
  const action = advice?.action ?? null;
  if (action === null) return null;
  const button = (href: string | null, text: Part): Html => toButton(request, href, text);
  switch (action.do) {
    case 'buy': {
      const wanted = packages?.find((each) => each.id === action.package);
      const text =
        wanted === undefined
          ? wording.text('todo.choose')
          : wording.say('todo.buy', { package: name(wanted.name), price: toPrice(wanted, wording) });
      const own = toPath(request, id);
      return button(
        action.package === null ? `${own}#packages` : address(`${own}/buy`, { package: action.package }),
        text,
      );
    }
    case 'add-credit':
      return button(action.url, wording.text('credit.add'));
    case 'pay':
      return button(findInvoice(request, service, action), payLabel(action.invoice, wording));
    case 'ask':
      return action.url === null ? showAsked(request, wording) : button(action.url, wording.text('todo.ask'));
  }
}

function toButton({ isEmbedded }: PageRequest, href: string | null, text: Part): Html {
  return href === null || isEmbedded
    ? html`<strong>${text}</strong>`
    : html`<a class="button button-main" href="${href}" rel="noopener">${text}</a>`;
}

/** Where the invoice is that is to be paid: that of a purchase, else of calls, which the advice knows of the local ledger alone. */
function findInvoice(
  request: PageRequest,
  { purchases }: ServiceDetail,
  { invoice, url }: { invoice: string | null; url: string | null },
): string | null {
  const bought = purchases.find((each) => each.invoice === invoice);
  return invoiceAddress({ invoice, invoiceUrl: url, invoiceIn: bought?.invoiceIn ?? 'ledger' }, request) ?? url;
}

/** How the provider is asked that has no address to open. */
export function showAsked({ sluice }: PageRequest, wording: Wording): Html {
  const { contact } = sluice.config.brand;
  const ask = html`<strong>${wording.say('todo.ask')}</strong>`;
  return contact === undefined ? ask : html`${ask}: ${showContact(contact)}`;
}
