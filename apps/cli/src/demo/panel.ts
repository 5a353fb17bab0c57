import { manualClock, startFakeEasyDcim, type FakeEasyDcim, type ManualClock } from '@sluice/fake-panels';

const GB = 1024 ** 3;
const HOUR_MS = 3_600_000;

/** The instant at which the demo begins. */
const START = '2026-11-20T08:00:00Z';

/** A fake EasyDCIM with the servers of three customers, on a clock that the demo moves. */
export interface DemoPanel {
  panel: FakeEasyDcim;
  clock: ManualClock;
}

/** Token of the fake panel. */
export const DEMO_TOKEN = 'demo-token-of-the-fake-panel';

/** Starts the panel of the demo; staff has already disabled one port of `alpha`. */
export async function startDemoPanel(): Promise<DemoPanel> {
  const clock = manualClock(START);
  const panel = await startFakeEasyDcim({ token: DEMO_TOKEN, now: clock.now, timeZone: 'Europe/Berlin' });
  panel.addService({
    id: 501,
    orderId: 901,
    serverId: 301,
    user: 11,
    ports: [
      { id: 7001, name: 'eth0' },
      { id: 7002, name: 'eth1', description: 'disabled by staff', adminState: 'down' },
      { id: 7003, name: 'iDRAC', management: true },
    ],
  });
  panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ports: [{ id: 7011, name: 'eth0' }] });
  panel.addService({ id: 503, orderId: 903, serverId: 303, user: 13, ports: [{ id: 7021, name: 'eth0' }] });
  const hourAgo = clock.now() - HOUR_MS;
  panel.addTraffic(501, { in: 60 * GB, out: 30 * GB, at: hourAgo });
  panel.addTraffic(502, { in: 20 * GB, out: 5 * GB, at: hourAgo });
  panel.addTraffic(503, { in: 1 * GB, out: 1 * GB, at: hourAgo });
  return { panel, clock };
}

export const DEMO_SERVICES = `id,panel,product,client,billing_cycle,next_due_date,easydcim_service_id,easydcim_order_id,easydcim_server_id
alpha,dcim,ded-100,11,monthly,2026-12-15,501,901,301
beta,dcim,ded-100,12,monthly,2026-12-15,502,902,302
gamma,dcim,ded-order,13,monthly,2026-12-15,503,903,303
`;

/** Returns the config of the demo. */
export function demoConfig(url: string, enforce: 'on' | 'observe'): string {
  return `timeZone: Europe/Berlin
enforce: ${enforce}
panels:
  dcim: { kind: easydcim, url: "${url}", allowHttp: true, token: "\${env:DEMO_TOKEN}" }
products:
  ded-100: { panel: dcim, quota: { total: 100GB }, action: disable-ports, packages: [extra-50] }
  ded-order: { panel: dcim, quota: { total: 50GB }, action: suspend-order }
currency: EUR
packages:
  extra-50: { traffic: 50GB, price: "5.00" }
`;
}
