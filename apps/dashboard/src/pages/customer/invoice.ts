import { may } from '@sluice/contract';
import type { InvoiceView } from '@sluice/contract/documents';
import { say } from '@sluice/messages';
import { toItemError } from '@sluice/panel-kind/errors';
import { coloured, facts, findTone, notice, table } from '../../layout/components.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { toTimes } from '../../layout/page-times.js';
import { toWording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import { clientError } from '../../server/failure.js';
import type { Page } from '../page.js';
import { creditAmount, isInCurrency, missingCredit, readCredit, topUpLink } from './credit.js';
import { plainly, toClient } from './own.js';

const PAY = 'invoices.pay';

/** `/invoices/:invoice`: an invoice of the local ledger, to read, print or pay from credit. */
export function invoicePage(reads: PanelReads): Page {
  return async (request) => {
    const invoice = await ownInvoice(request);
    const wording = toWording(request.language);
    const pay = invoice.status === 'open' ? await payment(request, invoice, reads) : null;
    const body = html`<p class="back"><a href="${request.base}/">${wording.say('page.backHome')}</a></p>
      <section class="card">${head(request, invoice)} ${items(request, invoice)} ${pay}</section>
      <p class="soft back">${wording.say('invoice.print')}</p>`;
    return {
      title: wording.text('invoice.title', { number: invoice.id }),
      heading: wording.say('invoice.title', { number: wording.identifier(invoice.id) }),
      who: invoice.clientName,
      body,
    };
  };
}

/**
 * Returns the invoice that a page is about.
 *
 * @throws SluiceError `unknown_invoice`, the same for an invoice of another client, for none, and where another system bills
 */
async function ownInvoice(request: PageRequest): Promise<InvoiceView> {
  const reader = toClient(request);
  try {
    return await request.sluice.invoices.show(request.params['invoice'] ?? '', { reader });
  } catch (error) {
    if (!['unknown_invoice', 'unsupported'].includes(toItemError(error).code)) throw error;
    throw clientError('unknown_invoice', say('problem.unknownInvoice'), { kind: 'not-found' });
  }
}

/** Who charges whom, when, and what became of it. */
function head(request: PageRequest, invoice: InvoiceView): Part {
  const { id, client, clientName, status, createdAt, paidAt, closedAt } = invoice;
  const wording = toWording(request.language);
  const times = toTimes(request);
  const { name: provider } = request.sluice.config.brand;
  const state =
    status === 'open'
      ? coloured(wording.say('bill.notPaid'), 'warning')
      : coloured(wording.code('bill', status), findTone(status));
  return facts([
    provider == null ? null : [wording.text('bills.provider'), wording.name(provider)],
    [wording.text('bills.client'), wording.name(clientName ?? client)],
    [wording.text('bills.number'), wording.identifier(id)],
    [wording.text('bills.made'), times.full(createdAt)],
    [wording.text('service.state'), state],
    paidAt === null ? null : [wording.text('invoice.paidOn'), times.full(paidAt)],
    closedAt === null
      ? null
      : [wording.text(status === 'refunded' ? 'invoice.refundedOn' : 'invoice.cancelledOn'), times.full(closedAt)],
  ]);
}

/** Its lines, with the sum below. */
function items({ language }: PageRequest, { lines, total, balance, currency, status }: InvoiceView): Part {
  const wording = toWording(language);
  const money = (amount: string): Html => wording.money(amount, currency);
  const rows: [Part, Part][] = lines.map(({ description, amount }) => [wording.name(description), money(amount)]);
  rows.push([html`<strong>${wording.say('bills.total')}</strong>`, html`<strong>${money(total)}</strong>`]);
  if (status === 'open') rows.push([wording.say('bills.balance'), money(balance)]);
  return table({
    caption: wording.text('invoice.items'),
    columns: [
      { title: wording.text('bills.what'), cell: ([what]) => what },
      { title: wording.text('bills.amount'), cell: ([, amount]) => amount, isNumber: true },
    ],
    rows,
  });
}

/** How an open invoice is paid: from credit that covers it, by those who may buy; else by more credit. */
async function payment(request: PageRequest, invoice: InvoiceView, reads: PanelReads): Promise<Html> {
  const { viewer, base, sluice, language } = request;
  const { id, balance, currency } = invoice;
  const wording = toWording(language);
  const { value: credit } = await readCredit(request, reads);
  const missing = credit === null || !isInCurrency(credit, currency) ? null : missingCredit(credit, balance);
  // What a link may spend in total is a promise about purchases.
  const mayPay = may(viewer, PAY) && viewer.maxAmount === null && missing === null;
  const form = postForm(request, {
    action: `${base}/invoices/${encodeURIComponent(id)}/pay`,
    id: 'pay',
    tone: 'main',
    submit: wording.say('invoice.pay', { amount: wording.money(balance, currency) }),
  });
  const lacks = missing === null ? null : wording.say('buy.missing', { amount: wording.money(missing, currency) });
  const more = topUpLink(request, await sluice.purchases.terms(), { isMain: !mayPay });
  return html`${facts([[wording.text('buy.yourCredit'), credit === null ? wording.unknown : creditAmount(credit, wording)]])}
  ${lacks === null ? null : notice('warning', lacks)} ${mayPay ? form : null}
  ${more === null ? null : html`<p class="back">${more}</p>`}`;
}

/** Pays an invoice from the client's credit. */
export function payInvoice(reads: PanelReads): Page {
  return async (request) => {
    const { viewer, sluice, as, base } = request;
    const { id } = await ownInvoice(request);
    if (viewer.maxAmount !== null) throw clientError('forbidden', say('problem.link'), { kind: 'usage' });
    const reader = toClient(request);
    await plainly(() => sluice.invoices.pay(id, { ...as, reader }));
    reads.forget(reader);
    return { redirect: `${base}/invoices/${encodeURIComponent(id)}` };
  };
}
