import type { BillDetail, StoredBillView } from '@sluice/engine';
import { describeService } from '@sluice/engine/words';
import { say } from '@sluice/messages';
import { coloured, facts, findTone, notice, type Section, sections, table } from '../../../layout/components.js';
import { html, type Html, join, type Part } from '../../../layout/html.js';
import type { PanelReads } from '../../../requests/panel-reads.js';
import { clientError } from '../../../server/failure.js';
import { billState } from '../../bill-state.js';
import type { Page } from '../../page.js';
import { backToService } from './back.js';
import { OWN_STATES, toBillPath } from './bills.js';
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
    const parts = [await billSection(scene, bill, title)];
    const body = join([backToService(scene), ...sections(parts)]);
    return {
      title: `${title}: ${describeService(service)}`,
      who: service.clientName,
      body,
      timeZone: times.timeZone,
    };
  };
}

async function billSection(scene: LineScene, bill: StoredBillView, title: string): Promise<Section> {
  const { request, service, reads, times, wording } = scene;
  const { id, calls, total, currency, at } = bill;
  const read =
    bill.invoice === null
      ? null
      : await reads.read<BillDetail>({ client: service.client ?? '', what: `bill ${id}`, now: request.now }, (signal) =>
          request.sluice.calls.showBill(id, { signal, reader: service.client }),
        );
  const invoice = read?.value?.invoice ?? null;
  const since = read?.at ?? null;
  const unread =
    since === null
      ? wording.say('bills.unread')
      : wording.say('line.from', { why: wording.say('bills.unread'), at: times.full(since) });
  const why = read?.failed === true ? notice('warning', unread) : null;
  const file = toBillPath(request, bill);
  const content = html`${why}
    ${facts([
      [wording.text('service.service'), wording.name(describeService(service))],
      [wording.text('service.period'), times.period({ start: bill.period.from, end: bill.period.to })],
      [
        wording.text('service.state'),
        invoice === null ? billState(bill, wording, OWN_STATES) : invoiceState(invoice, scene),
      ],
      bill.invoice === null ? null : [wording.text('bills.number'), wording.identifier(bill.invoice)],
      [wording.text('bills.made'), times.full(at)],
      [wording.text('calls.calls'), wording.count(calls)],
      [wording.text('bills.ofCalls'), wording.money(total, currency)],
    ])}
    ${invoice === null ? null : invoiceTable(scene, bill, invoice)}
    <p class="back">
      ${file === null ? null : html`<a href="${file}/calls.csv" download>${wording.say('bills.csv')}</a>`}
      <span class="soft">${wording.say('bills.print')}</span>
    </p>`;
  return { id: 'bill', title, content };
}

function invoiceState({ status, url }: Invoice, { wording }: LineScene): Part {
  const state =
    status === 'open'
      ? coloured(wording.say('bill.notPaid'), 'warning')
      : coloured(wording.code('bill', status), findTone(status));
  const pay = status === 'open' && url !== null ? html` <a href="${url}">${wording.say('bills.pay')}</a>` : null;
  return html`${state}${pay}`;
}

/** What stands on an invoice, with its sums below: lines of other services stay as the billing system has them. */
function invoiceTable({ times, wording }: LineScene, bill: StoredBillView, invoice: Invoice): Html {
  const { lines, tax, total, balance, currency } = invoice;
  const period = times.period({ start: bill.period.from, end: bill.period.to });
  const money = (amount: string): Html => wording.money(amount, currency);
  const rows: [Part, Part][] = [
    ...lines.map(({ description, amount, isCalls }): [Part, Part] => [
      isCalls ? wording.say('bills.line', { period }) : wording.name(description),
      money(amount),
    ]),
    ...(tax === null || !/[1-9]/.test(tax) ? [] : [[wording.say('bills.tax'), money(tax)] satisfies [Part, Part]]),
    [html`<strong>${wording.say('bills.total')}</strong>`, html`<strong>${money(total)}</strong>`],
    ...(invoice.status === 'open' || invoice.status === 'paid'
      ? [[wording.say('bills.balance'), money(balance)] satisfies [Part, Part]]
      : []),
  ];
  return html`<h3>${wording.say('bills.invoice', { number: wording.identifier(invoice.id) })}</h3>
    ${table({
      caption: wording.text('purchases.invoice'),
      columns: [
        { title: wording.text('bills.what'), cell: ([what]) => what },
        { title: wording.text('bills.amount'), cell: ([, amount]) => amount, isNumber: true },
      ],
      rows,
    })}`;
}
