import type { RunReport } from '@sluice/engine';
import { easydcim } from '@sluice/easydcim-client/panel';
import { manualClock, startFakeEasyDcim, startFakeFlvx, startFakeHiddify } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { EngineBench, GB, HOUR, NO_DOUBT } from '../bench/engine-bench.js';
import { ADMIN_PASSWORD } from '../bench/flvx-bench.js';

/** A panel of the bench. */
export type Where = 'dcim' | 'relay' | 'vpn';

type Refs = Record<string, string>;

/** Starts an EasyDCIM, an FLVX and a Hiddify panel, each with the accounts 1 and 2, and a product of 100 GB. */
// oxlint-disable-next-line explicit-function-return-type
export async function startThreePanels() {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const { now } = clock;
  const dcim = await startFakeEasyDcim({ token: 'token-of-the-test', now, timeZone: 'UTC' });
  const vpn = await startFakeHiddify({ now });
  const admin = { name: 'admin_user', password: ADMIN_PASSWORD };
  const onWait = (ms: number): void => {
    clock.advance(ms);
  };
  const relay = await startFakeFlvx({ now, admin, onWait });
  const hk = relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
  const accounts = [1, 2].map((n) => {
    dcim.addService({ id: 500 + n, orderId: 900 + n, serverId: 300 + n, user: 10 + n, ports: [toPort(n)] });
    const user = relay.addUser({ user: `customer-${n}` });
    relay.addPermission(user, hk);
    const forward = relay.addForward(user, hk, { name: `forward-${n}` });
    return { n, user, forward, uuid: vpn.addUser({ usageLimit: 100 * GB, currentUsage: 0 }) };
  });
  const bench = await EngineBench.open(clock, { kinds: [easydcim, flvx, hiddify] }, toConfig({ dcim, relay, vpn }));
  const account = (n: number): (typeof accounts)[number] => {
    const found = accounts.find((one) => one.n === n);
    if (found === undefined) throw new Error(`there is no account ${n}`);
    return found;
  };
  const refs = (where: Where, n: number): Refs => {
    const { user, uuid } = account(n);
    if (where === 'relay') return { flvx_user_id: String(user) };
    if (where === 'vpn') return { hiddify_user_uuid: uuid };
    const [service, order, server] = [500, 900, 300].map((base) => String(base + n));
    return { easydcim_service_id: service ?? '', easydcim_order_id: order ?? '', easydcim_server_id: server ?? '' };
  };
  const none = (where: Where): Refs => Object.fromEntries(Object.keys(refs(where, 1)).map((key) => [key, '']));
  return {
    bench,
    dcim,
    relay,
    vpn,
    refs,
    none,
    /** Adds a service with the account of its number. */
    add: (where: Where, n: number) =>
      bench.sluice.services.add(`svc-${n}`, {
        ...{ panel: where, product: `p-${where}`, billing_cycle: 'monthly', next_due_date: '2026-12-15' },
        ...refs(where, n),
      }),
    /** Gives a service the account of its number on another panel. */
    move: (n: number, from: Where, to: Where, values: Refs = refs(to, n)) =>
      bench.sluice.services.set(`svc-${n}`, { panel: to, product: `p-${to}`, ...none(from), ...values }),
    /** Has an account use traffic in one direction on a panel. */
    use(where: Where, n: number, gb: number): void {
      const { forward, uuid } = account(n);
      if (where === 'dcim') dcim.addTraffic(500 + n, { in: gb * GB, out: 0 });
      else if (where === 'relay') relay.traffic(forward, gb * GB);
      else vpn.use(uuid, gb * GB);
    },
    /** Polls an hour later; returns the outcome, and usage and status of each service. */
    async poll(): Promise<[RunReport['run']['outcome'], Record<string, [number | null, string]>]> {
      clock.advance(HOUR);
      const { run, services } = await bench.sluice.poll({ allowMass: true });
      const shown = services.map(({ id, usage, status }) => {
        const total = usage?.totalBytes ?? null;
        return [id, [total === null ? null : total / GB, status]] as const;
      });
      return [run.outcome, Object.fromEntries(shown.map(([id, [gb, status]]) => [id, [gb, status]]))];
    },
    async close(): Promise<void> {
      await bench.close();
      for (const panel of [dcim, relay, vpn]) await panel.close();
      const failures = [dcim, relay, vpn].flatMap(({ server }) => server.failures);
      if (failures.length > 0) throw new Error(failures.join('\n'));
    },
  };
}

function toPort(n: number): { id: number; name: string; speed: number } {
  return { id: 7000 + n, name: 'eth0', speed: 1_000_000_000 };
}

function toConfig({ dcim, relay, vpn }: Record<Where, { url: string }> & { vpn: { key: string } }): string {
  return `timeZone: UTC
${NO_DOUBT}
panels:
  dcim: { kind: easydcim, url: "${dcim.url}", allowHttp: true, token: token-of-the-test, retries: 0 }
  relay: { kind: flvx, url: "${relay.url}", allowHttp: true, username: admin_user, password: ${ADMIN_PASSWORD}, retries: 0 }
  vpn: { kind: hiddify, url: "${vpn.url}", allowHttp: true, apiKey: "${vpn.key}", retries: 0 }
products:
  p-dcim: { panel: dcim, quota: { total: 100GB } }
  p-relay: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 } }
  p-vpn: { panel: vpn, quota: { total: 100GB }, hiddify: { packageDays: 30, mode: no_reset } }
`;
}
