import type { FakeEasyDcim } from '../easydcim/fake-easydcim.js';
import { startFakeEasyDcim } from '../easydcim/start-fake-easydcim.js';
import type { FakeWhmcs } from '../whmcs/fake-whmcs.js';
import { startFakeWhmcs } from '../whmcs/start-fake-whmcs.js';
import { CLIENTS, PRODUCTS, toDecimal } from './catalogue.js';
import { toLocalDate } from './dates.js';
import { designServices, type ShopService } from './design.js';
import { toPanelIds, toWhmcsId } from './ids.js';
import { exportOldTables, ODD_ROWS } from './old-tables.js';
import { createRandom } from './random.js';
import { exportWhmcs } from './whmcs-tables.js';

/** How to build the shop. */
export interface OldShopOptions {
  /** The same seed and day make the same shop. Default 1. */
  readonly seed?: number;
  /** The clock of panel and WHMCS, milliseconds since 1970. */
  readonly now: () => number;
  /** At least 300, the default. */
  readonly services?: number;
  /** Zone of panel, tool and shop. Default `Asia/Tehran`. */
  readonly timeZone?: string;
  /** Token of the panel. Default `token-of-the-old-shop`. */
  readonly token?: string;
}

/** What should come of the shop; services by their ids as services of Sluice, such as `whmcs-1007`. */
export interface OldShopExpected {
  readonly services: number;
  /** Services that the tool says it has limited. */
  readonly limited: readonly string[];
  /** Those of them that it limited rightly and that are paid: their holds can be adopted, and they come back with their next cycles. */
  readonly adoptable: readonly string[];
  /** The one of them that is suspended in WHMCS as unpaid. */
  readonly unpaid: string;
  /** The one of them that has used little: staff has shut its ports. */
  readonly shutByStaff: string;
  /** Services with a purchase in the open cycle that is paid, one entry for each. */
  readonly purchases: readonly string[];
  readonly overrides: readonly string[];
  readonly preferences: readonly string[];
  /** The first local date on which the cycles of all adoptable services have ended. */
  readonly allReopenedOn: string;
  /** Rows of the old tables that nothing is moved of, by the names of their files. */
  readonly oddRows: Readonly<Record<string, number>>;
}

