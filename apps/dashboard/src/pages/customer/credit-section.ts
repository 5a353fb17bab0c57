import type { CreditEntry } from '@sluice/contract/documents';
import { addMoney, compareMoney } from '@sluice/quota-core';
import { facts, notice, type Section, table } from '../../layout/components.js';
import { html, type Part } from '../../layout/html.js';
import { toTimes } from '../../layout/page-times.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import { invoiceLink } from '../purchase-state.js';
import { creditAge, creditAmount, readCredit, topUpLink } from './credit.js';
import { toClient } from './own.js';

/** The client's credit, in whichever billing system it is; null for a client who has nothing to pay here, such as an agent alone. */
export async function creditSection(request: PageRequest, reads: PanelReads): Promise<Section | null> {
  if (!(await request.sluice.credit.isKnown(toClient(request)))) return null;
  const wording = toWording(request.language);
  const head = { id: 'credit', title: wording.text('credit.title') };
  const { sluice, now } = request;
  const way = topUpLink(request, await sluice.purchases.terms());
  const topUp = way === null ? null : html`<p>${way}</p>`;
  const client = toClient(request);
  const times = toTimes(request);
  // Together, so that a billing system that hangs delays the page by one time-out.
  const [credit, entries] = await Promise.all([
    readCredit(request, reads),
    reads.read({ client, what: 'credit entries', now, freshMs: 0 }, (signal) =>
      sluice.credit.history(client, { signal, reader: client }),
    ),
  ]);
  const owed = await unpaidBills(request, client, wording);
  const { value } = credit;
  if (value === null) {
    const content = html`${notice('warning', wording.say('packages.noCredit'))} ${facts(owed)} ${topUp}`;
    return { ...head, content };
  }
  const changes = table({
    stacks: true,
    caption: wording.text('credit.changes'),
    hidesCaption: false,
    columns: [
      { title: wording.text('purchases.when'), cell: (entry) => times.at(entry.at) },
      {
        title: wording.text('credit.amount'),
        cell: ({ amount, currency }) => wording.money(amount, currency),
        isNumber: true,
      },
      { title: wording.text('credit.what'), cell: (entry) => changeText(entry, request, wording) },
      {
        title: wording.text('credit.title'),
        cell: ({ balance, currency }) => wording.money(balance, currency),
        isNumber: true,
        isMinor: true,
      },
    ],
    rows: [...(entries.value?.entries ?? [])].reverse().slice(0, 20),
  });
  const content = html`${creditAge(credit, times, wording)}
  ${facts([[wording.text('credit.title'), creditAmount(value, wording)], ...owed])} ${topUp} ${changes}`;
  return { ...head, content };
}

/** What a change was for; in the reader's language where the local ledger has worded it. */
function changeText({ kind, description, ref }: CreditEntry, request: PageRequest, wording: Wording): Part {
  if (kind === 'credit' && description === 'Credit') return wording.say('credit.added');
  const invoice = /^(?:Invoice|Refund of invoice) (\S+)$/.exec(description)?.[1];
  if (invoice === undefined) return wording.name(description);
  const named = { invoice: invoiceLink({ invoice, invoiceUrl: null, invoiceIn: 'ledger' }, request) };
  if (kind === 'refund') return wording.say('credit.refund', named);
  return kind === 'payment' && invoice === ref ? wording.say('credit.payment', named) : wording.name(description);
}

/** What a client has to pay for calls, in each currency; nothing where that is not known without a call. */
async function unpaidBills(
  { sluice }: PageRequest,
  client: string,
  wording: Wording,
): Promise<(readonly [string, Part])[]> {
  const { bills } = await sluice.calls.bills({ client, reader: client });
  const open = bills.filter(({ state, invoiceStatus }) => state === 'confirmed' && invoiceStatus === 'open');
  return [...new Set(open.map(({ currency }) => currency))].flatMap((currency) => {
    const own = open.filter((bill) => bill.currency === currency);
    const total = own.reduce((sum, bill) => addMoney(sum, bill.total), '0');
    if (compareMoney(total, '0') <= 0) return [];
    return [[wording.text('credit.callsOwed'), wording.money(total, currency)] as const];
  });
}
