import type { RunOptions, RunReport, Sluice } from '@sluice/engine';
import { type FakeFlvx, manualClock, startFakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { useBench } from './each-test.js';
import { DAY, EngineBench, type EngineParts, NO_DOUBT } from './engine-bench.js';

export const ADMIN_PASSWORD = 'Very-secret-admin-1';

/** An engine and a fake FLVX panel on one clock. */
export interface FlvxBench {
  bench: EngineBench;
  /** The engine that runs now. */
  readonly sluice: Sluice;
  panel: FakeFlvx;
  /** Tunnels of the panel: HK-01 and JP-02, on one node each. */
  tunnels: { hk: number; jp: number };
  /** Adds a service to the store: number 1 is `svc-1`, billed monthly, due on 15 December. */
  addService: (number: number, options?: ServiceOptions) => Promise<void>;
  /** Adds a service and creates its account; returns the panel's user id. */
  create: (number: number, options?: ServiceOptions) => Promise<number>;
  poll: (options?: RunOptions) => Promise<RunReport>;
  /** Sets how far the panel's clock is ahead of the engine's. */
  setAhead: (ms: number) => void;
  /** Throws where the panel got a call that it does not know. */
  close: () => Promise<void>;
}

export interface ServiceOptions {
  product?: string;
  /** Further columns of the service. */
  values?: Record<string, string>;
  /** Names an account that another service has. */
  allowDuplicateRefs?: boolean;
}

const PRODUCTS = `
  relay: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 } }
  big: { panel: relay, quota: { total: 300GB }, flvx: { tunnelIds: [1, 2], maxForwards: 20, speedMbit: 50 } }
  slow: { panel: relay, quota: { total: 100GB }, action: throttle, flvx: { tunnelId: 1, speedMbit: 50, throttleMbit: 2 } }
  nowhere: { panel: relay, quota: { total: 100GB }, action: redirect, flvx: { tunnelId: 1 } }
  free: { panel: relay, quota: unlimited, flvx: { tunnelId: 1 } }
  counted: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, maxForwards: 2, enforceMaxForwards: true } }
  monthly: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, resetDay: 1 } }
  inbound: { panel: relay, quota: { in: 100GB }, mode: IN, flvx: { tunnelId: 1 } }
  bare: { panel: relay, flvx: { tunnelId: 1 } }
  group: { panel: relay, quota: { total: 100GB }, flvx: { tunnelGroup: asia } }`;

/** The config that the tests run with; `more` is appended at the top level, `panelMore` to the panel. */
export function flvxConfig(url: string, more = '', panelMore = '', timeout = '20s'): string {
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  relay: { kind: flvx, url: "${url}", allowHttp: true, username: admin_user, password: ${ADMIN_PASSWORD}, retries: 0, timeout: ${timeout}${panelMore} }
products:${PRODUCTS}
${more}`;
}

/** Starts a fake panel at 2026-11-20 12:00 UTC, `aheadMs` later by its own clock, with two tunnels and a customer of somebody else's. */
export async function startFlvxBench(
  more = '',
  { panelMore = '', aheadMs = 0, ...parts }: { panelMore?: string; aheadMs?: number } & Partial<EngineParts> = {},
): Promise<FlvxBench> {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const ahead = { ms: aheadMs };
  const panel = await startFakeFlvx({
    now: () => clock.now() + ahead.ms,
    admin: { name: 'admin_user', password: ADMIN_PASSWORD },
    onWait: (ms) => {
      clock.advance(ms);
    },
  });
  const hk = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  const jp = panel.addTunnel({ name: 'JP-02', entryNodes: [panel.addNode('jp-entry')] });
  const other = panel.addUser({ user: 'somebody-else' });
  panel.addPermission(other, hk);
  panel.addForward(other, hk, { name: 'theirs' });
  const bench = await EngineBench.open(clock, { kinds: [flvx], ...parts }, flvxConfig(panel.url, more, panelMore));
  const addService: FlvxBench['addService'] = async (number, { product = 'relay', values = {}, ...how } = {}) => {
    const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await bench.sluice.services.add(`svc-${number}`, { panel: 'relay', product, ...due, ...values }, how);
  };
  return {
    bench,
    get sluice() {
      return bench.sluice;
    },
    panel,
    tunnels: { hk, jp },
    addService,
    async create(number, options) {
      await addService(number, options);
      const { run, service } = await bench.sluice.provision.create(`svc-${number}`);
      if (run.outcome !== 'done') throw new Error(`svc-${number}: ${service.error?.message ?? run.outcome}`);
      return Number(service.refs['flvx_user_id']);
    },
    poll: (options) => bench.sluice.poll(options),
    setAhead: (ms) => {
      ahead.ms = ms;
    },
    async close() {
      await panel.close();
      await bench.close();
      if (panel.server.failures.length > 0) throw new Error(panel.server.failures.join('\n'));
    },
  };
}

/** Starts a bench before each test, and closes it after it; returns the one of the present test. */
export function useFlvxBench(more = ''): FlvxBench {
  return useBench(() => startFlvxBench(more));
}

/** Moves the clock on and has the panel's daily job run at each midnight that it passes. */
export function passTime(at: FlvxBench, until: number): void {
  const { clock } = at.bench;
  for (;;) {
    const midnight = Math.floor(clock.now() / DAY + 1) * DAY + 5000;
    if (midnight > until) break;
    clock.set(midnight);
    at.panel.midnight();
  }
  clock.set(until);
}
