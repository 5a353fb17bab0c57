import type { StoredBillView } from '@sluice/engine';
import { facts, notice, pager, type Section, table } from '../../../layout/components.js';
import { searchForm } from '../../../layout/forms.js';
import { html, type Html } from '../../../layout/html.js';
import { spendFigure } from '../../../layout/spend-figure.js';
import type { PanelReads } from '../../../requests/panel-reads.js';
import { billState } from '../../bill-state.js';
import type { Page } from '../../page.js';
import { toPath } from '../own.js';
import { OWN_STATES, toBillPath } from './bills.js';
import { callColumns, callSums } from './call-table.js';
import { type LineScene, openLineScene, showAge } from './line-scene.js';
import { linePage } from './line-page.js';
import { stateSection } from './line-stop.js';
import { type CallPage, type CallQuery, readCallPage, toCallQuery } from './month-reads.js';
import { type BillMonth, listMonths, thisMonth, toMonth } from './months.js';

const FORM = 'calls-form';

/** `/services/:id/calls`: the calls of a month with search, their sums, and what each day cost. */
export function callsPage(reads: PanelReads): Page {
  return async (request) => {
    const scene = await openLineScene(request, reads);
    const { times, wording } = scene;
    const asked = request.query['period'] ?? thisMonth(times);
    const month = toMonth(asked, times);
    const query = toCallQuery(request.query, month?.id ?? thisMonth(times));
    const title = wording.text('calls.title');
    const form = searchSection(scene, query, month === null ? asked : null);
    if (month === null) return linePage(scene, title, [form]);
    // Together, so that a panel that hangs delays the page by one time-out.
    const [state, parts] = await Promise.all([stateSection(scene), monthSections(scene, { month, query })]);
    return linePage(scene, title, [...(state === null ? [] : [state]), form, ...parts]);
  };
}

/** The form for a month and a search; `refused`: the month that is none. */
function searchSection(
  { request, service, times, wording }: LineScene,
  query: CallQuery,
  refused: string | null,
): Section {
  const { month, search } = query;
  const [direction, outcome] = [query.direction ?? '', query.outcome ?? ''];
  const message = wording.text('problem.month');
  const values = { period: refused ?? month, search, direction, outcome };
  const choice = (key: 'calls' | 'outcome', ...words: string[]): [string, string][] => [
    ['', wording.text('calls.any')],
    ...words.map((word): [string, string] => [word, wording.codeText(key, word)]),
  ];
  const content = searchForm({
    action: `${toPath(request, service.id)}/calls`,
    id: FORM,
    ...(refused === null ? {} : { refused: { form: FORM, values, message, field: 'period' } }),
    fields: [
      {
        name: 'period',
        label: wording.text('calls.month'),
        value: month,
        choices: listMonths(month, times).map(({ id, start, end }) => [id, times.period({ start, end })] as const),
      },
      {
        name: 'search',
        label: wording.text('calls.search'),
        type: 'search',
        value: search,
        hint: wording.text('calls.searchHint'),
      },
      {
        name: 'direction',
        label: wording.text('calls.direction'),
        value: direction,
        choices: choice('calls', 'inbound', 'outbound'),
      },
      {
        name: 'outcome',
        label: wording.text('calls.outcome'),
        value: outcome,
        choices: choice('outcome', 'answered', 'unanswered'),
      },
    ],
    submit: wording.text('calls.show'),
  });
  return {
    id: 'search',
    title: wording.text('calls.search'),
    content: html`${content}
      <p class="soft">${wording.say('calls.monthsOfBills')}</p>`,
  };
}

interface Asked {
  month: BillMonth;
  query: CallQuery;
}

async function monthSections(scene: LineScene, asked: Asked): Promise<Section[]> {
  const { times, wording } = scene;
  const { month } = asked;
  const title = times.period(month);
  const read = await readCallPage(scene, asked.query);
  const why = showAge(read, { times, wording });
  const bill = await billOfMonth(scene, month);
  const { value } = read;
  if (value === null) return [{ id: 'month', title, content: html`${why}${bill}` }];
  const { period, provisional, whole } = value;
  if (period.from === period.to)
    return [
      {
        id: 'month',
        title,
        content: html`${why}
          <p class="empty">${wording.say('calls.notYours')}</p>`,
      },
    ];
  const shown = { start: period.from, end: period.to };
  const open = provisional ? notice('info', wording.say('calls.notOver')) : null;
  const sums = whole === null ? null : callSums(whole.totals, { wording, isOver: !provisional });
  const chart =
    whole === null
      ? null
      : spendFigure(
          { days: whole.days, currency: whole.totals.currency, period: month, timeZone: period.timeZone },
          { id: 'spend', language: scene.request.language },
        );
  return [
    { id: 'month', title: times.period(shown), content: html`${why}${open}${sums}${bill}${chart}` },
    listSection(scene, asked, value),
  ];
}

/** The stored bill that has calls of a month, also while the panel can't be read. */
async function billOfMonth(
  { request, service, times, wording }: LineScene,
  { start, end }: BillMonth,
): Promise<Html | null> {
  const { bills } = await request.sluice.calls.bills({ service: service.id, reader: service.client });
  const isOf = ({ period: { from, to } }: StoredBillView): boolean =>
    Date.parse(from) < Date.parse(end) && Date.parse(to) > Date.parse(start);
  const own = bills.filter((bill) => isOf(bill) && toBillPath(request, bill) !== null);
  if (own.length === 0) return null;
  return facts(
    own.map((bill) => {
      const { period, total, currency } = bill;
      const title = wording.text('bills.of', { period: times.period({ start: period.from, end: period.to }) });
      const amount = html`<a href="${toBillPath(request, bill)}">${wording.money(total, currency)}</a>`;
      return [title, html`${amount} ${billState(bill, wording, OWN_STATES)}`] as const;
    }),
  );
}

function listSection(scene: LineScene, { month, query }: Asked, found: CallPage): Section {
  const { request, service, times, wording } = scene;
  const { calls, totals, page, pages, left, provisional } = found;
  const { search, direction, outcome } = query;
  const isSearch = search !== '' || direction !== null || outcome !== null;
  const title = wording.text(isSearch ? 'calls.found' : 'calls.list');
  const list = table({
    stacks: true,
    caption: title,
    columns: callColumns(times, wording),
    rows: calls,
    empty: wording.text(isSearch ? 'calls.noneFound' : 'calls.noneInMonth'),
  });
  const more =
    left === 0
      ? null
      : html`<p class="soft">${wording.say('calls.newest', { shown: totals.calls - left, count: totals.calls })}</p>`;
  const turn = pager({
    path: `${toPath(request, service.id)}/calls`,
    query: { period: month.id, search, direction: direction ?? '', outcome: outcome ?? '' },
    ...{ page, pages, wording },
  });
  const sums = isSearch ? callSums(totals, { wording, isOver: !provisional }) : null;
  return { id: 'calls', title, content: html`${sums}${list}${more}${turn}` };
}
