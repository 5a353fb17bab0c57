import { readFileSync } from 'node:fs';
import path from 'node:path';
import { nodeFiles, type CommandOptions, type RunOptions, type RunReport, type Sluice } from '@sluice/engine';
import {
  type FakeFlvx,
  type FakeHiddify,
  type FakeWhmcs,
  manualClock,
  startFakeFlvx,
  startFakeHiddify,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { whmcs } from '@sluice/whmcs-client/billing';
import { EngineBench, NO_DOUBT } from './engine-bench.js';

const ADMIN_PASSWORD = 'Very-secret-admin-1';

/** An engine, panels with accounts and a fake WHMCS on one clock. */
export interface AccountsBench {
  bench: EngineBench;
  /** The engine that runs now. */
  readonly sluice: Sluice;
  relay: FakeFlvx;
  vpn: FakeHiddify;
  whmcs: FakeWhmcs;
  /** Adds an order of client 77: number 1 is service 1 of WHMCS, `whmcs-1`. */
  addOrder: (number: number, options?: { product?: number; status?: string; nextDueDate?: string }) => void;
  sync: () => Promise<void>;
  reconcile: (options?: RunOptions) => Promise<RunReport>;
  /** Creates the account of a service; returns the outcome of the run. */
  create: (id: string, options?: CommandOptions & { adopt?: boolean }) => Promise<string>;
  /** Reconciles, and loses the answer of the first creation on the relay panel and of all lists after it. */
  loseCreation: () => Promise<void>;
  plan: () => Promise<RunReport>;
  /** Names of the accounts on the relay panel, except those that were there before. */
  relayUsers: () => string[];
  vpnUsers: () => string[];
  /** The content of a file in the folder of the bench. */
  read: (name: string) => string;
  close: () => Promise<void>;
}

export interface AccountsOptions {
  /** Where passwords of the relay panel are written. Default `whmcs`. */
  writeTo?: string;
  /** More keys of all products. */
  product?: string;
  /** Appended at the top level. */
  more?: string;
}

/** WHMCS sells product 10 on the relay panel (FLVX) and product 11 on the VPN panel (Hiddify). */
function accountsConfig(
  at: { relay: FakeFlvx; vpn: FakeHiddify; fake: FakeWhmcs },
  { writeTo = 'whmcs', product = '', more = '' }: AccountsOptions,
): string {
  const own = `provision: auto${product === '' ? '' : `, ${product}`}`;
  const { url, identifier, secret } = at.fake;
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  relay: { kind: flvx, url: "${at.relay.url}", allowHttp: true, username: admin_user, password: ${ADMIN_PASSWORD}, retries: 0, timeout: 2s }
  vpn: { kind: hiddify, url: "${at.vpn.url}", allowHttp: true, apiKey: "${at.vpn.key}", retries: 0, timeout: 2s }
products:
  relay-100: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 }, whmcs: { productIds: [10] }, credentials: { writeTo: ${writeTo} }, ${own} }
  vpn-50: { panel: vpn, quota: { total: 50GB }, hiddify: { packageDays: 30, mode: no_reset }, whmcs: { productIds: [11] }, ${own} }
whmcs: { url: "${url}", allowHttp: true, identifier: ${identifier}, secret: ${JSON.stringify(secret)}, timeout: 2s }
${more}`;
}

/** Starts the fakes; the relay panel has one tunnel and a customer of somebody else's. */
export async function startAccountsBench(options: AccountsOptions = {}): Promise<AccountsBench> {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const own = { now: clock.now };
  const onWait = (ms: number): void => {
    clock.advance(ms);
  };
  const relay = await startFakeFlvx({ ...own, admin: { name: 'admin_user', password: ADMIN_PASSWORD }, onWait });
  const tunnel = relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
  relay.addPermission(relay.addUser({ user: 'somebody-else' }), tunnel);
  const vpn = await startFakeHiddify(own);
  const fake = await startFakeWhmcs(own);
  fake.addClient({ id: 77, currency: 'EUR' });
  fake.addProduct({ id: 10, name: 'Relay', fields: ['flvx_username', 'flvx_user_id'] });
  fake.addProduct({ id: 11, name: 'VPN' });
  const parts = { kinds: [flvx, hiddify], billing: [whmcs], files: nodeFiles };
  const bench = await EngineBench.open(clock, parts, accountsConfig({ relay, vpn, fake }, options));
  const names = (): string[] => [...relay.world.users.values()].map(({ user }) => user);
  const before = names();
  return {
    bench,
    get sluice() {
      return bench.sluice;
    },
    relay,
    vpn,
    whmcs: fake,
    addOrder(number, { product = 10, status = 'Active', nextDueDate = '2026-12-15' } = {}) {
      fake.addService({ id: number, client: 77, product, status, nextDueDate });
    },
    async sync() {
      const { run, problems } = await bench.sluice.services.sync();
      if (run.outcome !== 'done') throw new Error(JSON.stringify(problems));
    },
    reconcile: (how) => bench.sluice.reconcile(how),
    create: async (id, how) => (await bench.sluice.provision.create(id, how)).run.outcome,
    async loseCreation() {
      relay.server.inject({ endpoint: /user\/create$/, when: 'after', times: 1, fault: { kind: 'cut' } });
      const ignore = relay.server.onCall(({ endpoint }) => {
        if (endpoint.endsWith('user/create')) relay.server.inject({ endpoint: /list$/, fault: { kind: 'cut' } });
      });
      await bench.sluice.reconcile();
      ignore();
      relay.server.clearFaults();
    },
    plan: () => bench.sluice.plan(),
    relayUsers: () => names().filter((name) => !before.includes(name)),
    vpnUsers: () => [...vpn.state.users.values()].map(({ name }) => name),
    read: (name) => readFileSync(path.join(bench.folder, name), 'utf8'),
    async close() {
      await relay.close();
      await vpn.close();
      await fake.close();
      await bench.close();
    },
  };
}
