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
export type Said = Partial<
  Facts & { heldCount: number; isHeld: boolean; isDue: boolean; isDoubted: boolean; isUnread: boolean }
>;

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
const isHeld = ({ status }: { status: string }): boolean => status === 'held';
const isDoubted = ({ status }: { status: string }): boolean => status === 'doubted';
const wouldBeHeld = ({ wouldHold }: { wouldHold: readonly string[] }): boolean => wouldHold.length > 0;

/** Of a list of all services: which are held, with the last good figures, and whether the panel is down. */
function ofServices(services: readonly ServiceDetail[]): Said {
  return {
    held: toIds(services.filter(isHeld)),
    wouldHold: toIds(services.filter(wouldBeHeld)),
    doubted: ofDoubted(services),
    down: services.every(({ panelDownSince }) => panelDownSince !== null),
    undecided: services.every(({ panelUndecided }) => panelUndecided !== undefined),
    figures: services.every(({ usage }) => usage !== null),
  };
}

/** The doubted services: those with a doubted figure are those that are called so. */
function ofDoubted(services: readonly Pick<ServiceDetail, 'id' | 'status' | 'doubted'>[]): string[] {
  const ids = toIds(services.filter(isDoubted));
  expectSame(toIds(services.filter(({ doubted }) => doubted !== null)), ids);
  return ids;
}

function ofService({ status, panelDownSince, panelUndecided, usage }: ServiceDetail): Said {
  const undecided = panelUndecided !== undefined;
  return { isHeld: isHeld({ status }), down: panelDownSince !== null, undecided, figures: usage !== null };
}

const ofEnforce = ({ enforce }: Pick<PanelView, 'enforce'>): Said => ({
  enforced: enforce.value === 'observe' ? enforce.except.map(({ product }) => product) : ['all'],
});

type PanelState = Pick<PanelView, 'enforce' | 'brake' | 'downSince' | 'undecided'>;

const ofPanel = ({ enforce, brake, downSince, undecided }: PanelState): Said => ({
  ...ofEnforce({ enforce }),
  undecided: undecided !== undefined,
  braked: brake !== null,
  down: downSince !== null,
});

/** What a run says that decided about all services, or would; without figures, since a run that reads nothing shows none. */
const ofRun = ({ services, totals, error, notices, panels }: RunReport): Said => {
  if (panels.length > 0) return { undecided: panels.every(({ error: { code } }) => code === 'clock_wrong') };
  // Its status is that of the run, such as unreadable, whether the service is held or not.
  const held = toIds(services.filter(({ holds }) => holds.length > 0));
  expectSame(totals.held, held.length);
  expectSame(totals.doubted, services.filter(isDoubted).length);
  expectSame(totals.wouldHold, services.filter(wouldBeHeld).length);
  const stopped = error?.code === 'mass_change' || notices.some(({ code }) => code === 'mass_change');
  return {
    held,
    wouldHold: toIds(services.filter(wouldBeHeld)),
    doubted: ofDoubted(services),
    braked: stopped,
    down: totals.read === 0,
  };
};

const ofHolds = (holds: readonly Pick<HoldEntry, 'service' | 'until'>[]): Said => ({
  held: [...new Set(holds.filter(({ until }) => until === null).map(({ service }) => service ?? ''))].sort(),
});

function ofChecks(checks: readonly Check[]): Said {
  const enforce = checks.find(({ name }) => name === 'enforce')?.message ?? '';
  const panel = checks.find(({ name }) => name === 'panel');
  const isDown = panel?.status === 'failed';
  // A panel that does not answer is not asked for more.
  const braked = checks.some(({ message }) => BRAKED.test(message));
  const undecided = checks.some(({ name, status }) => name === 'panel clock' && status === 'failed');
  return { down: isDown, undecided, ...(isDown || undecided ? {} : { enforced: inWords(enforce), braked }) };
}

/** The sentence of a panel on which runs decide nothing, wherever it stands. */
const UNDECIDED =
  /No run has read, held or released anything on panel dcim since [^:]*(:\d\d)?[^:]*: the clock of panel/;

/** The sentence of the brake, wherever it stands. */
const BRAKED = /No run over panel dcim changed anything since/;

