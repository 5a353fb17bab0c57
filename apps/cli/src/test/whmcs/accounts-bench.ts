import { NO_DOUBT } from '../easydcim-bench.js';
import {
  type FakeFlvx,
  type FakeHiddify,
  type FakeWhmcs,
  manualClock,
  startFakeFlvx,
  startFakeHiddify,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { ADMIN_PASSWORD } from '../flvx-bench.js';
import { Bench, closeFakes, type Outcome } from '../harness.js';

/** A command, panels with accounts and a fake WHMCS on one clock. */
export interface AccountsBench {
  bench: Bench;
  relay: FakeFlvx;
  vpn: FakeHiddify;
  whmcs: FakeWhmcs;
  /** Adds an order of client 77: number 1 is service 1 of WHMCS, `whmcs-1`. */
  addOrder: (number: number, options?: { product?: number; status?: string; nextDueDate?: string }) => void;
  sync: () => Promise<void>;
  /** Runs `sluice` with `--json`. */
  run: (words: string) => Promise<Outcome>;
  reconcile: (words?: string) => Promise<RunReport>;
  plan: () => Promise<RunReport>;
  /** Names of the accounts on the relay panel, except those that were there before. */
  relayUsers: () => string[];
  vpnUsers: () => string[];
  close: () => Promise<void>;
}

export interface AccountsOptions {
  /** Where passwords of the relay panel are written. Default `whmcs`. */
  writeTo?: string;
  /** More keys of all products. */
  product?: string;
  /** Appended at the top level. */
  more?: string;
  /** The clock of everything; default a manual one, from 2026-11-20 12:00 UTC. */
  realTime?: boolean;
}

/** WHMCS sells product 10 on the relay panel (FLVX) and product 11 on the VPN panel (Hiddify). */
export function accountsConfig(
  urls: { relay: string; vpn: string; whmcs: string },
  { writeTo = 'whmcs', product = '', more = '' }: AccountsOptions,
): string {
  const own = `provision: auto${product === '' ? '' : `, ${product}`}`;
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  relay: { kind: flvx, url: "${urls.relay}", allowHttp: true, username: admin_user, password: "\${env:FLVX_PASSWORD}", retries: 0, timeout: 2s }
  vpn: { kind: hiddify, url: "${urls.vpn}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}", retries: 0, timeout: 2s }
products:
  relay-100: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 }, whmcs: { productIds: [10] }, credentials: { writeTo: ${writeTo} }, ${own} }
  vpn-50: { panel: vpn, quota: { total: 50GB }, hiddify: { packageDays: 30, mode: no_reset }, whmcs: { productIds: [11] }, ${own} }
whmcs: { url: "${urls.whmcs}", allowHttp: true, identifier: fake-whmcs-identifier, secret: "\${env:WHMCS_SECRET}", timeout: 2s }
${more}`;
}

/** Starts the fakes; the relay panel has one tunnel and a customer of somebody else's. */
export async function startAccountsBench(options: AccountsOptions = {}): Promise<AccountsBench> {
  const clock = manualClock(options.realTime === true ? Date.now() : '2026-11-20T12:00:00Z');
  const bench = new Bench(clock);
  const own = options.realTime === true ? {} : { now: clock.now };
  const onWait = (ms: number): void => {
    clock.advance(ms);
  };
  const relay = await startFakeFlvx({
    ...own,
    admin: { name: 'admin_user', password: ADMIN_PASSWORD },
    ...(options.realTime === true ? {} : { onWait }),
  });
  const tunnel = relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
  relay.addPermission(relay.addUser({ user: 'somebody-else' }), tunnel);
  const vpn = await startFakeHiddify(own);
  const whmcs = await startFakeWhmcs(own);
  Object.assign(bench.env, { FLVX_PASSWORD: ADMIN_PASSWORD, HIDDIFY_KEY: vpn.key, WHMCS_SECRET: whmcs.secret });
  bench.write('sluice.yaml', accountsConfig({ relay: relay.url, vpn: vpn.url, whmcs: whmcs.url }, options));
  await bench.giveStore();
  whmcs.addClient({ id: 77, currency: 'EUR' });
  whmcs.addProduct({ id: 10, name: 'Relay', fields: ['flvx_username', 'flvx_user_id'] });
  whmcs.addProduct({ id: 11, name: 'VPN' });
  const names = (): string[] => [...relay.world.users.values()].map(({ user }) => user);
  const before = names();
  const run = (words: string): Promise<Outcome> => bench.sluice(`${words} --json`);
  return {
    bench,
    relay,
    vpn,
    whmcs,
    addOrder(number, { product = 10, status = 'Active', nextDueDate = '2026-12-15' } = {}) {
      whmcs.addService({ id: number, client: 77, product, status, nextDueDate });
    },
    async sync() {
      const { exitCode, stdout } = await run('service sync');
      if (exitCode !== 0) throw new Error(stdout);
    },
    run,
    reconcile: async (words = '') => (await run(`reconcile ${words}`.trim())).json(),
    plan: async () => (await run('plan')).json(),
    relayUsers: () => names().filter((name) => !before.includes(name)),
    vpnUsers: () => [...vpn.state.users.values()].map(({ name }) => name),
    async close() {
      await closeFakes(relay, vpn, whmcs);
      bench.close();
    },
  };
}
