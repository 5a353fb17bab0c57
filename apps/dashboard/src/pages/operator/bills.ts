import { section, table } from '../../layout/components.js';
import { count, money, name, named, NONE } from '../../layout/format.js';
import { searchForm } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { ENGLISH } from '../../layout/wording.js';
import type { Page } from '../page.js';
import { billState } from '../bill-state.js';
import { findService } from './find-service.js';
import { attempt, given, problemNotice, serviceLink, toScene } from './scene.js';

/** `/bills`: the stored bills of calls. */
export const billsPage: Page = async (request) => {
  const { query, sluice } = request;
  const { times } = toScene(request);
  const [text, client] = [given(query.service), given(query.client)];
  const { id: service, choices } = await findService(request, text, '/bills');
  const { value, problem } = await attempt(() => sluice.calls.bills({ service, client }));
  const form = searchForm({
    action: '/bills',
    id: 'bills',
    submit: 'Show',
    fields: [
      { name: 'service', label: 'Service or client', type: 'search', value: service ?? text ?? '' },
      { name: 'client', label: 'Id of the client', type: 'search', value: client ?? '' },
    ],
  });
  if (choices !== null) return { title: 'Bills', body: html`${form} ${choices}` };
  const list = table({
    caption: 'Bills of calls',
    columns: [
      { title: 'Service', cell: (bill) => serviceLink(bill.service, bill.name) },
      { title: 'Client', cell: (bill) => named(bill.clientName, bill.client), isMinor: true },
      {
        title: 'Period',
        cell: ({ period: { from, to, timeZone } }) => times.period({ start: from, end: to }, timeZone),
      },
      { title: 'State', cell: (bill) => billState(bill, ENGLISH) },
      { title: 'Amount', cell: ({ total, currency }) => money(total, currency), isNumber: true },
      { title: 'Calls', cell: ({ calls }) => count(calls), isNumber: true, isMinor: true },
      { title: 'Invoice', cell: ({ invoice }) => name(invoice), isMinor: true },
      { title: 'Report', cell: ({ id, report }) => (report ? reportLink(id) : NONE) },
    ],
    rows: value?.bills ?? [],
    empty: 'No bill was made yet.',
    filter: true,
  });
  return {
    title: 'Bills',
    body: html`${form} ${value === null ? problemNotice(problem) : section('Bills of calls', list)}`,
  };
};

function reportLink(id: string): Html {
  return html`<a href="/bills/${encodeURIComponent(id)}">CSV<span class="visually-hidden"> of bill ${id}</span></a>`;
}

/** `/bills/:id`: the calls of a bill as CSV. */
export const billCsv: Page = async ({ params, sluice }) => {
  const { name: file, text } = await sluice.calls.billReport(params.id ?? '');
  return { file: { name: file, type: 'text/csv; charset=utf-8', text } };
};
