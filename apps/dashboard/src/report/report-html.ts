import { createHash } from 'node:crypto';
import { chartStyles } from '@sluice/charts';
import type { Sluice } from '@sluice/engine';
import { describeService } from '@sluice/engine/words';
import { BASE_STYLE } from '../assets/style-base.js';
import { PARTS_STYLE } from '../assets/style-parts.js';
import { type Brand, brandFoot, brandHead, brandTitle, toWholeBrand, type WholeBrand } from '../layout/brand.js';
import { plainTable, tile, tiles, type Tone, usageBar } from '../layout/components.js';
import { counted, named, Times } from '../layout/format.js';
import { html, type Html } from '../layout/html.js';
import { usageFigure } from '../layout/chart.js';
import { chartedServices, readGraph, type Report, type ReportService } from './read-report.js';
import { toZone } from '../layout/page-times.js';
import { toWording } from '../layout/wording.js';
import { REPORT_STYLE } from './report-style.js';
import { historyTable, serviceFacts } from './service-parts.js';
import { serviceRow, serviceTableHead } from './service-table.js';

const STYLE = `${BASE_STYLE}${PARTS_STYLE}${chartStyles()}${REPORT_STYLE}`;
const ENGLISH = toWording('en');
/** Rows that are written at once. */
const ROWS = 200;

/**
 * Writes a report as one HTML page that needs no other file, part by part: memory does not grow with the number of
 * services beyond the report itself. Charts are read from the store as they are written.
 */
export async function* reportHtml(sluice: Sluice, report: Report): AsyncGenerator<string> {
  const now = Date.parse(report.at);
  const charted = chartedServices(report);
  const brand = report.client === null ? null : toWholeBrand(sluice.config);
  yield head(report, brand);
  if (brand !== null) yield brandRow(brand);
  yield String(header(report, charted));
  yield '<main>\n';
  yield String(overview(report));
  if (charted.length > 0) {
    const title = report.client === null ? 'Fullest limits' : 'Services';
    yield `<section class="card" id="charts">\n<div class="card-head"><h2>${title}</h2></div>\n`;
    for (const [index, service] of charted.entries()) yield await drawChart(sluice, report, { service, index, now });
    yield '</section>\n';
  }
  yield* table(sluice, report);
  yield '</main>\n';
  const foot = brand === null ? '' : String(brandFoot(brand, ENGLISH));
  if (foot !== '') yield `<footer class="footer report-foot">${foot}</footer>\n`;
  yield '</body>\n</html>\n';
}

/** The page may use its style and the images in it, and nothing else: no script, no request. */
function toPolicy(style: string, { hasImage }: { hasImage: boolean }): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}';${hasImage ? ' img-src data:;' : ''} base-uri 'none'; form-action 'none'`;
}

function head({ client, clientName }: Report, brand: WholeBrand | null): string {
  const title = client === null ? 'Usage report' : `Usage report of ${clientName ?? `client ${client}`}`;
  const style = `${STYLE}${brand?.colours ?? ''}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${toPolicy(style, { hasImage: brand !== null && brand.logo !== null })}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
${String(brand === null ? html`<title>${title}</title>` : brandTitle(brand, title))}
<style>${style}</style>
</head>
<body>
`;
}

/** The logo and the name of the provider. */
function brandRow(brand: Brand): string {
  if (brand.name === undefined && brand.logo === null) return '';
  return String(html`<div class="report-brand brand">${brandHead(brand, null, ENGLISH.text('home.title'))}</div> `);
}

function header(report: Report, charted: readonly ReportService[]): Html {
  const times = new Times(Date.parse(report.at), report.timeZone);
  return html`<header class="report-head">
    <h1>
      Usage
      report${report.client === null ? null : html` of ${report.clientName === null ? 'client ' : null}${named(report.clientName, report.client)}`}
    </h1>
    <p class="soft">${counted(report.totals.services, 'service')}, as of ${times.full(report.at)}</p>
    <nav class="contents" aria-label="Contents">
      <a href="#overview">Overview</a>
      ${charted.length === 0 ? null : html`<a href="#charts">Charts</a>`}
      <a href="#services">All services</a>
    </nav>
  </header> `;
}

