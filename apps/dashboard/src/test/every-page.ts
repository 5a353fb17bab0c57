import type { DashboardOptions } from '../index.js';
import { astbilling } from '@sluice/astbilling-client/panel';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, SERVE_TOKEN, startBench } from './dashboard-bench.js';
import { type OtherPanels, startOtherPanels } from './other-panels.js';
import { Link, toKey } from './share-link.js';

/** The zone of each panel, and that of the config. */
export const ZONES = {
  dcim: 'Europe/Berlin',
  relay: 'Asia/Shanghai',
  vpn: 'Asia/Tehran',
  voice: 'America/Sao_Paulo',
  config: 'Europe/Berlin',
};

/** A dashboard with panels of all kinds in zones of their own, in which every page has something to show. */
export interface EveryPage {
  at: DashboardBench;
  others: OtherPanels;
  /** The share link of the client who has a service of each kind. */
  link: Link;
  /** Reads a page of operators. */
  staff(path: string): Promise<{ status: number; page: string }>;
  /** Reads a page of the client by its link. */
  customer(path: string): Promise<{ status: number; page: string }>;
  /** Starts a run by the form of a page, and returns the address of its page once it has ended. */
  run(fields: Record<string, string>): Promise<string>;
  /** Adds services that use up their allowance at once, one that the panel does not have, and an alarm; polls, and is stopped. */
  breakIn(): Promise<void>;
  /** Lets the panel `dcim` answer with errors only, and polls. */
  goDown(): Promise<void>;
  close(): Promise<void>;
}

/** Reads a page; a page that asks leads to itself with a key. */
async function follow(open: (path: string) => Promise<Response>, path: string) {
  const first = await open(path);
  const answer = first.status === 303 ? await open(first.headers.get('location') ?? '') : first;
  return { status: answer.status, page: await answer.text() };
}

/** Starts it with a service of each kind, a purchase that is not paid, a bill, an override, holds and an exceeded agent. */
export async function startEveryPage(
  limits: DashboardOptions['limits'] = {},
  config: Record<string, unknown> = {},
): Promise<EveryPage> {
  const others = await startOtherPanels();
  const at = await startBench({
    config: { timeZone: ZONES.config, ...config },
    dashboard: { limits },
    kinds: [astbilling, hiddify, flvx],
    panels: {
      relay: { ...others.config.relay, timeZone: ZONES.relay },
      vpn: { ...others.config.vpn, timeZone: ZONES.vpn },
      voice: { ...others.config.voice, timeZone: ZONES.voice },
    },
    products: {
      relay: { panel: 'relay', quota: { total: '100GB' }, packages: ['extra-50'], flvx: { tunnelId: others.tunnel } },
      line: { panel: 'voice', astbilling: { planId: 11, customerMay: ['destination', 'caller_id'] } },
      vpn: { panel: 'vpn', quota: { total: '40GB' }, hiddify: { agent: others.agent } },
    },
  });
  await fill(at, others);
  const cookie = await at.login();
  const link = await Link.open(at, { client: 'c-1', buy: true, manage: true, changePassword: true });
  return {
    ...{ at, others, link },
    staff: (path) => follow((to) => at.fetch(to, { cookie }), path),
    customer: (path) => follow((to) => at.fetch(to), `/share/${link.token}${path === '/' ? '' : path}`),
    run: async (fields) => {
      const csrf = /name="csrf"\s+value="([^"]*)"/.exec(await (await at.fetch('/', { cookie })).text())?.[1] ?? '';
      const body = new URLSearchParams({ ...fields, csrf, key: toKey() });
      const page = (await at.fetch('/runs', { method: 'POST', cookie, body })).headers.get('location') ?? '';
      await (await at.fetch(`/api/v1${page}/events`, { token: SERVE_TOKEN })).text();
      return page;
    },
    breakIn: () => breakIn(at),
    goDown: async () => {
      at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
      at.clock.advance(3_600_000);
      await at.sluice.poll({ panel: 'dcim' });
    },
    close: async () => {
      await at.close();
      await others.close();
    },
  };
}

async function fill({ sluice, store, addService, clock }: DashboardBench, others: OtherPanels): Promise<void> {
  await addService(1, 'c-1', 20);
  await addService(2, 'c-1', 104);
  const row = { client: 'c-1', status: 'active', billing_cycle: 'monthly', next_due_date: '2026-12-01' };
  await sluice.services.add('relay-1', { ...row, panel: 'relay', product: 'relay' });
  await sluice.provision.create('relay-1');
  await sluice.services.add('vpn-1', { ...row, panel: 'vpn', product: 'vpn' });
  await sluice.provision.create('vpn-1');
  await sluice.services.add('line-1', { ...row, panel: 'voice', product: 'line', astbilling_subscriber_id: '9001' });
  const how = { panel: 'vpn', opening: undefined, dryRun: false, confirm: () => Promise.resolve() };
  await sluice.agents.limit(others.agent, { ...how, limitBytes: GB });
  await sluice.agents.check({ allowMass: true });
  await sluice.poll({ allowMass: true });
  await sluice.poll({ allowMass: true });
  await sluice.overrides.set('relay-1', { quota: '90GB' });
  await sluice.calls.bill({ service: 'line-1', period: '2026-10' });
  const cycle = (await store.cycles.newest(['svc-2']))[0]?.id ?? '';
  await store.purchases.add({
    ...{ id: 'p-1', service: 'svc-2', package: 'extra-50', bytes: 50 * GB, price: '5.00', currency: 'EUR', cycle },
    ...{ status: 'pending', actor: 'manual', client: 'c-1', billing: 'ledger', invoice: '1001', taxed: false },
    ...{ charged: null, key: 'p-1', at: new Date(clock.now()).toISOString(), paidAt: null, refundedAt: null },
    ...{ refundSentAt: null, run: null, note: null },
  });
}

