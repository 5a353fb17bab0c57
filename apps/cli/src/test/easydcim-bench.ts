import { manualClock, startFakeEasyDcim, type FakeEasyDcim, type NewService } from '@sluice/fake-panels';
import { Bench, closeFakes } from './harness.js';

export const GB = 1024 ** 3;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
export const TOKEN = 'tok-9f3c-very-secret-token';

/** A command and a fake EasyDCIM on one clock. */
export interface EasyDcimBench {
  bench: Bench;
  panel: FakeEasyDcim;
  /** How far the command's clock is ahead of the panel's, in milliseconds; 0 at first. */
  skew: { ms: number };
  /** Adds a service to panel and store: number 1 is `svc-1`, EasyDCIM service 501, order 901, server 301, ports 7010.. */
  addService: (number: number, options?: ServiceOptions) => Promise<void>;
  /** Lets a service use inbound traffic, and an hour pass. */
  use: (number: number, gigabytes: number) => void;
  poll: (words?: string) => ReturnType<Bench['sluice']>;
  /** Polls an hour later. */
  pollLater: (words?: string) => ReturnType<Bench['sluice']>;
  close: () => Promise<void>;
}

export interface ServiceOptions {
  product?: string;
  ports?: NewService['ports'];
  values?: string[];
  serverId?: number;
}

/** Ids on the panel of the n-th service. */
export function toIds(number: number): {
  service: number;
  order: number;
  server: number;
  port: (index: number) => number;
} {
  return {
    service: 500 + number,
    order: 900 + number,
    server: 300 + number,
    port: (index) => 7000 + number * 10 + index,
  };
}

/** Adds the n-th service to a panel, with ports of these indices. */
export function addToPanel(panel: FakeEasyDcim, number: number, indices: readonly number[] = [1]): void {
  const ids = toIds(number);
  const ports = indices.map((index) => ({ id: ids.port(index), name: `eth${index}` }));
  panel.addService({ id: ids.service, orderId: ids.order, serverId: ids.server, user: 10 + number, ports });
}

const PRODUCTS = `
  ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports }
  order: { panel: dcim, quota: { total: 100GB }, action: suspend-order }
  both: { panel: dcim, quota: { total: 100GB }, action: both }
  inbound: { panel: dcim, quota: { in: 100GB }, mode: IN }
  free: { panel: dcim, quota: unlimited }
  bare: { panel: dcim }`;

/** Usage jumps in most tests: a hold begins with the first reading, unless a test has a config of `poll`. */
export const NO_DOUBT = 'poll: { doubt: { jump: off } }';

/** The config that the tests run with; `more` is appended at the top level. */
export function configText(url: string, more = '', panelMore = ''): string {
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  dcim: { kind: easydcim, url: "${url}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0, timeout: 2s${panelMore} }
products:${PRODUCTS}
${more}`;
}

/** Starts a fake panel at 2026-11-20 12:00 UTC; cycles run from the 15th to the 15th. */
export async function startEasyDcimBench(more = '', panelMore = ''): Promise<EasyDcimBench> {
  const truth = manualClock('2026-11-20T12:00:00Z');
  const skew = { ms: 0 };
  const bench = new Bench({ ...truth, now: () => truth.now() + skew.ms });
  const panel = await startFakeEasyDcim({ token: TOKEN, now: truth.now, timeZone: 'UTC' });
  bench.env['DCIM_TOKEN'] = TOKEN;
  bench.write('sluice.yaml', configText(panel.url, more, panelMore));
  const poll = (words = ''): ReturnType<Bench['sluice']> => bench.sluice(`poll --json ${words}`.trim());
  return {
    bench,
    panel,
    skew,
    async addService(number, options = {}) {
      await bench.giveStore();
      const ids = toIds(number);
      const { product = 'ports', serverId = ids.server } = options;
      const ports = options.ports ?? [
        { id: ids.port(1), name: 'eth0' },
        { id: ids.port(2), name: 'eth1' },
        { id: ids.port(3), name: 'iDRAC', management: true },
      ];
      panel.addService({ id: ids.service, orderId: ids.order, serverId, user: 10 + number, ports });
      const added = await bench.sluice([
        'service',
        'add',
        `svc-${number}`,
        'panel=dcim',
        `product=${product}`,
        'billing_cycle=monthly',
        'next_due_date=2026-12-15',
        `easydcim_service_id=${ids.service}`,
        `easydcim_order_id=${ids.order}`,
        `easydcim_server_id=${serverId}`,
        ...(options.values ?? []),
      ]);
      if (added.exitCode !== 0) throw new Error(added.stderr);
    },
    use(number, gigabytes) {
      panel.addTraffic(toIds(number).service, { in: gigabytes * GB, out: 0 });
      bench.clock.advance(HOUR);
    },
    poll,
    pollLater(words) {
      bench.clock.advance(HOUR);
      return poll(words);
    },
    async close() {
      await closeFakes(panel);
      bench.close();
    },
  };
}