/** A shop that an old tool has managed: panel and billing system as fakes, and what is exported of the tool's tables. */
export interface OldShop extends AsyncDisposable {
  readonly panel: FakeEasyDcim;
  readonly whmcs: FakeWhmcs;
  readonly token: string;
  readonly timeZone: string;
  /** CSV by the name of its file: the tables of the tool, and the services of WHMCS for those who don't use its API. */
  readonly exports: ReadonlyMap<string, string>;
  readonly expected: OldShopExpected;
  /** Lists the services that are cut on the panel now: their order is suspended, or all their ports are disabled. */
  listCut(): string[];
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const MB = 1024 ** 2;
const FIELDS = [
  ...['easydcim_service_id', 'easydcim_order_id|Order', 'easydcim_server_id', 'traffic_mode'],
  'base_quota_override_gb',
];

/**
 * Starts an EasyDCIM panel and a WHMCS with a shop of 300 services that the module easydcim_bw has managed: 12 are cut (one of them is
 * unpaid, one was shut by staff), 40 packages are paid in open cycles, 25 services have overrides and 10 clients preferences. Its names
 * and tables have what real ones have: commas, quotes, Persian and Chinese text, NULLs, zero dates.
 */
export async function buildOldShop(options: OldShopOptions): Promise<OldShop> {
  const { seed = 1, now, services = 300, timeZone = 'Asia/Tehran', token = 'token-of-the-old-shop' } = options;
  const at = now();
  const designed = designServices(createRandom(seed), { today: toLocalDate(at, timeZone), services });
  const panel = await startFakeEasyDcim({ token, now, timeZone });
  const whmcs = await startFakeWhmcs({ now });
  fillPanel(panel, designed, at);
  const invoices = fillWhmcs(whmcs, designed);
  const tables = exportOldTables({ services: designed, invoices, now: at, timeZone });
  const close = async (): Promise<void> => {
    await Promise.all([panel.close(), whmcs.close()]);
  };
  return {
    ...{ panel, whmcs, token, timeZone },
    exports: new Map([...tables, ...exportWhmcs(whmcs)]),
    expected: toExpected(designed),
    listCut: () => listCut(panel, designed),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function fillPanel(panel: FakeEasyDcim, services: readonly ShopService[], now: number): void {
  for (const service of services) {
    const { number, client, usedMb } = service;
    const ids = toPanelIds(number);
    const [first, second] = ids.ports;
    panel.addService({
      ...{ id: ids.service, orderId: ids.order, serverId: ids.server, user: client },
      ports: [
        { id: first, name: 'eth0' },
        { id: second, name: 'eth1', ...toSpare(service) },
        { id: ids.managementPort, name: 'iDRAC', management: true },
      ],
    });
    panel.addTraffic(ids.service, { in: usedMb.in * MB, out: usedMb.out * MB, at: now - HOUR_MS });
    cut(panel, service);
  }
}

function listCut(panel: FakeEasyDcim, services: readonly ShopService[]): string[] {
  const { ports: states, orders } = panel.snapshot();
  const isCut = ({ number }: ShopService): boolean => {
    const { order, ports } = toPanelIds(number);
    return orders[order]?.status === 'suspended' || ports.every((port) => states[port]?.adminState === 'down');
  };
  return services.filter(isCut).map(toServiceId);
}

const toServiceId = ({ number }: ShopService): string => `whmcs-${toWhmcsId(number)}`;

/** Of some services that nobody has cut, staff has disabled the second port. */
function toSpare({ number, state }: ShopService): { adminState: 'down'; description: string } | undefined {
  const isSpare = state === 'served' && number % 61 === 1;
  return isSpare ? { adminState: 'down', description: 'spare, disabled by staff' } : undefined;
}

function cut(panel: FakeEasyDcim, { number, state, action }: ShopService): void {
  if (state === 'served') return;
  const { order, ports } = toPanelIds(number);
  if (action !== 'suspend' || state === 'shut-by-staff') for (const port of ports) panel.staffDisablePort(port);
  const isSuspended = action !== 'disable_ports' || state === 'limited-unpaid';
  if (isSuspended && state !== 'shut-by-staff')
    panel.staffSuspendOrder(order, state === 'limited' ? 'bandwidth limit reached' : 'Overdue on Payment');
}

/** Returns the ids of the invoices of purchases, by the number of their service. */
function fillWhmcs(whmcs: FakeWhmcs, services: readonly ShopService[]): Map<number, number[]> {
  for (const id of new Set(services.map(({ client }) => client))) {
    const names = CLIENTS[id % CLIENTS.length];
    whmcs.addClient({ id, ...names, email: `client-${id}@example.test`, currency: 'EUR', credit: '0.00' });
  }
  for (const { id, name } of PRODUCTS) whmcs.addProduct({ id, name, fields: FIELDS });
  const invoices = new Map<number, number[]>();
  for (const service of services) {
    const { number, client, product, billingCycle, nextDueDate, state, purchases } = service;
    const id = whmcs.addService({
      ...{ id: toWhmcsId(number), client, product: product.id, billingCycle, nextDueDate },
      ...{ domain: `srv${number}.example.test`, status: state === 'limited-unpaid' ? 'Suspended' : 'Active' },
      ...{ amount: '49.00', fields: toFields(service) },
    });
    const made = purchases.map(({ item }) => {
      const items = [
        { description: `${item.name} (${toDecimal(item.sizeCentiGb)} GB)`, amount: item.price, service: id },
      ];
      return whmcs.addInvoice({ client, status: 'Paid', items });
    });
    if (made.length > 0) invoices.set(number, made);
  }
  return invoices;
}

/** A few services are known by the tool's state alone; some name their server nowhere. */
function toFields({ number, mode, override, state }: ShopService): Record<string, string> {
  const ids = toPanelIds(number);
  if (state === 'served' && number % 60 === 20) return {};
  return {
    easydcim_service_id: String(ids.service),
    'easydcim_order_id|Order': String(ids.order),
    ...(number % 9 !== 0 && { easydcim_server_id: String(ids.server) }),
    ...(number % 50 === 8 && override === null && { traffic_mode: mode }),
  };
}

function toExpected(services: readonly ShopService[]): OldShopExpected {
  const list = (is: (service: ShopService) => boolean): string[] => services.filter(is).map(toServiceId);
  const ends = services.filter(({ state }) => state === 'limited').map(({ cycle }) => cycle.end);
  return {
    services: services.length,
    limited: list(({ state }) => state !== 'served'),
    adoptable: list(({ state }) => state === 'limited'),
    unpaid: list(({ state }) => state === 'limited-unpaid').join(),
    shutByStaff: list(({ state }) => state === 'shut-by-staff').join(),
    purchases: services.flatMap((service) => service.purchases.map(() => toServiceId(service))),
    overrides: list(({ override }) => override !== null),
    preferences: list(({ hasPreference }) => hasPreference),
    allReopenedOn: ends.sort().at(-1) ?? '',
    oddRows: ODD_ROWS,
  };
}
