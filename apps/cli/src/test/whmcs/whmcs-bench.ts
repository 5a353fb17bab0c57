import {
  type FakeEasyDcim,
  type FakeWhmcs,
  type FakeWhmcsOptions,
  manualClock,
  startFakeEasyDcim,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { addToPanel, NO_DOUBT, toIds, TOKEN } from '../easydcim-bench.js';
import { Bench, closeFakes, type Outcome } from '../harness.js';

/** A command, a fake EasyDCIM and a fake WHMCS on one clock. */
export interface WhmcsBench {
  bench: Bench;
  panel: FakeEasyDcim;
  whmcs: FakeWhmcs;
  /** Adds service number 1 (`whmcs-1`, EasyDCIM service 501) of client 77 to WHMCS and the panel. */
  addService: (number: number, options?: { status?: string; nextDueDate?: string; product?: number }) => void;
  sync: (words?: string) => Promise<Outcome>;
  poll: (words?: string) => Promise<Outcome>;
  close: () => Promise<void>;
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

/** The config; `whmcs` is the end of that section, `more` is appended at the top level. */
export function whmcsConfig(panel: string, whmcs: string, { section = '', more = '' } = {}): string {
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  dcim: { kind: easydcim, url: "${panel}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0, timeout: 2s }
products:
  ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports, whmcs: { productIds: [10] } }
  big: { panel: dcim, quota: { total: 900GB }, whmcs: { productIds: ["11"], productGroupIds: [3] } }
whmcs: { url: "${whmcs}", allowHttp: true, identifier: fake-whmcs-identifier, secret: "\${env:WHMCS_SECRET}"${section} }
${more}`;
}

/** Starts the fakes at 2026-11-20 12:00 UTC; WHMCS has products 10 (with all fields), 11, 12 (group 3) and 20 (unclaimed). */
export async function startWhmcsBench(
  options: { section?: string; more?: string; whmcs?: FakeWhmcsOptions } = {},
): Promise<WhmcsBench> {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const bench = new Bench(clock);
  const panel = await startFakeEasyDcim({ token: TOKEN, now: clock.now, timeZone: 'UTC' });
  const whmcs = await startFakeWhmcs({ now: clock.now, ...options.whmcs });
  bench.env['DCIM_TOKEN'] = TOKEN;
  bench.env['WHMCS_SECRET'] = whmcs.secret;
  bench.write('sluice.yaml', whmcsConfig(panel.url, whmcs.url, options));
  await bench.giveStore();
  whmcs.addClient({ id: 77, firstName: 'Ana', currency: 'EUR' });
  whmcs.addProduct({ id: 10, name: 'Server & more', fields: FIELDS });
  whmcs.addProduct({ id: 11, name: 'Big', fields: ['easydcim_service_id'] });
  whmcs.addProduct({ id: 12, name: 'Bigger', groupId: 3, fields: ['easydcim_service_id'] });
  whmcs.addProduct({ id: 20, name: 'Hosting', groupId: 4 });
  return {
    bench,
    panel,
    whmcs,
    addService(number, { status = 'Active', nextDueDate = '2026-12-15', product = 10 } = {}) {
      const ids = toIds(number);
      addToPanel(panel, number);
      const own: Record<string, string> = { easydcim_service_id: String(ids.service) };
      if (product === 10) own['EasyDCIM_Order_ID|Order'] = String(ids.order);
      whmcs.addService({ id: number, client: 77, product, status, nextDueDate, fields: own });
    },
    sync: (words = '') => bench.sluice(`service sync --json ${words}`.trim()),
    poll: (words = '') => bench.sluice(`poll --json ${words}`.trim()),
    async close() {
      await closeFakes(whmcs, panel);
      bench.close();
    },
  };
}

/** Returns a signal that interrupts a command at its first call of an action of WHMCS. */
export function interruptAt({ server }: Pick<FakeWhmcs, 'server'>, endpoint: string): AbortSignal {
  const stop = new AbortController();
  const until = (): Promise<void> => {
    stop.abort('SIGINT');
    return Promise.resolve();
  };
  server.inject({ endpoint, times: 1, fault: { kind: 'wait', until } });
  return stop.signal;
}