/** The exceptions in `observe, except X: enforced since …`. */
function inWords(text: string): string[] {
  const [, exceptions = ''] = /observe,? except (.*?); otherwise/.exec(text) ?? [];
  return exceptions.split('; ').flatMap((each) => /^(\S+): enforced since/.exec(each)?.[1] ?? []);
}

function ofOverview({ totals, panels, services, brakes }: OverviewReport): Said {
  const [panel] = panels;
  expectSame(brakes.length === 1, panel?.brake != null);
  expectSame(totals.doubted, services.items.filter(isDoubted).length);
  return {
    heldCount: services.items.filter(isHeld).length,
    doubted: toIds(services.items.filter(isDoubted)),
    held: toIds(services.items.filter(isHeld)),
    down: panel?.reachable === false && panel.downSince !== null,
    figures: services.items.every(({ usedBytes }) => usedBytes !== null),
    wouldHold: toIds(services.items.filter(wouldBeHeld)),
    ...(panel === undefined ? {} : ofPanel(panel)),
    ...(totals.wouldHold === services.items.filter(wouldBeHeld).length ? {} : { wouldHold: [] }),
    ...(panels.every(({ held }) => held === totals.held) ? {} : { heldCount: -1 }),
  };
}

const pageOfOverview = (text: string): Said => ({
  down: /\bdown since/.test(text) && /Panels away 1\b/.test(text),
  undecided: UNDECIDED.test(text) && /Failed or not read \d+ runs fail on dcim/.test(text),
  enforced: inWords(text.replace(/observe except/, 'observe, except')),
  figures: !/never|not read yet/.test(text),
  braked: BRAKED.test(text),
  heldCount: Number(/ Held (\d+)/.exec(text)?.[1]),
  wouldHold: listedAs(text, 'would be held'),
  held: listedAs(text, 'held'),
  doubted: listedAs(text, 'doubted'),
});

/** The services that a table shows with a status. */
function listedAs(text: string, status: string): string[] {
  const rows = text.matchAll(/(svc-\d) (?:c-1 \w+ dcim )(would be held|\w+)/g);
  return [...rows].flatMap(([, id = '', word]) => (word === status ? [id] : [])).sort();
}

/** The words of a service's page. */
const pageOfService = (text: string): Said => ({
  isHeld: text.includes('svc-2 is held since'),
  down: text.includes('panel down since'),
  undecided: UNDECIDED.test(text) && text.includes('runs on its panel fail since'),
  figures: text.includes('195 GB'),
});

const partsText = (parts: readonly Part[]): string =>
  parts
    .map(({ html }) => html.replaceAll(/<[^>]*>/g, ' '))
    .join(' ')
    .replaceAll(/\s+/g, ' ');

/** What a client reads of svc-2, the service that is enforced first: why its usage can't be read is the operator's. */
const forCustomer = (text: string): Said => ({
  isHeld: /\brestricted\b/.test(text),
  isUnread: text.includes('be read at the moment'),
  figures: text.includes('195 GB'),
});

