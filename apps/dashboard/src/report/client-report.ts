import type { ServiceDetail, Sluice } from '@sluice/engine';
import { sayAdvice } from '@sluice/engine/words';
import { chooseLanguage } from '@sluice/messages/languages';
import { type Brand, brandFoot, brandHead, toWholeBrand } from '../layout/brand.js';
import { sections, table, tile, tiles, usageBar } from '../layout/components.js';
import { Times } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import { toTimes, toZone } from '../layout/page-times.js';
import { toWording, type Wording } from '../layout/wording.js';
import { usageCharts } from '../pages/customer/graphs.js';
import { pastPeriodsSection } from '../pages/customer/past-periods.js';
import { cycleEnd, isMetered, showRemaining, showState, showUsed, toFill } from '../pages/customer/usage.js';
import { usageSection } from '../pages/customer/usage-section.js';
import { chartedServices, type Report, type ReportService } from './read-report.js';
import { reportHead } from './report-frame.js';

/** The report of one client, and how it is written. */
interface ClientReport {
  sluice: Sluice;
  report: Report & { client: string };
  /** Its services, in its order. */
  services: readonly ServiceDetail[];
  wording: Wording;
  times: Times;
}

/** Writes the report of a client as one HTML page, part by part, as his own pages show his services: in his language. */
export async function* clientReportHtml(sluice: Sluice, report: Report & { client: string }): AsyncGenerator<string> {
  const services = await readDetails(sluice, report.services, report.client);
  const own = services.find((service) => service.language != null)?.language;
  const language = chooseLanguage({ client: own, config: sluice.config.serve.language });
  const wording = toWording(language);
  const times = new Times(Date.parse(report.at), report.timeZone, { isKept: true, wording });
  const of = { sluice, report, services, wording, times };
  const brand = toWholeBrand(sluice.config);
  const client = report.clientName ?? wording.text('page.client', { client: report.client });
  yield reportHead(wording.text('report.titleOf', { client }), { wording, brand });
  yield brandRow(brand, wording);
  yield String(header(of));
  yield '<main>\n';
  yield String(overview(of));
  const charted = chartedServices(report);
  if (charted.length > 0) {
    yield `<section class="card" id="charts">\n<div class="card-head"><h2>${wording.text('report.services')}</h2></div>\n`;
    for (const { id } of charted) yield await showService(of, id);
    yield '</section>\n';
  }
  yield String(allServices(of));
  yield '</main>\n';
  const foot = String(brandFoot(brand, wording));
  if (foot !== '') yield `<footer class="footer report-foot">${foot}</footer>\n`;
  yield '</body>\n</html>\n';
}

/** Services that are read at once. */
const AT_ONCE = 500;

async function readDetails(
  sluice: Sluice,
  services: readonly ReportService[],
  reader: string,
): Promise<ServiceDetail[]> {
  const known = new Map<string, ServiceDetail>();
  for (let after: string | undefined; known.size < services.length;) {
    const { services: found } = await sluice.services.list({ client: reader, reader, after, limit: AT_ONCE });
    for (const detail of found) known.set(detail.id, detail);
    after = found.at(-1)?.id;
    if (found.length < AT_ONCE) break;
  }
  // In the order of the report; one that was removed meanwhile is left out.
  return services.flatMap(({ id }) => known.get(id) ?? []);
}

/** The logo and the name of the provider. */
function brandRow(brand: Brand, wording: Wording): string {
  if (brand.name === undefined && brand.logo === null) return '';
  return String(html`<div class="report-brand brand">${brandHead(brand, null, wording.text('home.title'))}</div> `);
}

function header({ report, wording, times }: ClientReport): Html {
  const client =
    report.clientName === null
      ? wording.say('page.client', { client: wording.name(report.client) })
      : wording.name(report.clientName);
  return html`<header class="report-head">
    <h1>${wording.say('report.titleOf', { client })}</h1>
    <p class="soft">${wording.say('report.asOf', { count: report.totals.services, at: times.full(report.at) })}</p>
  </header> `;
}

function overview({ report: { totals }, wording }: ClientReport): Html {
  const toTone = (count: number, tone: 'bad' | 'warning') => ({ tone: count > 0 ? tone : ('good' as const) });
  const { services, usedUp, nearLimit, held, unknown } = totals;
  const near = wording.text('report.near', { percent: wording.texts.percent(80) });
  return html`<section id="overview" aria-labelledby="overview-title">
    <h2 class="visually-hidden" id="overview-title">${wording.text('report.overview')}</h2>
    ${tiles([
      tile(wording.text('report.services'), wording.count(services)),
      tile(wording.text('report.usedUp'), wording.count(usedUp), toTone(usedUp, 'bad')),
      tile(near, wording.count(nearLimit), toTone(nearLimit, 'warning')),
      tile(wording.text('report.held'), wording.count(held), toTone(held, 'bad')),
      tile(wording.text('report.unknown'), wording.count(unknown), toTone(unknown, 'warning')),
    ])}
  </section> `;
}

/** A service as its page shows it, without what a visitor does there. */
async function showService({ sluice, report, wording }: ClientReport, id: string): Promise<string> {
  const { client: reader } = report;
  const [now, { language }] = [Date.parse(report.at), wording];
  const service = await sluice.services.show(id, { reader });
  const times = toTimes({ sluice, now, language, isEmbedded: true }, service.panel);
  const scene = { request: { sluice, isEmbedded: true }, service, times, wording };
  return String(
    html`<article class="reported">
      <h3>${showName(service, wording)}</h3>
      <p>${showAdvice(service, times, wording)}</p>
      <div class="service-facts">${usageSection(scene).content}</div>
      <div>
        ${await usageCharts({ sluice, now, language }, service, 'cycle')} ${sections([await pastPeriodsSection(scene)])}
      </div>
    </article> `,
  );
}

function showName({ id, name }: Pick<ServiceDetail, 'id' | 'name'>, wording: Wording): Html {
  return name === null ? wording.name(id) : html`${wording.name(name)} <span class="soft">${wording.name(id)}</span>`;
}

/** What is going on with a service, also where its figures are old. */
function showAdvice(service: ServiceDetail, times: Times, wording: Wording): Part[] {
  const { advice } = service;
  if (advice === undefined) return [];
  return sayAdvice(advice, service, times).flatMap((said) => [wording.said(said, times), ' ']);
}

function allServices({ sluice, services: rows, wording, times }: ClientReport): Html {
  const title = wording.text('report.all');
  const list = table({
    caption: title,
    hidesCaption: true,
    columns: [
      { title: wording.text('service.service'), cell: (service) => showName(service, wording) },
      { title: wording.text('service.used'), cell: (service) => showUsed(service, wording) },
      {
        title: wording.text('report.share'),
        cell: (service) => usageBar(toFill(service), { wording }) ?? wording.none,
      },
      {
        title: wording.text('service.left'),
        cell: (service) => (isMetered(service) ? showRemaining(service, wording) : wording.none),
        isNumber: true,
        isMinor: true,
      },
      {
        title: wording.text('report.ends'),
        cell: (service) => cycleEnd(service, times, { timeZone: toZone({ sluice }, service.panel), wording }),
        isMinor: true,
      },
      {
        title: wording.text('service.state'),
        cell: (service) =>
          html`${showState(service, wording)} <span class="soft">${showAdvice(service, times, wording)}</span>`,
      },
    ],
    rows,
  });
  return html`<section class="card" id="services">
    <div class="card-head"><h2>${title}</h2></div>
    ${list}
  </section> `;
}
