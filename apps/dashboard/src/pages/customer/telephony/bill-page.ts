import type { BillDetail, StoredBillView } from '@sluice/engine';
import { describeService } from '@sluice/engine/words';
import { say } from '@sluice/messages';
import { toLocalDate } from '@sluice/quota-core';
import { address, coloured, facts, findTone, notice, type Section, table } from '../../../layout/components.js';
import { html, type Html, type Part } from '../../../layout/html.js';
import type { PanelReads } from '../../../requests/panel-reads.js';
import { clientError } from '../../../server/failure.js';
import { billState } from '../../bill-state.js';
import type { Page } from '../../page.js';
import { invoiceAddress } from '../../invoice-address.js';
import { toPath } from '../own.js';
import { linePage } from './line-page.js';
import { invoiceNumber, OWN_STATES, toFilePath, toNamed } from './bills.js';
import { type LineScene, openLineScene } from './line-scene.js';

type Invoice = NonNullable<BillDetail['invoice']>;

/** `/services/:id/bills/:bill`: a bill of calls with its invoice, to read, print or store. */
export function billPage(reads: PanelReads): Page {
  return async (request) => {
    const scene = await openLineScene(request, reads);
    const { service, times, wording } = scene;
    const { bills } = await request.sluice.calls.bills({ service: service.id, reader: service.client });
    const bill = bills.find(({ id }) => id === request.params['bill']);
    if (bill === undefined) throw clientError('unknown_bill', say('problem.unknownBill'), { kind: 'not-found' });
    const period = times.period({ start: bill.period.from, end: bill.period.to });
    const title = wording.text('bills.of', { period });
    const parts = await billSections(scene, bill, period);
    return linePage(scene, title, parts);
  };
}

async function billSections(scene: LineScene, bill: StoredBillView, period: string): Promise<Section[]> {
  const { request, service, times, wording } = scene;
  const { calls, total, currency, at } = bill;
  const { invoice, problem } = await readInvoice(scene, bill);
  const { name: provider } = request.sluice.config.brand;
  const file = toFilePath(request, bill);
  const content = html`${problem}
    ${facts([
      provider == null ? null : [wording.text('bills.provider'), wording.name(provider)],
      [wording.text('bills.client'), wording.name(service.clientName ?? service.client)],
      [wording.text('service.service'), wording.name(describeService(service))],
      [wording.text('service.period'), period],
      [
        wording.text('service.state'),
        invoice === null ? billState(bill, wording, OWN_STATES) : invoiceState(bill, invoice, scene),
      ],
      bill.invoice === null ? null : [wording.text('bills.number'), invoiceNumber(request, bill)],
      [wording.text('bills.made'), times.full(at)],
      [wording.text('calls.calls'), wording.count(calls)],
      [wording.text('bills.ofCalls'), wording.money(total, currency)],
    ])}
    <p class="back">
      <a href="${toCallsPath(scene, bill)}">${wording.say('bills.calls')}</a><br />
      ${file === null ? null : html`<a href="${file}" download>${wording.say('bills.csv')}</a><br />`}
      <span class="soft">${wording.say('bills.print')}</span>
    </p>`;
  const own = { id: 'bill', title: wording.text('bills.line', { period }), content };
  return invoice === null ? [own] : [own, invoiceSection(scene, period, invoice)];
}

/** The page of the calls of a bill's month. */
function toCallsPath({ request, service, times }: LineScene, { period }: StoredBillView): string {
  const month = toLocalDate(period.from, times.timeZone).slice(0, 'YYYY-MM'.length);
  return address(`${toPath(request, service.id)}/calls`, { period: month });
}

/** Reads the invoice of a bill; where that fails, says so, with the age of what is shown instead. */
async function readInvoice(
  { request, service, reads, times, wording }: LineScene,
  { id, invoice }: StoredBillView,
): Promise<{ invoice: Invoice | null; problem: Html | null }> {
  if (invoice === null) return { invoice: null, problem: null };
  const { value, at, failed } = await reads.read<BillDetail>(
    { client: service.client ?? '', what: `bill ${id}`, now: request.now },
    (signal) => request.sluice.calls.showBill(id, { signal, reader: service.client }),
  );
  const why = wording.say('bills.unread');
  const unread = value === null ? why : wording.say('line.from', { why, at: times.full(at) });
  return { invoice: value?.invoice ?? null, problem: failed ? notice('warning', unread) : null };
}

function invoiceState(bill: StoredBillView, { status, url }: Invoice, { request, wording }: LineScene): Part {
  const state =
    status === 'open'
      ? coloured(wording.say('bill.notPaid'), 'warning')
      : coloured(wording.code('bill', status), findTone(status));
  const href = status === 'open' ? (url ?? invoiceAddress(toNamed(bill), request)) : null;
  const pay = href === null ? null : html` <a href="${href}">${wording.say('bills.pay')}</a>`;
  return html`${state}${pay}`;
}

/** What stands on an invoice, with its sums below: lines of other services stay as the billing system has them. */
function invoiceSection({ wording }: LineScene, period: string, invoice: Invoice): Section {
  const { lines, tax, total, balance, currency, status } = invoice;
  const money = (amount: string): Html => wording.money(amount, currency);
  const rows: [Part, Part][] = lines.map(({ description, amount, isCalls }) => [
    isCalls ? wording.say('bills.line', { period }) : wording.name(description),
    money(amount),
  ]);
  if (tax !== null && /[1-9]/.test(tax)) rows.push([wording.say('bills.tax'), money(tax)]);
  rows.push([html`<strong>${wording.say('bills.total')}</strong>`, html`<strong>${money(total)}</strong>`]);
  if (status === 'open' || status === 'paid') rows.push([wording.say('bills.balance'), money(balance)]);
  const title = wording.text('purchases.invoice');
  const content = table({
    caption: title,
    columns: [
      { title: wording.text('bills.what'), cell: ([what]) => what },
      { title: wording.text('bills.amount'), cell: ([, amount]) => amount, isNumber: true },
    ],
    rows,
  });
  return { id: 'invoice', title, content };
}
