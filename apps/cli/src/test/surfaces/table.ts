import type { ReportService } from '@sluice/dashboard/report';
import type {
  Explanation,
  HoldEntry,
  OverviewReport,
  PanelView,
  ProductView,
  RunReport,
  ServiceDetail,
} from '@sluice/engine';
import { type Facts, toText, type World } from './world.js';

/** What a surface says of the facts; only what it is about. */
export type Said = Partial<Facts & { heldCount: number; isHeld: boolean }>;

/** Reads what a surface says. */
export type Read = (world: World) => Said | Promise<Said>;

interface Check {
  name: string;
  status: string;
  message: string;
}
interface Part {
  id: string;
  html: string;
}

const toIds = (services: readonly { id: string }[]): string[] => services.map(({ id }) => id).sort();
const isHeld = ({ status, observing }: { status: string; observing: boolean }): boolean =>
  status === 'held' && !observing;

/** Of a list of all services: which are held, with the last good figures, and whether the panel is down. */
function ofServices(services: readonly ServiceDetail[]): Said {
  return {
    held: toIds(services.filter(isHeld)),
    down: services.every(({ panelDownSince }) => panelDownSince !== null),
    figures: services.every(({ usage }) => usage !== null),
  };
}

function ofService({ status, observing, panelDownSince, usage }: ServiceDetail): Said {
  return { isHeld: isHeld({ status, observing }), down: panelDownSince !== null, figures: usage !== null };
}

const ofPanel = ({ enforce }: Pick<PanelView, 'enforce'>): Said => ({
  enforced: enforce.value === 'observe' ? enforce.except.map(({ product }) => product) : ['all'],
});

const ofHolds = (holds: readonly Pick<HoldEntry, 'service' | 'until'>[]): Said => ({
  held: [...new Set(holds.filter(({ until }) => until === null).map(({ service }) => service ?? ''))].sort(),
});

function ofChecks(checks: readonly Check[]): Said {
  const enforce = checks.find(({ name }) => name === 'enforce')?.message ?? '';
  const panel = checks.find(({ name }) => name === 'panel');
  const isDown = panel?.status === 'failed';
  // A panel that does not answer is not asked for more.
  return { down: isDown, ...(isDown ? {} : { enforced: inWords(enforce) }) };
}

/** The exceptions in `observe, except X: enforced since …`. */
function inWords(text: string): string[] {
  const [, exceptions = ''] = /observe,? except (.*?); otherwise/.exec(text) ?? [];
  return exceptions.split('; ').flatMap((each) => /^(\S+): enforced since/.exec(each)?.[1] ?? []);
}

function ofOverview({ totals, panels, services }: OverviewReport): Said {
  const [panel] = panels;
  return {
    heldCount: services.items.filter(isHeld).length,
    held: toIds(services.items.filter(isHeld)),
    down: panel?.reachable === false && panel.downSince !== null,
    figures: services.items.every(({ usedBytes }) => usedBytes !== null),
    ...(panel === undefined ? {} : ofPanel(panel)),
    ...(panels.every(({ held }) => held === totals.held) ? {} : { heldCount: -1 }),
  };
}

const pageOfOverview = (text: string): Said => ({
  down: /\bdown since/.test(text) && /Panels away 1\b/.test(text),
  enforced: inWords(text.replace(/observe except/, 'observe, except')),
  figures: !/never|not read yet/.test(text),
});

/** The words of a service's page. */
const pageOfService = (text: string): Said => ({
  isHeld: text.includes('It is held since'),
  down: text.includes('panel down since'),
  figures: text.includes('195 GB'),
});

const partsText = (parts: readonly Part[]): string =>
  parts
    .map(({ html }) => html.replaceAll(/<[^>]*>/g, ' '))
    .join(' ')
    .replaceAll(/\s+/g, ' ');

/** What a client reads of svc-2, the service that is enforced first. */
const forCustomer = (text: string): Said => ({
  down: text.includes('be read at the moment'),
  figures: text.includes('195 GB'),
});

