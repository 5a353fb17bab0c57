import { easydcim } from '@sluice/easydcim-client/panel';
import type { PurchaseReport, PurchaseView, RunOptions, RunReport, Sluice, SyncReport } from '@sluice/engine';
import type { SyncOptions } from '@sluice/engine/options';
import {
  type FakeEasyDcim,
  type FakeWhmcs,
  type FakeWhmcsOptions,
  manualClock,
  startFakeEasyDcim,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { toIds } from './easydcim-bench.js';
import { EngineBench, type EngineParts, GB, HOUR, NO_DOUBT } from './engine-bench.js';

export const CLIENT = 77;

const TOKEN = 'token-of-the-bench';

/** An engine, a fake EasyDCIM and a fake WHMCS on one clock. */
export interface WhmcsBench {
  bench: EngineBench;
  /** The engine that runs now. */
  readonly sluice: Sluice;
  panel: FakeEasyDcim;
  whmcs: FakeWhmcs;
  /** Adds service number 1 (`whmcs-1`, EasyDCIM service 501) of client 77 to WHMCS and the panel. */
  addService: (number: number, options?: { status?: string; nextDueDate?: string; product?: number }) => void;
  sync: (options?: SyncOptions) => Promise<SyncReport>;
  poll: (options?: RunOptions) => Promise<RunReport>;
  close: () => Promise<void>;
}

/** A service whose extra traffic WHMCS bills. */
export interface WhmcsShop extends WhmcsBench {
  /** Lets an hour pass with this traffic, and polls. */
  use: (gigabytes: number) => Promise<RunReport>;
  buy: (ref?: string) => Promise<PurchaseReport>;
  /** Buys without credit: the invoice waits for its payment. */
  buyPending: () => Promise<{ id: string; invoice: number }>;
  purchases: () => Promise<PurchaseView[]>;
  /** Statuses of the client's invoices, oldest first. */
  invoices: () => string[];
}

export interface WhmcsOptions extends Partial<EngineParts> {
  /** The end of the section `whmcs`. */
  section?: string;
  /** Appended at the top level. */
  more?: string;
  whmcs?: FakeWhmcsOptions;
}

/** Custom fields of product 10. */
const FIELDS = [
  'easydcim_service_id',
  'EasyDCIM_Order_ID|Order',
  'easydcim_server_id',
  'easydcim_user',
  'traffic_mode',
  'base_quota_override_gb',
];

function whmcsConfig(panel: string, { url, identifier, secret }: FakeWhmcs, { section = '', more = '' }): string {
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  dcim: { kind: easydcim, url: "${panel}", allowHttp: true, token: ${TOKEN}, retries: 0, timeout: 2s }
products:
  ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports, whmcs: { productIds: [10] } }
  big: { panel: dcim, quota: { total: 900GB }, whmcs: { productIds: ["11"], productGroupIds: [3] } }
whmcs: { url: "${url}", allowHttp: true, identifier: ${identifier}, secret: ${JSON.stringify(secret)}${section} }
${more}`;
}

/** Starts the fakes at 2026-11-20 12:00 UTC; WHMCS has products 10 (with all fields), 11, 12 (group 3) and 20 (unclaimed). */
export async function startWhmcsBench(options: WhmcsOptions = {}): Promise<WhmcsBench> {
  const { section, more, whmcs: whmcsOptions, ...parts } = options;
  const clock = manualClock('2026-11-20T12:00:00Z');
  const panel = await startFakeEasyDcim({ token: TOKEN, now: clock.now, timeZone: 'UTC' });
  const fake = await startFakeWhmcs({ now: clock.now, ...whmcsOptions });
  fake.addClient({ id: CLIENT, firstName: 'Ana', currency: 'EUR' });
  fake.addProduct({ id: 10, name: 'Server & more', fields: FIELDS });
  fake.addProduct({ id: 11, name: 'Big', fields: ['easydcim_service_id'] });
  fake.addProduct({ id: 12, name: 'Bigger', groupId: 3, fields: ['easydcim_service_id'] });
  fake.addProduct({ id: 20, name: 'Hosting', groupId: 4 });
  const own = { kinds: [easydcim], billing: [whmcs], ...parts };
  const bench = await EngineBench.open(clock, own, whmcsConfig(panel.url, fake, { section, more }));
  return {
    bench,
    get sluice() {
      return bench.sluice;
    },
    panel,
    whmcs: fake,
    addService(number, { status = 'Active', nextDueDate = '2026-12-15', product = 10 } = {}) {
      const ids = toIds(number);
      const ports = [{ id: ids.port(1), name: 'eth0' }];
      panel.addService({ id: ids.service, orderId: ids.order, serverId: ids.server, user: 10 + number, ports });
      const fields: Record<string, string> = { easydcim_service_id: String(ids.service) };
      if (product === 10) fields['EasyDCIM_Order_ID|Order'] = String(ids.order);
      fake.addService({ id: number, client: CLIENT, product, status, nextDueDate, fields });
    },
    sync: (how) => bench.sluice.services.sync(how),
    poll: (how) => bench.sluice.poll(how),
    async close() {
      await fake.close();
      await panel.close();
      await bench.close();
    },
  };
}

/** Starts with service `whmcs-1` of client 77, read once; `product` is added to its product, `section` to `whmcs`. */
export async function openWhmcsShop({ product = '', taxRate = '0.000', section = '' } = {}): Promise<WhmcsShop> {
  const extra = 'extra: { traffic: 50GB, price: "5.00", taxed: true }';
  const more = `billing: whmcs\ncurrency: EUR\npackages: { ${extra} }\n`;
  const at = await startWhmcsBench({ more, section, whmcs: { quirks: { taxRate } } });
  const { bench } = at;
  const line = `  ports: { panel: dcim, quota: { total: 100GB }, packages: [extra]${product}, whmcs: { productIds: [10] } }`;
  await bench.edit(/^ {2}ports: .*$/m, line);
  at.addService(1);
  const synced = await at.sync();
  if (synced.run.outcome !== 'done') throw new Error(JSON.stringify(synced));
  const use: WhmcsShop['use'] = (gigabytes) => {
    at.panel.addTraffic(toIds(1).service, { in: gigabytes * GB, out: 0 });
    bench.clock.advance(HOUR);
    return at.poll();
  };
  const buy: WhmcsShop['buy'] = (ref) => bench.sluice.purchases.create('whmcs-1', 'extra', { ref });
  await use(10);
  return {
    ...at,
    get sluice() {
      return bench.sluice;
    },
    use,
    buy,
    async buyPending() {
      const { id, invoice } = (await buy()).purchase;
      return { id, invoice: Number(invoice) };
    },
    purchases: async () => (await bench.sluice.purchases.list()).purchases,
    invoices: () => at.whmcs.invoices(CLIENT).map(({ status }) => status),
  };
}
