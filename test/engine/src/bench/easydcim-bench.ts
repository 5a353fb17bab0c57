import { easydcim } from '@sluice/easydcim-client/panel';
import type { RunOptions, RunReport, Sluice } from '@sluice/engine';
import { type FakeEasyDcim, manualClock, type NewService, startFakeEasyDcim } from '@sluice/fake-panels';
import { EngineBench, type EngineParts, GB, HOUR, NO_DOUBT } from './engine-bench.js';

export const TOKEN = 'token-of-the-bench';

/** An engine and a fake EasyDCIM on one clock. */
export interface EasyDcimBench {
  bench: EngineBench;
  /** The engine that runs now. */
  readonly sluice: Sluice;
  panel: FakeEasyDcim;
  /** How far the engine's clock is ahead of the panel's, in milliseconds; 0 at first. */
  skew: { ms: number };
  /** Adds a service to panel and store: number 1 is `svc-1`, EasyDCIM service 501, order 901, server 301, ports 7010.. */
  addService: (number: number, options?: ServiceOptions) => Promise<void>;
  /** Lets an hour pass with this inbound traffic of the n-th service. */
  use: (number: number, gigabytes: number) => void;
  poll: (options?: RunOptions) => Promise<RunReport>;
  /** The poll so many milliseconds later. */
  pollAfter: (ms: number, options?: RunOptions) => Promise<RunReport>;
  close: () => Promise<void>;
}

export interface ServiceOptions {
  product?: string;
  ports?: NewService['ports'];
  /** Further columns of the service. */
  values?: Record<string, string>;
  serverId?: number;
}

/** Ids on the panel of the n-th service. */
export function toIds(number: number) {
  return {
    service: 500 + number,
    order: 900 + number,
    server: 300 + number,
    port: (index: number): number => 7000 + number * 10 + index,
  };
}

const PRODUCTS = `
  ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports }
  order: { panel: dcim, quota: { total: 100GB }, action: suspend-order }
  both: { panel: dcim, quota: { total: 100GB }, action: both }
  inbound: { panel: dcim, quota: { in: 100GB }, mode: IN }
  free: { panel: dcim, quota: unlimited }
  bare: { panel: dcim }`;

/** The config that the tests run with; `more` is appended at the top level, `panelMore` to the panel. */
export function easyDcimConfig(url: string, more = '', panelMore = ''): string {
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  dcim: { kind: easydcim, url: "${url}", allowHttp: true, token: ${TOKEN}, retries: 0, timeout: 20s${panelMore} }
products:${PRODUCTS}
${more}`;
}

/** Starts a fake panel at 2026-11-20 12:00 UTC; cycles run from the 15th to the 15th. */
export async function startEasyDcimBench(
  more = '',
  { panelMore = '', ...parts }: { panelMore?: string } & Partial<EngineParts> = {},
): Promise<EasyDcimBench> {
  const truth = manualClock('2026-11-20T12:00:00Z');
  const skew = { ms: 0 };
  const panel = await startFakeEasyDcim({ token: TOKEN, now: truth.now, timeZone: 'UTC' });
  const clock = { ...truth, now: () => truth.now() + skew.ms };
  const bench = await EngineBench.open(
    clock,
    { kinds: [easydcim], ...parts },
    easyDcimConfig(panel.url, more, panelMore),
  );
  return {
    bench,
    get sluice() {
      return bench.sluice;
    },
    panel,
    skew,
    async addService(number, options = {}) {
      const ids = toIds(number);
      const { product = 'ports', serverId = ids.server } = options;
      const ports = options.ports ?? [
        { id: ids.port(1), name: 'eth0' },
        { id: ids.port(2), name: 'eth1' },
        { id: ids.port(3), name: 'iDRAC', management: true },
      ];
      panel.addService({ id: ids.service, orderId: ids.order, serverId, user: 10 + number, ports });
      await bench.sluice.services.add(`svc-${number}`, {
        panel: 'dcim',
        product,
        billing_cycle: 'monthly',
        next_due_date: '2026-12-15',
        easydcim_service_id: String(ids.service),
        easydcim_order_id: String(ids.order),
        easydcim_server_id: String(serverId),
        ...options.values,
      });
    },
    use(number, gigabytes) {
      panel.addTraffic(toIds(number).service, { in: gigabytes * GB, out: 0 });
      clock.advance(HOUR);
    },
    poll: (options) => bench.sluice.poll(options),
    pollAfter(ms, options) {
      clock.advance(ms);
      return bench.sluice.poll(options);
    },
    async close() {
      await panel.close();
      await bench.close();
    },
  };
}
