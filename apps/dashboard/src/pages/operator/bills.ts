import { badge, section, table, type Tone } from '../layout/components.js';
import { count, money, name } from '../layout/format.js';
import { searchForm } from '../layout/forms.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page } from '../page.js';
import { attempt, problemNotice, serviceLink, toScene } from './scene.js';

/** `/bills`: the stored bills of calls. */
export const billsPage: Page = async (request) => {
  const { query, sluice } = request;
  const { times } = toScene(request);
  const service = query.service?.trim() === '' ? undefined : query.service?.trim();
  const client = query.client?.trim() === '' ? undefined : query.client?.trim();
  const { value, problem } = await attempt(() => sluice.calls.bills({ service, client }));
  const rows = (value?.bills ?? []).map((bill): Part[] => [
    serviceLink(bill.service),
    name(bill.client),
    html`${times.at(bill.period.from)} to ${times.at(bill.period.to)}`,
    stateOf(bill.state),
    money(bill.total, bill.currency),
    count(bill.calls),
    name(bill.invoice),
    html`<a href="/bills/${encodeURIComponent(bill.id)}"
      >CSV<span class="visually-hidden"> of bill ${bill.id}</span></a
    >`,
  ]);
  const form = searchForm({
    action: '/bills',
    id: 'bills',
    submit: 'Show',
    fields: [
      { name: 'service', label: 'Service', type: 'search', value: service ?? '' },
      { name: 'client', label: 'Client', type: 'search', value: client ?? '' },
    ],
  });
  const columns = [
    { title: 'Service' },
    { title: 'Client', isMinor: true },
    { title: 'Period' },
    { title: 'State' },
    { title: 'Amount', isNumber: true },
    { title: 'Calls', isNumber: true, isMinor: true },
    { title: 'Invoice', isMinor: true },
    { title: 'Report' },
  ];
  const list = table({ caption: 'Bills of calls', columns, rows, empty: 'No bill was made yet.', filter: true });
  return {
    title: 'Bills',
    body: html`${form} ${value === null ? problemNotice(problem) : section('Bills of calls', list)}`,
  };
};

/** States of bills whose words mean little to people. */
const STATES: Record<string, readonly [string, Tone]> = {
  confirmed: ['billed', 'good'],
  zero: ['nothing to pay', 'quiet'],
  unknown: ['in doubt', 'warning'],
};

function stateOf(state: string): Html {
  const [text, tone] = STATES[state] ?? [state];
  return badge(text, tone);
}

/** `/bills/:id`: the calls of a bill as CSV. */
export const billCsv: Page = async ({ params, sluice }) => {
  const { name: file, text } = await sluice.calls.billReport(params.id ?? '');
  return { file: { name: file, type: 'text/csv; charset=utf-8', text } };
};
