import { astbilling } from '@sluice/astbilling-client/panel';
import { fillHiddify, startFakeAstbilling, startFakeFlvx, startFakeHiddify } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import type { CallBillRecord, DecisionRecord, SampleRecord, StateStore } from '@sluice/state-store';
import { type DashboardBench, GB, startBench } from '../dashboard-bench.js';

/** How many services a world has, and how they are named. */
export interface WorldSize {
  services: number;
  /** Persian names of services and clients. */
  persian?: boolean;
  /** With a telephony panel, a relay panel and a panel with agents. */
  others?: boolean;
  /** Has all services; default several clients. */
  client?: string;
}

export interface World {
  bench: DashboardBench;
  cookie: string;
  close(): Promise<void>;
}

const START = '2026-11-15T00:00:00.000Z';
const END = '2026-12-15T00:00:00.000Z';
const HOUR = 3_600_000;
const NAMES = ['سرور مجازی تهران', 'شرکت نمونهٔ پارس', 'فروشگاه آفتاب', 'دفتر شمال'];

/** Starts a dashboard whose store has these services, as after some days of polls. */
export async function startWorld(size: WorldSize): Promise<World> {
  const { services, persian = false, others = false, client = '501' } = size;
  const more = others ? await otherPanels() : null;
  const bench = await startBench({
    config: { timeZone: 'Asia/Tehran' },
    ...(more === null ? {} : { panels: more.panels, products: more.products, kinds: [astbilling, flvx, hiddify] }),
  });
  const { store } = bench;
  if (more !== null) await addOthers(bench, more, client);
  await fillServices(store, bench.clock.now(), size);
  if (services > 0) await fillHistory(store, persian);
  return {
    bench,
    cookie: await bench.login(),
    close: async () => {
      await bench.close();
      await more?.close();
    },
  };
}

async function addOthers({ sluice, store }: DashboardBench, { agent, user }: Others, client: string): Promise<void> {
  await sluice.agents.limit(agent, {
    panel: 'vpn',
    limitBytes: 40 * GB,
    opening: undefined,
    dryRun: false,
    confirm: () => Promise.resolve(),
  });
  const row = { client, status: 'active' };
  await sluice.services.add('line-1', { ...row, panel: 'voice', product: 'line', astbilling_subscriber_id: '9001' });
  await store.callBills.add({ ...BILL, client });
  const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await sluice.services.add('relay-1', { ...row, ...due, panel: 'relay', product: 'relay', flvx_user_id: user });
  // The second run reads the nodes of the tunnel that the first has found.
  for (let run = 0; run < 2; run++) await sluice.poll({ panel: 'relay' });
}

type Others = Awaited<ReturnType<typeof otherPanels>>;

