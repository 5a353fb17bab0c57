import { rateText } from '@sluice/charts';
import type { TopTraffic } from '@sluice/engine';
import type { GraphRange } from '@sluice/engine/options';
import { trafficFigure } from '../../layout/chart.js';
import { address, link, section, table, tile, tiles, usageBar } from '../../layout/components.js';
import { bytes, count, counted, name, NONE } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { toTimes } from '../../layout/page-times.js';
import type { PageRequest } from '../../requests/page-request.js';
import type { Page } from '../page.js';

const RANGES: readonly (readonly [GraphRange, string])[] = [
  ['24h', '24 hours'],
  ['7d', '7 days'],
  ['cycle', 'Cycles'],
];
const GROUPS: readonly (readonly [TopTraffic['by'], string])[] = [
  ['service', 'Services'],
  ['client', 'Clients'],
  ['product', 'Products'],
  ['panel', 'Panels'],
];
const FILTERS = ['panel', 'product', 'client'] as const;
const ROWS = 50;
/** Services whose traffic over time is read for a page. */
const MOST_OVER_TIME = 1000;

type Row = TopTraffic['rows'][number];
/** What the bars are split by; those of all services are of in and out. */
type Split = Exclude<TopTraffic['by'], 'service'> | undefined;
type Query = Readonly<Record<string, string | null>>;

/** `/traffic`: who used most in a time. */
export const trafficPage: Page = async (request) => {
  const { query } = request;
  const [range, rangeName] = RANGES.find(([value]) => value === query['range']) ?? RANGES[0] ?? ['24h', ''];
  const [by, title] = GROUPS.find(([value]) => value === query['by']) ?? GROUPS[0] ?? ['service', ''];
  const filters = Object.fromEntries(FILTERS.map((key) => [key, query[key] === '' ? undefined : query[key]]));
  const found = await request.sluice.usage.top({ range, by, limit: ROWS, ...filters });
  const kept: Query = Object.fromEntries(FILTERS.map((key) => [key, filters[key] ?? null]));
  const body = html`${choices('Time', RANGES, { key: 'range', value: range }, { ...kept, by })}
  ${choices('Sums', GROUPS, { key: 'by', value: by }, { ...kept, range })} ${filterList(kept, { range, by })}
  ${totals(found, request)} ${await overTime(request, range, { found, filters, by: by === 'service' ? undefined : by })}
  ${section(`${title}, ${range === 'cycle' ? 'in their cycles' : `last ${rangeName.toLowerCase()}`}`, rows(found, range))}
  ${found.groups > found.rows.length ? html`<p class="soft">These are the ${count(found.rows.length)} with most traffic of ${count(found.groups)}.</p>` : null}`;
  return { title: 'Traffic', body };
};

function choices(
  label: string,
  list: readonly (readonly [string, string])[],
  { key, value }: { key: string; value: string },
  others: Query,
): Html {
  const links = list.map(
    ([each, text]) =>
      html`<a
        href="${address('/traffic', { ...others, [key]: each })}"
        ${each === value ? html` aria-current="true"` : null}
        >${text}</a
      >`,
  );
  return html`<nav class="buttons" aria-label="${label}">${links}</nav>`;
}

/** What the sums are limited to, with links that end each limit. */
function filterList(filters: Query, others: Query): Part {
  const set = FILTERS.filter((key) => filters[key] !== null);
  if (set.length === 0) return null;
  const parts = set.map(
    (key) =>
      html`${key} ${name(filters[key])} (${link(address('/traffic', { ...filters, ...others, [key]: null }), 'all')})`,
  );
  return html`<p>Only ${parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]))}</p>`;
}

function totals({ total, start, end, withoutBytes }: TopTraffic, request: PageRequest): Html {
  const { services, unknown, inBytes, outBytes, totalBytes, bitsPerSecond } = total;
  const times = toTimes(request);
  const detail = start === null ? 'since the start of each cycle' : html`since ${times.full(start)}`;
  return html`${tiles([
      tile('Traffic', bytes(totalBytes), { detail }),
      tile('In', bytes(inBytes)),
      tile('Out', bytes(outBytes)),
      tile('Mean rate', rate(bitsPerSecond)),
    ])}
    <p class="soft">
      Of ${counted(services, 'service')}, from stored
      readings${unknown === 0 ? null : `; without a reading in this time, and in no sum: ${count(unknown)}`}. As of
      ${times.full(end)}.
      ${withoutBytes === 0 ? null : html`Of panels that count no bytes, such as lines of telephony, and left out: ${counted(withoutBytes, 'service')}.`}
    </p>`;
}