/** What each surface says of the facts, by `command WORDS`, and `GET PATH` of the routes. */
export const SPEAKING: Record<string, Read> = {
  'command poll': ({ polled }) => ofRun(polled),
  'command plan': async ({ json, text }) => {
    const said = ofRun(await json<RunReport>('plan'));
    const printed = await text('plan');
    expectSame(said.braked ?? false, / at once; nothing was changed or bought/.test(printed));
    return said;
  },
  'command usage': async ({ json, text }) => ({
    ...ofServices((await json<{ services: ServiceDetail[] }>('usage')).services),
    braked: BRAKED.test(await text('usage')),
    undecided: UNDECIDED.test(await text('usage')),
  }),
  'command explain': async ({ json, text }) => {
    const { service, holds } = await json<Explanation>('explain svc-2');
    const due = await text('explain svc-1');
    const braked = (await json<Explanation>('explain svc-1')).brake !== null;
    expectSame(braked, BRAKED.test(due));
    const isDue = /would be held/.test(due);
    const third = await text('explain svc-4');
    return {
      isDoubted: /reading is doubted: .* sluice poll --service svc-4 --allow-mass/.test(third),
      ...ofService(service),
      undecided: service.panelUndecided !== undefined && UNDECIDED.test(due) && UNDECIDED.test(third),
      isHeld: holds.some(({ until }) => until === null),
      braked,
      isDue,
    };
  },
  'command report': async ({ at, json, text }) => {
    const { report } = await json<{ report: { services: ReportService[] } }>('report');
    const down = report.services.every(({ panelDownSince }) => panelDownSince !== null);
    const printed = await text('report');
    expectSame(down, printed.includes('Panel dcim is down since'));
    await text('report --html report.html');
    const page = toText(at.bench.read('report.html'));
    expectSame(down, page.includes('panel down since'));
    expectSame(
      [printed, page].filter((shown) => / over( |$)/m.test(shown)),
      [],
    );
    const wouldHold = toIds(report.services.filter(wouldBeHeld));
    const doubted = toIds(report.services.filter(isDoubted));
    for (const shown of [printed, page]) expectSame(doubted.length > 0, /\bdoubted\b/.test(shown));
    expectSame(wouldHold.length > 0 && !down, printed.includes('would be held'));
    const undecided = UNDECIDED.test(printed);
    expectSame(undecided, page.includes('runs on its panel fail since'));
    return {
      down,
      undecided,
      wouldHold,
      doubted,
      held: toIds(report.services.filter(isHeld)),
      figures: report.services.every(({ usedBytes }) => usedBytes !== null),
    };
  },
  'command service list': async ({ json, text }) => {
    const said = ofServices((await json<{ services: ServiceDetail[] }>('service list')).services);
    const printed = await text('service list --status held --columns service,status');
    const doubtful = await text('service list --status doubted --columns service,status');
    expectSame(
      [...doubtful.matchAll(/^(svc-\d) +doubted *$/gm)].map(([, id = '']) => id),
      said.doubted,
    );
    const held = [...printed.matchAll(/^(svc-\d) +held *$/gm)].map(([, id = '']) => id);
    const whole = await text('service list');
    return {
      ...said,
      held,
      braked: BRAKED.test(whole),
      undecided: said.undecided === true && UNDECIDED.test(whole),
      down: said.down === true && /^Panel dcim is down since /m.test(whole),
    };
  },
  'command service show': async ({ json, text }) => ({
    ...ofService(await json<ServiceDetail>('service show svc-2')),
    isDoubted: /doubted reading .* 120 GB .*not used/.test(await text('service show svc-4')),
  }),
  'command hold list': async ({ json }) => {
    const { holds, wouldHold } = await json<{ holds: HoldEntry[]; wouldHold: { service: string }[] }>('hold list');
    return { ...ofHolds(holds), wouldHold: wouldHold.map(({ service }) => service).sort() };
  },
  'command panel list': async ({ json, text }) => {
    const [panel] = (await json<{ panels: PanelView[] }>('panel list')).panels;
    const said = panel === undefined ? {} : ofPanel(panel);
    const printed = await text('panel list --columns panel,enforce');
    expectSame(said.enforced, inWords(printed));
    expectSame(said.braked, BRAKED.test(printed));
    expectSame(said.undecided, UNDECIDED.test(printed));
    expectSame(said.down, /^Panel dcim is down since /m.test(printed));
    return said;
  },
  'command panel test': async ({ json }) => {
    const [panel] = (await json<{ panels: (Pick<PanelView, 'enforce'> & { ok: boolean })[] }>('panel test')).panels;
    return panel === undefined ? {} : { ...ofEnforce(panel), down: !panel.ok };
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
    const { service, holds, brake } = await api<Explanation>('/api/v1/services/svc-2/explanation');
    return { ...ofService(service), isHeld: holds.some(({ until }) => until === null), braked: brake !== null };
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
    return { enforced: products.flatMap(({ id, enforce }) => (enforce.value === 'on' ? [id] : [])).sort() };
  },
  'GET /api/v1/doctor': async ({ api }) => ofChecks((await api<{ checks: Check[] }>('/api/v1/doctor')).checks),
  'GET /api/v1/overview': async ({ api }) => ofOverview(await api<OverviewReport>('/api/v1/overview')),
  'GET /api/v1/embedded/overview': async ({ api }) =>
    pageOfOverview(partsText((await api<{ parts: Part[] }>('/api/v1/embedded/overview')).parts)),
  'GET /api/v1/embedded/services/:service': async ({ api }) => {
    const path = '/api/v1/embedded/services/svc-2';
    const staff = partsText((await api<{ parts: Part[] }>(`${path}?for=staff`)).parts);
    const customer = partsText((await api<{ parts: Part[] }>(`${path}?for=customer`)).parts);
    expectSame(forCustomer(customer).isUnread, pageOfService(staff).down || pageOfService(staff).undecided);
    expectSame(forCustomer(customer).isHeld, pageOfService(staff).isHeld);
    return pageOfService(staff);
  },
  'GET /api/v1/embedded/clients/:client': async ({ api }) =>
    ofClient(partsText((await api<{ parts: Part[] }>('/api/v1/embedded/clients/c-1')).parts)),

  'GET /api/v1/runs/:run': async ({ api, planned }) => {
    const { last } = await api<{ last: { data: RunReport } }>(`/api/v1/runs/${planned}`);
    return ofRun(last.data);
  },
  'GET /runs/:id': async ({ page, planned }) => {
    const text = await page(`/runs/${planned}`);
    if (text.includes('no decisions were made')) return { undecided: true };
    const due = /Would be held (\d+)/.exec(text)?.[1] ?? '0';
    return {
      heldCount: Number(/Held now (\d+)/.exec(text)?.[1]),
      doubted: [...text.matchAll(/(svc-\d) doubted/g)].map(([, id = '']) => id),
      wouldHold: [...text.matchAll(/(svc-\d) would be held/g)].map(([, id = '']) => id).slice(0, Number(due)),
      braked: BRAKED.test(text),
    };
  },

  'GET /': async ({ page }) => pageOfOverview(await page('/')),
  'GET /services/:id': async ({ page }) => {
    const due = await page('/services/svc-1');
    return {
      ...pageOfService(await page('/services/svc-2')),
      isDoubted: (await page('/services/svc-4')).includes('The last reading is doubted'),
      isDue: due.includes('svc-1 would be held'),
      braked: BRAKED.test(due),
    };
  },
  'GET /panels': async ({ page }) => pageOfPanels(await page('/panels')),
  'GET /panels/:name': async ({ page }) => pageOfPanels(await page('/panels/dcim')),
  'GET /panels/:name/allow-once': async ({ page }) => ({ braked: BRAKED.test(await page('/panels/dcim/allow-once')) }),
  'GET /panels/:name/observe': async ({ page }) => ({ braked: BRAKED.test(await page('/panels/dcim/observe')) }),
  'GET /products': async ({ page }) => ({
    enforced: [...(await page('/products')).matchAll(/(\w+) dcim (?:(?! dcim ).)*? on set with a command/g)]
      .map(([, product = '']) => product)
      .sort(),
  }),
  'GET /share/:shareToken': async ({ shared }) => ofClient(await shared('')),
  'GET /share/:shareToken/services/:id': async ({ shared }) => ({
    ...forCustomer(await shared('/services/svc-2')),
    isDoubted: (await shared('/services/svc-4')).includes('A newer figure is being checked'),
  }),
};