/** What each surface says of the facts, by `command WORDS`, and `GET PATH` of the routes. */
export const SPEAKING: Record<string, Read> = {
  'command poll': ({ polled }) => ({ down: polled.totals.read === 0 }),
  'command plan': async ({ json }) => ({ down: (await json<RunReport>('plan')).totals.read === 0 }),
  'command usage': async ({ json }) => ofServices((await json<{ services: ServiceDetail[] }>('usage')).services),
  'command explain': async ({ json }) => {
    const { service, holds } = await json<Explanation>('explain svc-2');
    return { ...ofService(service), isHeld: holds.some(({ until }) => until === null) };
  },
  'command report': async ({ at, json, text }) => {
    const { report } = await json<{ report: { services: ReportService[] } }>('report');
    const down = report.services.every(({ panelDownSince }) => panelDownSince !== null);
    expectSame(down, (await text('report')).includes('Panel dcim is down since'));
    await text('report --html report.html');
    expectSame(down, toText(at.bench.read('report.html')).includes('panel down since'));
    return { down, figures: report.services.every(({ usedBytes }) => usedBytes !== null) };
  },
  'command service list': async ({ json, text }) => {
    const said = ofServices((await json<{ services: ServiceDetail[] }>('service list')).services);
    const printed = await text('service list --status held --columns service,status');
    const held = [...printed.matchAll(/^(svc-\d) +held *$/gm)].map(([, id = '']) => id);
    return {
      ...said,
      held,
      down: said.down === true && /^Panel dcim is down since /m.test(await text('service list')),
    };
  },
  'command service show': async ({ json }) => ofService(await json<ServiceDetail>('service show svc-2')),
  'command hold list': async ({ json }) => ofHolds((await json<{ holds: HoldEntry[] }>('hold list')).holds),
  'command panel list': async ({ json, text }) => {
    const [panel] = (await json<{ panels: PanelView[] }>('panel list')).panels;
    const said = panel === undefined ? {} : ofPanel(panel);
    expectSame(said.enforced, inWords(await text('panel list --columns panel,enforce')));
    return said;
  },
  'command panel test': async ({ json }) => {
    const [panel] = (await json<{ panels: (PanelView & { ok: boolean })[] }>('panel test')).panels;
    return panel === undefined ? {} : { ...ofPanel(panel), down: !panel.ok };
  },
  'command doctor': async ({ json }) => ofChecks((await json<{ checks: Check[] }>('doctor')).checks),
  'command metrics': async ({ text }) => ofMetrics(await text('metrics')),

  'GET /metrics': async ({ page }) => ofMetrics(await page('/metrics')),
  'GET /api/v1/services': async ({ api }) =>
    ofServices((await api<{ services: ServiceDetail[] }>('/api/v1/services')).services),
  'GET /api/v1/usage': async ({ api }) =>
    ofServices((await api<{ services: ServiceDetail[] }>('/api/v1/usage')).services),
  'GET /api/v1/services/:service': async ({ api }) => ofService(await api<ServiceDetail>('/api/v1/services/svc-2')),
  'GET /api/v1/services/:service/explanation': async ({ api }) => {
    const { service, holds } = await api<Explanation>('/api/v1/services/svc-2/explanation');
    return { ...ofService(service), isHeld: holds.some(({ until }) => until === null) };
  },
  'GET /api/v1/holds': async ({ api }) => ofHolds((await api<{ holds: HoldEntry[] }>('/api/v1/holds')).holds),
  'GET /api/v1/services/:service/holds': async ({ api }) => {
    const { holds } = await api<{ holds: HoldEntry[] }>('/api/v1/services/svc-2/holds');
    return { isHeld: holds.some(({ until }) => until === null) };
  },
  'GET /api/v1/panels': async ({ api }) => {
    const [panel] = (await api<{ panels: PanelView[] }>('/api/v1/panels')).panels;
    return panel === undefined ? {} : ofPanel(panel);
  },
  'GET /api/v1/products': async ({ api }) => {
    const { products } = await api<{ products: ProductView[] }>('/api/v1/products');
    return { enforced: products.flatMap(({ id, enforce }) => (enforce.value === 'on' ? [id] : [])) };
  },
  'GET /api/v1/doctor': async ({ api }) => ofChecks((await api<{ checks: Check[] }>('/api/v1/doctor')).checks),
  'GET /api/v1/overview': async ({ api }) => ofOverview(await api<OverviewReport>('/api/v1/overview')),
  'GET /api/v1/embedded/overview': async ({ api }) =>
    pageOfOverview(partsText((await api<{ parts: Part[] }>('/api/v1/embedded/overview')).parts)),
  'GET /api/v1/embedded/services/:service': async ({ api }) => {
    const path = '/api/v1/embedded/services/svc-2';
    const staff = partsText((await api<{ parts: Part[] }>(`${path}?for=staff`)).parts);
    const customer = partsText((await api<{ parts: Part[] }>(`${path}?for=customer`)).parts);
    expectSame(forCustomer(customer).down, pageOfService(staff).down);
    return pageOfService(staff);
  },
  'GET /api/v1/embedded/clients/:client': async ({ api }) => ({
    figures: partsText((await api<{ parts: Part[] }>('/api/v1/embedded/clients/c-1')).parts).includes('195 GB'),
  }),

  'GET /': async ({ page }) => pageOfOverview(await page('/')),
  'GET /services/:id': async ({ page }) => pageOfService(await page('/services/svc-2')),
  'GET /panels': async ({ page }) => pageOfPanels(await page('/panels')),
  'GET /panels/:name': async ({ page }) => pageOfPanels(await page('/panels/dcim')),
  'GET /products': async ({ page }) => ({
    enforced: [...(await page('/products')).matchAll(/(\w+) dcim (?:(?! dcim ).)*? on set with a command/g)].map(
      ([, product = '']) => product,
    ),
  }),
  'GET /share/:shareToken': async ({ shared }) => ({ figures: (await shared('')).includes('195 GB') }),
  'GET /share/:shareToken/services/:id': async ({ shared }) => forCustomer(await shared('/services/svc-2')),
};

const pageOfPanels = (text: string): Said => ({
  down: /\bdown since/.test(text),
  enforced: inWords(text.replace(/observe except/, 'observe, except')),
});

function ofMetrics(text: string): Said {
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(lines(text))?.[1]);
  const products = ['ports', 'order'];
  return {
    down: figure('sluice_panel_up\\{panel="dcim"\\}') === 0,
    enforced: products.filter((each) => figure(`sluice_enforce\\{panel="dcim",product="${each}"\\}`) === 1),
    figures: figure('sluice_service_usage_bytes\\{panel="dcim",service="svc-2",direction="total"\\}') > 0,
  };
}

/** Metrics of a page are on one line. */
function lines(text: string): string {
  return text.replaceAll(' sluice_', '\nsluice_');
}

function expectSame(one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other))
    throw new Error(`${JSON.stringify(one)} and ${JSON.stringify(other)} of one surface differ`);
}