/** The traffic over time of what the page is limited to, by panels, products or clients where these are listed; of many services a sentence, since it is read for each of them. */
async function overTime(
  { sluice, now }: PageRequest,
  range: GraphRange,
  { found, filters, by }: { found: TopTraffic; filters: Readonly<Record<string, string | undefined>>; by: Split },
): Promise<Part> {
  if (found.total.services === 0) return null;
  if (found.total.services > MOST_OVER_TIME) {
    const words = Object.entries({ ...filters, by }).flatMap(([key, value]) =>
      value === undefined ? [] : [`--${key} ${value}`],
    );
    return html`<p class="soft">
      The traffic over time of ${counted(found.total.services, 'service')} is printed by
      <code>${['sluice usage traffic', ...words].join(' ')}</code>.
    </p>`;
  }
  // Each service is in another cycle.
  const traffic = await sluice.usage.traffic({ range: range === 'cycle' ? '30d' : range, by, ...filters });
  const graph = { ...traffic, window: { start: traffic.start, end: traffic.end } };
  const figure = trafficFigure(graph, { id: 'traffic', now }) ?? html`<p class="empty">No reading in this time.</p>`;
  return section(
    `Over time${by === undefined ? '' : ` by ${by}`}, last ${range === 'cycle' ? '30 days' : range}`,
    html`${figure} ${range === 'cycle' ? null : outsideBars(found, traffic.bars)}`,
  );
}

/** Says how much of the sum is in no bar: nobody knows when it was. */
function outsideBars({ total: { totalBytes } }: TopTraffic, bars: readonly { totalBytes: number | null }[]): Part {
  const inBars = bars.reduce((sum, bar) => sum + (bar.totalBytes ?? 0), 0);
  if (totalBytes === null || totalBytes <= inBars) return null;
  return html`<p class="soft">
    ${bytes(totalBytes - inBars)} of the ${bytes(totalBytes)} are in no bar: they were used before the first reading of
    a service, or in a time whose readings are not known.
  </p>`;
}

const rate = (bits: number | null): Part => (bits === null ? NONE : rateText(bits));

function rows({ rows: list, by, total }: TopTraffic, range: string): Part {
  return table<Row>({
    caption: 'Traffic',
    columns: [
      { title: GROUPS.find(([value]) => value === by)?.[1].slice(0, -1) ?? '', cell: (row) => what(row, by, range) },
      ...(by === 'service'
        ? []
        : [{ title: 'Services', cell: ({ services }: Row) => count(services), isNumber: true }]),
      { title: 'In', cell: ({ inBytes }) => bytes(inBytes), isNumber: true, isMinor: true },
      { title: 'Out', cell: ({ outBytes }) => bytes(outBytes), isNumber: true, isMinor: true },
      { title: 'Total', cell: ({ totalBytes }) => bytes(totalBytes), isNumber: true },
      { title: 'Mean rate', cell: ({ bitsPerSecond }) => rate(bitsPerSecond), isNumber: true },
      {
        title: 'Part of all',
        cell: ({ totalBytes }) =>
          totalBytes === null || !total.totalBytes
            ? NONE
            : usageBar({ used: totalBytes, allowed: total.totalBytes }, { tone: 'good' }),
      },
    ],
    rows: list,
    empty: 'There are no services whose bytes are counted.',
  });
}

function what({ key, name: title }: Row, by: TopTraffic['by'], range: string): Part {
  if (key === null) return `no ${by}`;
  const to =
    by === 'service'
      ? `/services/${encodeURIComponent(key)}`
      : address('/traffic', { range, by: 'service', [by]: key });
  if (title === null || title === key) return link(to, key);
  return html`${link(to, title)} <span class="soft">${name(key)}</span>`;
}