/** What a client reads of all its services: which are restricted; where one is not, although it is used up, it is not called active. */
function ofClient(text: string): Said {
  const states = [...text.matchAll(/(svc-\d) (restricted|used up|active|not read)/g)];
  const held = states.flatMap(([, id = '', word]) => (word === 'restricted' ? [id] : []));
  expectSame(states.filter(([, id, word]) => (id === 'svc-1' || id === 'svc-2') && word === 'active').length, 0);
  return { held: [...new Set(held)].sort(), figures: text.includes('195 GB') };
}

const pageOfPanels = (text: string): Said => ({
  braked: BRAKED.test(text),
  undecided: UNDECIDED.test(text),
  down: /\bdown since/.test(text),
  enforced: inWords(text.replace(/observe except/, 'observe, except')),
});

function ofMetrics(text: string): Said {
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(lines(text))?.[1]);
  const products = ['order', 'ports'];
  return {
    braked: figure('sluice_brake\\{panel="dcim"\\}') === 1,
    down: figure('sluice_panel_up\\{panel="dcim"\\}') === 0,
    undecided: figure('sluice_panel_undecided\\{panel="dcim"\\}') === 1,
    enforced: products.filter((each) => figure(`sluice_enforce\\{panel="dcim",product="${each}"\\}`) === 1),
    doubted: figure('sluice_services\\{panel="dcim",status="doubted"\\}') === 1 ? ['svc-4'] : [],
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
