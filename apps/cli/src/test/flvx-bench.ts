import { NO_DOUBT } from './easydcim-bench.js';
import { manualClock, startFakeFlvx, type FakeFlvx } from '@sluice/fake-panels';
import { Bench, closeFakes, type Outcome } from './harness.js';

export const GB = 1024 ** 3;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
export const ADMIN_PASSWORD = 'Very-secret-admin-1';

/** A command and a fake FLVX panel on one clock. */
export interface FlvxBench {
  bench: Bench;
  panel: FakeFlvx;
  /** Tunnels of the panel: HK-01 and JP-02, on one node each. */
  tunnels: { hk: number; jp: number };
  /** Adds a service to the store: number 1 is `svc-1`, billed monthly, due on 15 December. */
  addService: (number: number, options?: { product?: string; values?: string[] }) => Promise<void>;
  /** Runs `sluice` with `--json`. */
  run: (words: string) => Promise<Outcome>;
  /** Adds a service and makes its account; gives the panel's user id. */
  create: (number: number, options?: { product?: string; values?: string[] }) => Promise<number>;
  close: () => Promise<void>;
}

export const PRODUCTS = `
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
  relay: { kind: flvx, url: "${url}", allowHttp: true, username: admin_user, password: "\${env:FLVX_PASSWORD}", retries: 0, timeout: ${timeout}${panelMore} }
products:${PRODUCTS}
${more}`;
}

/** Starts a fake panel at 2026-11-20 12:00 UTC with two tunnels and a customer of somebody else's. */
export async function startFlvxBench(more = '', panelMore = ''): Promise<FlvxBench> {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const bench = new Bench(clock);
  const panel = await startFakeFlvx({
    now: clock.now,
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
  bench.env['FLVX_PASSWORD'] = ADMIN_PASSWORD;
  bench.write('sluice.yaml', flvxConfig(panel.url, more, panelMore));
  const run = (words: string): Promise<Outcome> => bench.sluice(`${words} --json`);
  const addService: FlvxBench['addService'] = async (number, { product = 'relay', values = [] } = {}) => {
    await bench.giveStore();
    const added = await bench.sluice([
      'service',
      'add',
      `svc-${number}`,
      'panel=relay',
      `product=${product}`,
      'billing_cycle=monthly',
      'next_due_date=2026-12-15',
      ...values,
    ]);
    if (added.exitCode !== 0) throw new Error(added.stderr);
  };
  return {
    bench,
    panel,
    tunnels: { hk, jp },
    addService,
    run,
    async create(number, options) {
      await addService(number, options);
      const made = await run(`provision create svc-${number}`);
      if (made.exitCode !== 0) throw new Error(made.stdout + made.stderr);
      const { service } = made.json<{ service: { refs: Record<string, string> } }>();
      return Number(service.refs['flvx_user_id']);
    },
    async close() {
      await closeFakes(panel);
      bench.close();
    },
  };
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