async function otherPanels() {
  const now = () => Date.parse('2026-11-20T12:00:00Z');
  const voice = await startFakeAstbilling({ now });
  const plan = voice.add('plans', { id: '11', name: 'Corporativo 30/6' });
  for (const [prefix, country, description] of [
    ['5511', 'BR', 'São Paulo'],
    ['5521', 'BR', 'Rio de Janeiro'],
    ['98', 'IR', 'ایران'],
  ]) {
    voice.add('rates', { ...RATE, plan_id: plan, prefix, country_code: country, description });
  }
  voice.add('carriers', { id: '3', name: 'Telco', code: 'TEL', csp: '21' });
  const customer = voice.addCustomer({ id: '501', name: 'João da Silva', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addDid({ number: '+551142000001', subscriber: line });
  voice.addCall({
    subscriber: line,
    startedAt: '2026-11-20T10:00:00Z',
    talkSeconds: 45,
    charge: '0.4500',
    currency: 'EUR',
  });
  const vpn = await startFakeHiddify({ now });
  const [agent = ''] = fillHiddify(vpn, { agents: 3, users: 12 });
  const { relay, tunnelId, user } = await relays(now);
  return {
    ...{ agent, user },
    panels: {
      voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 },
      vpn: { kind: 'hiddify', url: vpn.url, apiKey: vpn.key, allowHttp: true, retries: 0 },
      relay: {
        kind: 'flvx',
        url: relay.url,
        username: 'admin_user',
        password: 'admin_user',
        allowHttp: true,
        retries: 0,
      },
    },
    products: {
      line: { panel: 'voice', astbilling: { planId: 11 } },
      relay: { panel: 'relay', quota: { total: '100GB' }, flvx: { tunnelId } },
    },
    close: async () => {
      await voice.close();
      await vpn.close();
      await relay.close();
    },
  };
}

/** A relay panel with an account that has two forwards on a tunnel. */
async function relays(now: () => number) {
  const relay = await startFakeFlvx({ now });
  const [entryNodes, exitNodes] = [[relay.addNode('de-1')], [relay.addNode('nl-2')]];
  const tunnelId = relay.addTunnel({ name: 'DE-NL', entryNodes, exitNodes });
  const expTime = Date.parse(END);
  const user = relay.addUser({ user: 'sl-relay', flow: 100, expTime });
  relay.addPermission(user, tunnelId, { flow: 100, expTime });
  for (const name of ['web', 'mail']) relay.addForward(user, tunnelId, { name });
  return { relay, tunnelId, user: String(user) };
}

const BILL: CallBillRecord = {
  ...{ id: 'cb-1', service: 'line-1', key: 'key-1', panel: 'voice', subscriber: '9001', state: 'confirmed' },
  ...{ client: '501' },
  ...{ start: '2026-10-01T03:00:00.000Z', end: '2026-11-01T03:00:00.000Z', billing: 'ledger', invoice: 'inv-1' },
  ...{ description: 'Calls', amount: '7.52', charged: '7.5163', currency: 'EUR', calls: 12, digest: 'd1', file: null },
  ...{ note: null, at: START, sentAt: START, endedAt: START, run: null },
};

const RATE = {
  ...{ connection_fee: '0.0000', initial_increment_seconds: 30, increment_seconds: 6, minimum_seconds: 30 },
  ...{ min_chargeable_seconds: 3, price_per_minute: '0.4500', valid_from: null, valid_to: null, status: 'active' },
};

/** Returns the id of the service with a number, from 1. */
export function serviceId(number: number, persian = false): string {
  return persian ? `${NAMES[number % NAMES.length] ?? ''}-${number}` : `svc-${number}`;
}

async function fillServices(store: StateStore, now: number, size: WorldSize): Promise<void> {
  const { services, persian = false, client } = size;
  const at = new Date(now - 240_000).toISOString();
  const numbers = Array.from({ length: services }, (_, index) => index + 1);
  const toId = (number: number): string => serviceId(number, persian);
  await store.services.put(
    numbers.map((number) => ({
      ...{ id: toId(number), panel: 'dcim', product: 'ports', billingCycle: 'monthly', nextDueDate: '2026-12-15' },
      client: client ?? (persian ? (NAMES[(number + 1) % NAMES.length] ?? null) : `client-${1000 + (number % 700)}`),
      refs: {
        easydcim_service_id: `${500 + number}`,
        easydcim_order_id: `${900 + number}`,
        easydcim_server_id: `${300 + number}`,
      },
      ...{ status: 'active' as const, trafficMode: null, baseQuotaOverrideGb: null, ownRefs: [], fields: {} },
      ...{ name: null, clientName: null, clientEmail: null, language: null },
      ...{ clientSince: null, protectedUntil: null, quotaReleasedUntil: null, createdAt: START, updatedAt: START },
    })),
  );
  await store.cycles.put(
    numbers.map((number) => ({
      ...{ id: `cycle-${number}`, service: toId(number), start: START, end: END, openedAt: START, closedAt: null },
      ...{ ...toUsage(number), readAt: at, counter: null, allowance: ALLOWANCE, thresholds: [] },
      ...{ peakInBytes: null, peakOutBytes: null, peakTotalBytes: toUsage(number).totalBytes },
    })),
  );
  await store.decisions.record(numbers.map((number) => toDecision(number, toId(number), at)));
  for (const number of numbers.filter((each) => each % 97 === 1)) {
    await store.holds.add({
      ...{
        id: `hold-${number}`,
        service: toId(number),
        reason: 'quota',
        restriction: 'disable-ports',
        since: at,
        until: null,
      },
      ...{ note: null, cycle: `cycle-${number}`, usedBytes: 104 * GB, allowedBytes: 100 * GB, origin: 'run' },
    });
  }
}

const ALLOWANCE = {
  kind: 'limited',
  baseBytes: 100 * GB,
  extraBytes: 0,
  allowedBytes: 100 * GB,
  parts: [{ source: 'product.total', bytes: 100 * GB }],
};

function toUsage(number: number): { inBytes: number; outBytes: number; totalBytes: number } {
  const total = number % 97 === 1 ? 104 * GB : Math.round(((number * 37) % 101) * 0.97 * GB) + number * 1_000_000;
  const inBytes = Math.round(total * 0.4);
  return { inBytes, outBytes: total - inBytes, totalBytes: total };
}

function toDecision(number: number, service: string, at: string): DecisionRecord {
  const isUnread = number % 211 === 5;
  const used = isUnread ? { inBytes: null, outBytes: null, totalBytes: null } : toUsage(number);
  return {
    ...{ service, run: 'run-1', at, cycle: `cycle-${number}`, mode: 'TOTAL', action: 'disable-ports', ...used },
    status: isUnread ? 'unreadable' : number % 97 === 1 ? 'held' : 'ok',
    rule: isUnread ? 'unreadable' : number % 97 === 1 ? 'exceeded' : 'below',
    readAt: isUnread ? null : at,
    allowance: ALLOWANCE,
    ...{ wouldHold: [], observing: false },
    errorCode: isUnread ? 'PANEL_TIMEOUT' : null,
    errorMessage: isUnread ? 'Panel "dcim" did not answer within 30 s' : null,
    inputs: { drift: number % 503 === 7 ? ['port eth0 is enabled'] : [] },
  };
}

/** The past of the first service, and runs, notices and calls. */
async function fillHistory(store: StateStore, persian: boolean): Promise<void> {
  const service = serviceId(1, persian);
  const from = Date.parse(START);
  const samples = Array.from({ length: 133 }, (_, hour): SampleRecord => {
    const total = Math.round((hour / 132) ** 1.2 * 104 * GB);
    const inBytes = Math.round(total * 0.4);
    const at = new Date(from + hour * HOUR).toISOString();
    return {
      service,
      at,
      cycle: 'cycle-1',
      inBytes,
      outBytes: total - inBytes,
      totalBytes: total,
      raw: '{}',
      resolution: 'hour',
    };
  });
  await store.samples.add(samples);
  const at = '2026-11-20T11:56:00.000Z';
  await store.runs.start({
    ...{ id: 'run-1', command: 'poll', dryRun: false, observing: [], startedAt: at, finishedAt: null, outcome: null },
    ...{ totals: null, error: null, host: 'h', pid: 1, processStart: null, service: null, scope: null },
    ...{ actor: 'schedule', note: null },
  });
  await store.runs.finish('run-1', {
    finishedAt: at,
    outcome: 'partial',
    totals: { services: 1 },
    error: null,
    observing: [],
  });
  await store.apiCalls.add([
    {
      ...{ at, run: 'run-1', panel: 'dcim', service, endpoint: 'bandwidth', method: 'POST', path: '/api/v3/bandwidth' },
      ...{ status: 200, durationMs: 84, attempt: 1, ok: true, code: null, message: null, changing: false },
    },
  ]);
  await store.notices.add([
    {
      id: 'n-1',
      key: 'n-1',
      code: 'readings_fell',
      panel: 'dcim',
      service,
      message: `The usage of "${service}" fell by more than half`,
      data: null,
      run: 'run-1',
      at,
    },
  ]);
}
