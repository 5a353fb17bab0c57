import type { Advice, PackageView, ServiceDetail } from '@sluice/contract/documents';
import type { Credit } from '@sluice/contract/ports';
import { compareMoney, subtractMoney } from '@sluice/quota-core';
import { isOfClient } from '../../base/is-of-client.js';
import type { PaymentTerms } from '../billing/billing-pages.js';
import type { Owed } from '../billing/due-invoices.js';
import { findFullest, findSituation, isUnread, type Moment, type Situation } from './situation.js';

/** What decides besides the service what its client can do now. */
export interface AdviceFacts extends Moment {
  /** On offer for the service, each with its effect for it. */
  packages: readonly PackageView[];
  /** Whether the reader may buy. */
  mayBuy: boolean;
  /** Null where it is not known. */
  credit: Pick<Credit, 'balance' | 'currency'> | null;
  terms: PaymentTerms;
  /** For calls; null for nothing, and where that is not known. */
  owed: Owed | null;
  /** Where the provider is asked; null where no address is known. */
  contactUrl: string | null;
}

type Action = Advice['action'];

/** Returns whether what can be bought for a service decides about its advice. */
export function needsOffer(service: ServiceDetail, moment: Moment): boolean {
  const { state } = findSituation(service, moment);
  return state === 'near' || state === 'running-out' || state === 'used-up';
}

/** Returns whether a projection of the usage decides about the advice of a service. */
export function canRunOut(service: ServiceDetail, moment: Moment): boolean {
  const { state } = findSituation(service, moment);
  const isCounted = service.quota?.bytes != null && service.usage !== null && service.cycle !== null;
  return isCounted && (state === 'near' || state === 'fine');
}

/**
 * Returns what the client of a service reads first: what is going on, when it comes back, and the one thing to do now. `service` is the
 * detail for that client. The only place that decides it, for pages, parts of other sites and the API. Pure.
 */
export function advise(service: ServiceDetail, facts: AdviceFacts): Omit<Advice, 'text'> {
  const found = findSituation(service, facts);
  const { owed } = facts;
  const situation: Situation = found.state === 'fine' && owed !== null ? { ...found, state: 'owing' } : found;
  return {
    ...situation,
    owed: situation.state === 'owing' && owed !== null ? { amount: owed.amount, currency: owed.currency } : null,
    lastReadAt: isUnread(service) && situation.state !== 'ended' ? (service.usage?.readAt ?? null) : null,
    action: findAction(service, situation, facts),
  };
}

/** Returns whether an invoice has to be paid before a service comes back, or so that it is not restricted. */
export function needsPayment({ state, back, action }: Pick<Advice, 'state' | 'back' | 'action'>): boolean {
  return action !== null && (state === 'unpaid' || back?.by === 'payment');
}

const toAction = (what: 'buy' | 'add-credit' | 'pay' | 'ask', of: Partial<NonNullable<Action>> = {}): Action => ({
  ...{ do: what, package: null, packageName: null, missing: null, invoice: null, url: null },
  ...of,
});

function findAction(service: ServiceDetail, situation: Situation, facts: AdviceFacts): Action {
  const { state, back, runsOut } = situation;
  const ask = toAction('ask', { url: facts.contactUrl });
  switch (state) {
    case 'fine':
    case 'new-period':
    case 'unknown':
    case 'unreachable':
      return service.panelRemoved === true ? ask : payOrdered(service);
    case 'owing':
      return facts.owed === null ? ask : toOwedPayment(facts.owed, facts);
    case 'running-out':
      // What may last is not to be bought for.
      return payOrdered(service) ?? (runsOut?.latest == null ? null : buyOrAsk(service, state, facts));
    case 'near':
    case 'used-up':
      // A run ends it without the client, or nothing that he buys does.
      if (back?.by === 'reading') return null;
      if (back?.by === 'provider' && !service.observing) return ask;
      if (back?.by === 'payment') return payAny(facts) ?? ask;
      return payOrdered(service) ?? buyOrAsk(service, state, facts);
    case 'unpaid':
      if (back?.by === 'reading') return null;
      return payAny(facts) ?? ask;
    case 'coming-back':
      if (back?.by === 'payment') return payAny(facts) ?? ask;
      return back?.by === 'provider' ? ask : null;
    default:
      return ask;
  }
}

/** Returns the payment of an invoice: without a page of its own, by what leads to the provider's ways to pay. */
function toOwedPayment({ invoice, url }: Owed, { terms: { topUpUrl }, contactUrl }: AdviceFacts): Action {
  return toAction('pay', { invoice, url: url ?? topUpUrl ?? contactUrl });
}

/** Returns the payment of what is owed, on the page of all invoices; null where that is not known. */
function payAny({ terms: { invoicesUrl } }: AdviceFacts): Action {
  return invoicesUrl === null ? null : toAction('pay', { url: invoicesUrl });
}

/** Returns the payment of the newest package that is ordered and counts once its invoice is paid; null where none waits for that. */
function payOrdered({ purchases, client }: ServiceDetail): Action {
  const waiting = purchases.findLast(
    (each) => each.status === 'pending' && each.invoice !== null && isOfClient(each, client),
  );
  return waiting === undefined ? null : toAction('pay', { invoice: waiting.invoice, url: waiting.invoiceUrl });
}

function buyOrAsk(service: ServiceDetail, state: 'near' | 'running-out' | 'used-up', facts: AdviceFacts): Action {
  const { packages, mayBuy, credit, terms, contactUrl } = facts;
  const ask = toAction('ask', { url: contactUrl });
  const sold = packages.filter(({ refused }) => refused === undefined);
  // Of limits that are nearly used up, a package raises the quota alone.
  const isOfQuota = state !== 'near' || findFullest(service)?.id === 'quota';
  if (sold.length === 0 || !mayBuy || !isOfQuota) return state === 'used-up' ? ask : null;
  const enough = sold.filter(({ effect }) => state !== 'used-up' || effect?.missingBytes === 0);
  const helping = enough.length === 0 ? sold : enough;
  const least = findCheapest(helping);
  if (!terms.leavesInvoice && (least === null ? helping : [least]).every((each) => isTooLittle(credit, each)))
    return terms.topUpUrl === null
      ? ask
      : toAction('add-credit', { url: terms.topUpUrl, missing: toMissing(credit, least) });
  const wanted = enough.length === 0 ? null : least;
  return toAction('buy', { package: wanted?.id ?? null, packageName: wanted?.name ?? null });
}

/** Returns the cheapest package; null where their prices are in several currencies, which nobody can compare. */
function findCheapest(packages: readonly PackageView[]): PackageView | null {
  const [first, ...others] = packages;
  if (first === undefined || others.some(({ currency }) => currency !== first.currency)) return null;
  return others.reduce((least, each) => (compareMoney(each.price, least.price) < 0 ? each : least), first);
}

/** Returns what credit lacks of a package; null where that is not known. */
function toMissing(credit: AdviceFacts['credit'], least: PackageView | null): NonNullable<Action>['missing'] {
  if (credit === null || least === null) return null;
  const { price, lastCharged, currency } = least;
  return { amount: subtractMoney(lastCharged ?? price, credit.balance), currency };
}

/** Returns whether credit is known not to cover a package, with the tax of an earlier invoice where one is known. */
function isTooLittle(credit: AdviceFacts['credit'], { price, lastCharged, currency }: PackageView): boolean {
  if (credit === null || (credit.currency !== null && credit.currency !== currency)) return false;
  return compareMoney(credit.balance, lastCharged ?? price) < 0;
}
