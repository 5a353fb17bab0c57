import type { Sluice } from '@sluice/engine';
import { describeService } from '@sluice/engine/words';
import { plainTable, tile, tiles, type Tone, usageBar } from '../layout/components.js';
import { counted, named, Times } from '../layout/format.js';
import { html, type Html } from '../layout/html.js';
import { usageFigure } from '../layout/chart.js';
import { chartedServices, readGraph, type Report, type ReportService } from './read-report.js';
import { toZone } from '../layout/page-times.js';
import { toWording } from '../layout/wording.js';
import { clientReportHtml } from './client-report.js';
import { reportHead } from './report-frame.js';
import { serviceFacts } from './service-parts.js';
import { SERVICE_TABLE_HEAD, serviceRow } from './service-table.js';

const ENGLISH = toWording('en');
/** Rows that are written at once. */
const ROWS = 200;

/**
 * Writes a report as one HTML page that needs no other file, part by part: memory does not grow with the number of
 * services beyond the report itself. Charts are read from the store as they are written.
 */
export async function* reportHtml(sluice: Sluice, report: Report): AsyncGenerator<string> {
  const { client } = report;
  if (client !== null) {
    yield* clientReportHtml(sluice, { ...report, client });
    return;
  }
  const now = Date.parse(report.at);
  const charted = chartedServices(report);
  yield reportHead('Usage report', { wording: ENGLISH, brand: null });
  yield String(header(report, charted));
  yield '<main>\n';
  yield String(overview(report));
  if (charted.length > 0) {
    yield '<section class="card" id="charts">\n<div class="card-head"><h2>Fullest limits</h2></div>\n';
    for (const [index, service] of charted.entries()) yield await drawChart(sluice, report, { service, index, now });
    yield '</section>\n';
  }
  yield* table(sluice, report);
  yield '</main>\n</body>\n</html>\n';
}

function header(report: Report, charted: readonly ReportService[]): Html {
  const times = new Times(Date.parse(report.at), report.timeZone);
  return html`<header class="report-head">
    <h1>Usage report</h1>
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
  return String(
    html`<article class="reported">
      <h3>${named(service.name, service.id)}</h3>
      <div class="service-facts">
        ${serviceFacts(service, {
          times: new Times(now, report.timeZone),
          timeZone: toZone({ sluice }, service.panel),
        })}
      </div>
      <div>${figure}</div>
    </article> `,
  );
}

function* table(sluice: Sluice, report: Report): Generator<string> {
  const now = Date.parse(report.at);
  if (report.services.length === 0) {
    yield '<section class="card" id="services"><h2>All services</h2><p class="empty">There are no services.</p></section>\n';
    return;
  }
  const times = new Times(now, report.timeZone);
  yield SERVICE_TABLE_HEAD;
  for (let first = 0; first < report.services.length; first += ROWS) {
    const rows = report.services.slice(first, first + ROWS);
    yield rows.map((service) => serviceRow(service, { times, timeZone: toZone({ sluice }, service.panel) })).join('');
  }
  yield '</tbody>\n</table>\n</div>\n</section>\n';
}
