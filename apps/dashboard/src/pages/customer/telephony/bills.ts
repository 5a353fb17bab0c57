import type { StoredBillView } from '@sluice/engine';
import { address, type Section, table } from '../../../layout/components.js';
import { html, type Part } from '../../../layout/html.js';
import { toWording } from '../../../layout/wording.js';
import type { PageRequest } from '../../../requests/page-request.js';
import { billState } from '../../bill-state.js';
import type { NamedInvoice } from '../../invoice-address.js';
import { invoiceLink } from '../../purchase-state.js';
import { showAsked } from '../advice.js';
import { topUpLink } from '../credit.js';
import { toPath } from '../own.js';
import type { LineScene } from './line-scene.js';

/** What a bill in doubt is to its client. */
const BILLING = ['bill.beingBilled', 'info'] as const;

/** The states of bills that clients read in other words than staff. */
export const OWN_STATES = { planned: BILLING, sending: BILLING, unknown: BILLING };

/** Returns the path of the page of a bill; null for one that is on no invoice. */
export function toBillPath(request: PageRequest, { id, service, state }: StoredBillView): string | null {
  return state === 'confirmed' ? `${toPath(request, service)}/bills/${encodeURIComponent(id)}` : null;
}

/** Returns the address of the calls of a bill as a file, in the language of the page that links to it; null as {@link toBillPath}. */
export function toFilePath(request: PageRequest, bill: StoredBillView): string | null {
  const path = toBillPath(request, bill);
  return path === null ? null : address(`${path}/calls.csv`, { language: request.language });
}

/** The invoice of a bill: what became of it is known of the local ledger alone. */
export function toNamed({ invoice, invoiceStatus }: StoredBillView): NamedInvoice {
  return { invoice, invoiceUrl: null, invoiceIn: invoiceStatus === null ? null : 'ledger' };
}

/** The number of the invoice of a bill, as a link where it has a page here. */
export function invoiceNumber(request: PageRequest, bill: StoredBillView): Part {
  return invoiceLink(toNamed(bill), request);
}

/** How invoices of the local ledger are paid; null on other sites, which have theirs. */
async function wayToPay(request: PageRequest): Promise<Part> {
  if (request.isEmbedded) return null;
  return topUpLink(request, await request.sluice.purchases.terms()) ?? showAsked(request, toWording(request.language));
}

/** The bills of a service, each with its page and its calls as a file. */
export async function billsSection({ request, service, times, wording }: LineScene): Promise<Section> {
  const { bills } = await request.sluice.calls.bills({ service: service.id, reader: service.client });
  const title = wording.text('bills.title');
  const showPeriod = (bill: StoredBillView): Part => {
    const period = times.period({ start: bill.period.from, end: bill.period.to });
    const path = request.isEmbedded ? null : toBillPath(request, bill);
    return path === null ? period : html`<a href="${path}">${period}</a>`;
  };
  const showFile = (bill: StoredBillView): Part => {
    const file = toFilePath(request, bill);
    return file === null ? '–' : html`<a href="${file}" download>CSV</a>`;
  };
  const content = table({
    stacks: true,
    caption: title,
    columns: [
      { title: wording.text('service.period'), cell: showPeriod },
      { title: wording.text('service.state'), cell: (bill) => billState(bill, wording, OWN_STATES) },
      { title: wording.text('calls.calls'), cell: ({ calls }) => wording.count(calls), isNumber: true, isMinor: true },
      {
        title: wording.text('bills.amount'),
        cell: ({ total, currency }) => wording.money(total, currency),
        isNumber: true,
      },
      {
        title: wording.text('purchases.invoice'),
        cell: (bill) => invoiceNumber(request, bill) ?? wording.none,
        isMinor: true,
      },
      request.isEmbedded ? null : { title: wording.text('bills.file'), cell: showFile },
    ],
    rows: bills,
    empty: wording.text('bills.none'),
  });
  const isOwing = bills.some(({ state, invoiceStatus }) => state === 'confirmed' && invoiceStatus === 'open');
  const way = isOwing ? await wayToPay(request) : null;
  return {
    id: 'bills',
    title,
    content:
      way === null
        ? content
        : html`${content}
            <p>${way}</p>`,
  };
}