/** Names the services that exceeded a limit by more than the config permits. */
function exceededList({ at, timeZone, exceeded = [] }: Report): Html | null {
  if (exceeded.length === 0) return null;
  const times = new Times(Date.parse(at), timeZone);
  const items = exceeded.map((one) => html`<li>${times.full(one.at)}: ${times.inText(one.message)}</li>`);
  return html`<div class="card">
    <h3>Exceeded by more than is permitted</h3>
    <ul class="sentences">
      ${items}
    </ul>
  </div>`;
}

function overview(report: Report): Html {
  const { totals, services } = report;
  return html`<section id="overview" aria-labelledby="overview-title">
    <h2 class="visually-hidden" id="overview-title">Overview</h2>
    ${tiles([
      tile('Services', totals.services),
      tile('Used up', totals.usedUp, { tone: totals.usedUp > 0 ? 'bad' : 'good' }),
      tile('At 80% or more', totals.nearLimit, { tone: totals.nearLimit > 0 ? 'warning' : 'good' }),
      tile('Held', totals.held, { tone: totals.held > 0 ? 'bad' : 'good' }),
      tile('Usage unknown', totals.unknown, { tone: totals.unknown > 0 ? 'warning' : 'good' }),
    ])}
    ${services.length > 1 ? bands(services) : null} ${exceededList(report)}
  </section> `;
}

const BANDS: readonly (readonly [title: string, tone: Tone, from: number, to: number])[] = [
  ['100% and more', 'bad', 1, Infinity],
  ['80% to 99%', 'warning', 0.8, 1],
  ['50% to 79%', 'good', 0.5, 0.8],
  ['Below 50%', 'good', 0, 0.5],
];

/** How many services have used how much. */
function bands(services: readonly ReportService[]): Html {
  const counts = BANDS.map(([title, tone, from, to]) => {
    const found = services.filter(({ share }) => share !== null && share >= from && share < to);
    return { title, tone, count: found.length };
  });
  const others = services.filter(({ share }) => share === null).length;
  const list = plainTable({
    caption: 'Services by the used part of their fullest limit',
    columns: [
      { title: 'Used', cell: ({ title }) => title },
      { title: 'Services', cell: ({ count }) => count, isNumber: true },
      {
        title: 'Part of all',
        cell: ({ tone, count }) => usageBar({ used: count, allowed: services.length }, { tone }),
      },
    ],
    rows: [...counts, { title: 'No limit, or unknown', tone: 'good' as const, count: others }],
  });
  return html`<div class="card"><div class="bands">${list}</div></div>`;
}

async function drawChart(
  sluice: Sluice,
  report: Report,
  { service, index, now }: { service: ReportService; index: number; now: number },
): Promise<string> {
  const graph = await readGraph(sluice, service.id, report.client);
  const figure =
    graph === null
      ? html`<p class="empty">It has not been metered yet.</p>`
      : usageFigure(graph, {
          title: `${describeService(service)}: usage in the cycle`,
          id: `chart-${index + 1}`,
          now,
          ahead: true,
        });
  const history = report.client === null ? null : await historyTable(sluice, report.client, { service, now });
  return String(
    html`<article class="service">
      <h3>${named(service.name, service.id)}</h3>
      <div class="service-facts">
        ${serviceFacts(service, {
          times: new Times(now, report.timeZone),
          timeZone: toZone({ sluice }, service.panel),
          forOperators: report.client === null,
        })}
      </div>
      <div>${figure} ${history}</div>
    </article> `,
  );
}

function* table(sluice: Sluice, report: Report): Generator<string> {
  const now = Date.parse(report.at);
  const isOfAll = report.client === null;
  if (report.services.length === 0) {
    yield '<section class="card" id="services"><h2>All services</h2><p class="empty">There are no services.</p></section>\n';
    return;
  }
  const times = new Times(now, report.timeZone);
  yield serviceTableHead(isOfAll);
  for (let first = 0; first < report.services.length; first += ROWS) {
    const rows = report.services.slice(first, first + ROWS);
    yield rows
      .map((service) => serviceRow(service, { times, timeZone: toZone({ sluice }, service.panel) }, isOfAll))
      .join('');
  }
  yield '</tbody>\n</table>\n</div>\n</section>\n';
}
