import type { TelephonyDocument } from '@sluice/engine';
import { facts, pager, section, table } from '../layout/components.js';
import { counted, money, name, NONE, words } from '../layout/format.js';
import { searchForm } from '../layout/forms.js';
import { html, type Part } from '../layout/html.js';
import type { Page } from '../page.js';
import { readNow } from './last-read.js';
import { readCapabilities } from './navigation.js';
import { recordFacts } from './record-values.js';
import { toNumber, toScene } from './scene.js';
import { chosenPanel, contains, panelField } from './telephony.js';

const ROWS = 200;

/** `/plans/:id`: a plan with its rates by country and prefix. */
export const planPage: Page = async (request) => {
  const { params, query, sluice } = request;
  const id = params.id ?? '';
  const panel = chosenPanel(request);
  const scene = toScene(request, panel ?? null);
  await readCapabilities(sluice);
  const plan = await readNow(scene, ['show', 'plans', id, panel], (signal) =>
    sluice.telephony.show('plans', id, { panel, signal }),
  );
  const rates = await readNow(scene, ['rates', id, panel], (signal) =>
    sluice.telephony.list('rates', { panel, filters: { plan_id: id }, signal }),
  );
  const [record] = plan.value?.records ?? [];
  const currency = words(record?.currency);
  const found = (rates.value?.records ?? []).filter((rate) => matches(rate, query.q ?? '')).sort(byPlace);
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const page = Math.min(pages, toNumber(query.page, 1));
  const rows = found
    .slice((page - 1) * ROWS, page * ROWS)
    .map((rate): Part[] => [
      words(rate.prefix) === '' ? 'any' : html`<bdi>${words(rate.prefix)}</bdi>`,
      name(words(rate.country_code)),
      name(words(rate.description)),
      money(words(rate.price_per_minute) || null, currency),
      words(rate.connection_fee) === '' ? NONE : money(words(rate.connection_fee), currency),
      `${words(rate.initial_increment_seconds)}/${words(rate.increment_seconds)}`,
      rate.valid_from == null && rate.valid_to == null
        ? 'always'
        : `${words(rate.valid_from)} to ${words(rate.valid_to)}`,
    ]);
  const path = `/plans/${encodeURIComponent(id)}`;
  const body = html`${plan.notice}
  ${record === undefined ? null : section('Plan', facts(recordFacts({ panel: plan.value?.panel ?? '', times: scene.times, services: new Map() }, record)))}
  ${section(
    'Rates',
    html`${searchForm({ action: path, id: 'rates', submit: 'Show', fields: [...panelField(request), { name: 'q', label: 'Number, prefix, country or name', type: 'search', value: query.q ?? '' }] })}
    ${rates.notice}
    ${
      rates.value === null
        ? null
        : html`<p class="soft">${counted(found.length, 'rate')}, by country and prefix</p>
            ${table({
              caption: 'Rates by country and prefix',
              columns: [
                { title: 'Prefix' },
                { title: 'Country' },
                { title: 'Name' },
                { title: 'Per minute', isNumber: true },
                { title: 'Connection', isNumber: true, isMinor: true },
                { title: 'Increments', isNumber: true, isMinor: true },
                { title: 'Valid', isMinor: true },
              ],
              rows,
              empty: 'No rate matches.',
            })}
            ${pager({ path, query: { q: query.q ?? '', panel: panel ?? '' }, page, pages })}`
    }`,
  )}`;
  return { title: `Plan ${words(record?.name) || id}`, body };
};

/** A number matches the prefixes that it begins with, other text any value. */
function matches(rate: TelephonyDocument, text: string): boolean {
  const digits = text.replaceAll(/[\s+().-]/g, '');
  if (!/^\d+$/.test(digits)) return contains(rate, text);
  const prefix = words(rate.prefix);
  return prefix !== '' && (prefix.startsWith(digits) || digits.startsWith(prefix));
}

function byPlace(a: TelephonyDocument, b: TelephonyDocument): number {
  const key = (rate: TelephonyDocument): string => `${words(rate.country_code)} ${words(rate.prefix)}`;
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}
