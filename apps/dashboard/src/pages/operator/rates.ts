import type { TelephonyDocument } from '@sluice/engine';
import { toPrefixFinder } from '@sluice/quota-core/telephony';
import { badge, facts, pager, section, table } from '../../layout/components.js';
import { counted, money, name, orNone } from '../../layout/format.js';
import { searchForm } from '../../layout/forms.js';
import { html, type Part } from '../../layout/html.js';
import { words } from '../../layout/words.js';
import type { Page } from '../page.js';
import { readNow } from './last-read.js';
import { recordFacts } from './record-values.js';
import { nothingFound, toNumber, toScene } from './scene.js';
import { choosePanel, panelField, toRecordFinder } from './telephony.js';

const ROWS = 200;

/** `/plans/:id`: a plan with its rates by country and prefix. */
export const planPage: Page = async (request) => {
  const { params, query, sluice } = request;
  const id = params.id ?? '';
  const panel = await choosePanel(request);
  const scene = toScene(request, panel);
  const plan = await readNow(scene, ['show', 'plans', id, panel], (signal) =>
    sluice.telephony.show('plans', id, { panel, signal }),
  );
  const rates = await readNow(scene, ['rates', id, panel], (signal) =>
    sluice.telephony.list('rates', { panel, filters: { plan_id: id }, signal }),
  );
  const [record] = plan.value?.records ?? [];
  const found = (rates.value?.records ?? []).filter(toRateFinder(query.q ?? '')).sort(byPlace);
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const page = Math.min(pages, toNumber(query.page, 1));
  const path = `/plans/${encodeURIComponent(id)}`;
  const body = html`${plan.notice}
  ${record === undefined ? null : section('Plan', facts(recordFacts({ panel: plan.value?.panel ?? '', times: scene.times, services: new Map(), names: new Map() }, record)))}
  ${section(
    'Rates',
    html`${searchForm({ action: path, id: 'rates', submit: 'Show', fields: [...(await panelField(request, panel)), { name: 'q', label: 'Number with country code, prefix, country or name', type: 'search', value: query.q ?? '' }] })}
    ${rates.notice}
    ${
      rates.value === null
        ? null
        : html`<p class="soft">${counted(found.length, 'rate')}, by country and prefix</p>
            ${ratesTable(found.slice((page - 1) * ROWS, page * ROWS), words(record?.currency), query.q)}
            ${pager({ path, query: { q: query.q ?? '', panel: panel ?? '' }, page, pages })}`
    }`,
  )}`;
  return { title: `Plan ${words(record?.name) || id}`, body, timeZone: scene.times.timeZone };
};

function ratesTable(rates: readonly TelephonyDocument[], currency: string, searched: string | undefined): Part {
  const price = (value: unknown): string | null => words(value) || null;
  return table({
    caption: 'Rates by country and prefix',
    columns: [
      { title: 'Prefix', cell: (rate) => (words(rate.prefix) === '' ? 'any' : name(words(rate.prefix))) },
      { title: 'Country', cell: (rate) => name(words(rate.country_code)) },
      { title: 'Name', cell: (rate) => name(words(rate.description)) },
      { title: 'Per minute', cell: (rate) => money(price(rate.price_per_minute), currency), isNumber: true },
      {
        title: 'Connection',
        cell: (rate) => orNone(price(rate.connection_fee), (fee) => money(fee, currency)),
        isNumber: true,
        isMinor: true,
      },
      {
        title: 'Increments',
        cell: (rate) => `${words(rate.initial_increment_seconds)}/${words(rate.increment_seconds)}`,
        isNumber: true,
        isMinor: true,
      },
      { title: 'Valid', cell: validity, isMinor: true },
      { title: 'Status', cell: ({ status }) => orNone(words(status) || null, badge) },
    ],
    rows: rates,
    empty: nothingFound(searched, 'No rate matches.'),
  });
}

function validity({ valid_from: from, valid_to: to }: TelephonyDocument): string {
  return from == null && to == null ? 'always' : `${words(from)} to ${words(to)}`;
}

/** Returns whether a rate is found: by a number of its prefix, or by other text in any value. */
function toRateFinder(text: string): (rate: TelephonyDocument) => boolean {
  const isPrefix = toPrefixFinder(text);
  return isPrefix === null ? toRecordFinder(text) : (rate) => isPrefix(words(rate.prefix));
}

function byPlace(a: TelephonyDocument, b: TelephonyDocument): number {
  const key = (rate: TelephonyDocument): string => `${words(rate.country_code)} ${words(rate.prefix)}`;
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}