async function breakIn({ sluice, store, addService, clock }: DashboardBench): Promise<void> {
  for (const number of [3, 4, 5, 6, 7, 8]) await addService(number, 'c-1', 600);
  await sluice.overrides.set('svc-3', { quota: '1GB' });
  const missing = { easydcim_service_id: '599', easydcim_order_id: '999', easydcim_server_id: '399' };
  const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await sluice.services.add('svc-9', { panel: 'dcim', product: 'ports', client: 'c-1', ...due, ...missing });
  const at = new Date(clock.now()).toISOString();
  const message = `port "eth0" is enabled since ${at}`;
  await store.alarms.put([
    {
      ...{ id: 'alarm-1', key: 'k', code: 'drift', panel: 'dcim', service: 'svc-1', message, scope: 'poll', since: at },
      ...{ acknowledgedAt: null, acknowledgedBy: null, note: null },
    },
  ]);
  await sluice.poll({ panel: 'dcim' });
}

/** The pages of operators with the zone that each names at its foot. */
export function staffPages({ agent }: OtherPanels): [path: string, zone: string][] {
  const { config, relay, vpn, voice } = ZONES;
  const onAgent = `/agents/${agent}`;
  return [
    ...(
      [
        '/',
        '/panels',
        '/agents',
        '/products',
        '/packages',
        '/queue',
        '/traffic',
        '/traffic?by=panel&range=7d',
        '/log',
        '/log?kind=api',
        '/bills',
      ] as const
    ).map((path): [string, string] => [path, config]),
    ...['', '/suspend', '/renew', '/change-package', '/hold', '/release'].flatMap((verb): [string, string][] => [
      [`/services/relay-1${verb}`, relay],
      [`/services/vpn-1${verb}`, vpn],
      [`/services/line-1${verb}`, voice],
      [`/services/svc-1${verb}`, config],
      [`/services/svc-2${verb}`, config],
    ]),
    ['/services/svc-2/buy?package=extra-50', config],
    ['/services/relay-1/buy?package=extra-50', relay],
    ...(['dcim', 'relay', 'vpn', 'voice'] as const).flatMap((panel): [string, string][] => [
      [`/panels/${panel}`, ZONES[panel]],
      [`/panels/${panel}?test=yes`, ZONES[panel]],
      [`/panels/${panel}/unassigned`, ZONES[panel]],
      [`/panels/${panel}/allow-once`, ZONES[panel]],
      [`/panels/${panel}/observe`, ZONES[panel]],
    ]),
    ['/runs/start?command=poll', config],
    ['/runs/start?command=agent+check&panel=vpn', config],
    [`${onAgent}?panel=vpn`, vpn],
    [`${onAgent}/remove-limit?panel=vpn`, vpn],
    ...[
      '/lines',
      '/lines/9001',
      '/dids',
      '/dids/72',
      '/dids/72/suspend',
      '/customers',
      '/plans',
      '/plans/11',
      '/carriers',
      '/calls',
    ].map((path): [string, string] => [`${path}?panel=voice`, voice]),
    ['/calls?panel=voice&service=line-1&day=2026-11-20', voice],
    ['/simulator?panel=voice', voice],
    ['/simulator?panel=voice&plan=11&destination=5511987654321&seconds=61', voice],
    ['/simulator?panel=voice&service=line-1&destination=5511987654321&seconds=61', voice],
  ];
}

/** The pages of the client with the zone that each names at its foot. */
export const CLIENT_PAGES: [path: string, zone: string][] = [
  ['/', ZONES.config],
  ['/services/relay-1', ZONES.relay],
  ['/services/relay-1/password', ZONES.relay],
  ['/services/relay-1/buy?package=extra-50', ZONES.relay],
  ['/services/vpn-1', ZONES.vpn],
  ['/services/line-1', ZONES.voice],
  ['/services/line-1/calls', ZONES.voice],
  ['/services/line-1/calls?period=2026-10&outcome=answered', ZONES.voice],
  ['/services/line-1/rates', ZONES.voice],
  ['/services/svc-1', ZONES.config],
  ['/services/svc-2', ZONES.config],
  ['/services/svc-2/buy?package=extra-50', ZONES.config],
];
