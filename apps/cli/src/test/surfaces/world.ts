import { randomBytes } from 'node:crypto';
import { type Dashboard, startDashboard } from '@sluice/dashboard';
import { easydcim } from '@sluice/easydcim-client/panel';
import type { PanelKind } from '@sluice/panel-kind';
import { createSluice, parseConfig, type RunReport, type Sluice } from '@sluice/engine';
import { openStore } from '@sluice/state-store';
import type { Bench } from '../harness.js';
import { type EasyDcimBench, GB, HOUR, startEasyDcimBench, TOKEN, toIds } from '../easydcim-bench.js';
import { logIn } from '../serve-on.js';

const SERVE_TOKEN = 'first-start-token-0123456789';
const PRODUCTS = {
  ports: { panel: 'dcim', quota: { total: '100GB' }, action: 'disable-ports' },
  order: { panel: 'dcim', quota: { total: '100GB' }, action: 'suspend-order' },
};

/** What the store says, which every surface has to say too. */
export interface Facts {
  /** Services with an open hold. */
  held: string[];
  /** Products that are enforced although their panel is under observe. */
  enforced: string[];
  /** Services of which a hold would begin, and was not added: by `observe` or the brake. */
  wouldHold: string[];
  /** Whether the brake stopped the last run over the panel. */
  braked: boolean;
  /** Whether the panel answers nothing, or with errors only. */
  down: boolean;
  /** Whether its last run decided nothing, although the panel answers. */
  undecided: boolean;
  /** Services of which the last reading is doubted, and waits for the next one. */
  doubted: string[];
  /** Whether each service has figures of its last good reading. */
  figures: boolean;
}

/** What a store without any reading says. */
export const NO_FACTS: Facts = {
  held: [],
  wouldHold: [],
  braked: false,
  enforced: [],
  down: false,
  undecided: false,
  doubted: [],
  figures: false,
};

/** A command and a dashboard over HTTP on one store. */
export interface Surfaces {
  sluice: Sluice;
  dashboard: Dashboard;
  /** Returns the document of a command. */
  json: <Document>(words: string) => Promise<Document>;
  /** Returns what a command prints. */
  text: (words: string) => Promise<string>;
  /** Returns a document of the API. */
  api: <Document>(path: string) => Promise<Document>;
  /** Starts a preview of a run by the API, and returns its id when it has ended. */
  plan: () => Promise<string>;
  /** Returns the text of a page that an operator sees. */
  page: (path: string) => Promise<string>;
  /** Returns the text of a page that the client c-1 sees. */
  shared: (path: string) => Promise<string>;
  /** Ends dashboard and engine. */
  end: () => Promise<void>;
}

/** All of it with a fake panel, in one state after the other. */
export interface World extends Omit<Surfaces, 'plan' | 'end'> {
  at: EasyDcimBench;
  /** The report of the poll that began the state. */
  polled: RunReport;
  facts: Facts;
  /** Changes the state, and polls. */
  enter: (change: () => unknown) => Promise<void>;
  /** The id of a preview of a run, which the API started in this state and which has ended. */
  planned: string;
  close: () => Promise<void>;
}

/** Starts all of it: svc-1 (product ports) and svc-2 (product order) are over their quota, svc-3 and svc-4 are not. */
export async function startWorld(): Promise<World> {
  const at = await startEasyDcimBench();
  const dcim = { kind: 'easydcim', url: at.panel.url, allowHttp: true, token: TOKEN, retries: 0 };
  const config = { timeZone: 'UTC', enforce: 'observe', panels: { dcim }, products: PRODUCTS };
  at.bench.write('sluice.yaml', JSON.stringify(config));
  for (const [index, product] of ['ports', 'order', 'ports', 'order'].entries())
    await at.addService(index + 1, { product, values: ['client=c-1'] });
  for (const number of [1, 2]) at.panel.addTraffic(toIds(number).service, { in: 195 * GB, out: 0 });
  for (const number of [3, 4])
    at.panel.addTraffic(toIds(number).service, { in: (number === 3 ? 60 : 20) * GB, out: 0 });
  const { plan, end, ...surfaces } = await openSurfaces(at.bench, config, [easydcim]);
  const world: World = {
    ...{ at, ...surfaces },
    polled: undefined as unknown as RunReport,
    planned: '',
    facts: NO_FACTS,
    enter: async (change) => {
      at.bench.clock.advance(HOUR);
      await change();
      world.polled = (await at.poll()).json<RunReport>();
      world.facts = await readFacts(at);
      world.planned = await plan();
    },
    close: async () => {
      await end();
      await at.close();
    },
  };
  return world;
}

/** Opens engine, dashboard, a session of it and a link of the client c-1 on the store of a bench. */
export async function openSurfaces(bench: Bench, config: unknown, kinds: PanelKind[]): Promise<Surfaces> {
  const clock = { ...bench.clock, sleep: () => Promise.resolve() };
  const store = await openStore({ location: bench.path('sluice.db'), clock });
  const sluice = await createSluice({ config: parseConfig(config, kinds), store, kinds, clock });
  const listen = { host: '127.0.0.1', port: 0 };
  const dashboard = await startDashboard({
    sluice,
    store,
    listen,
    token: SERVE_TOKEN,
    clock,
    randomBytes,
    version: '0.0.0',
  });
  const send = async (path: string, headers: Record<string, string>): Promise<Response> => {
    const answer = await fetch(new URL(path, dashboard.url), { headers, redirect: 'manual' });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const cookie = await logIn(dashboard.url, SERVE_TOKEN);
  const link = (await bench.sluice(`report --client c-1 --share 30d --json`)).json<{ url: string }>();
  const share = new URL(link.url).pathname;
  const authorization = `Bearer ${SERVE_TOKEN}`;
  const plan = async (): Promise<string> => {
    const headers = {
      authorization,
      'content-type': 'application/json',
      'idempotency-key': randomBytes(16).toString('hex'),
    };
    const body = JSON.stringify({ command: 'plan' });
    const begun = await fetch(new URL('/api/v1/runs', dashboard.url), { method: 'POST', headers, body });
    const { id } = (await begun.json()) as { id: string };
    // Its events end with the run.
    await (await send(`/api/v1/runs/${id}/events`, { authorization })).text();
    return id;
  };
  return {
    ...{ sluice, dashboard, plan },
    json: async <Document>(words: string) => (await bench.sluice(`${words} --json`)).json<Document>(),
    text: async (words) => (await bench.sluice(words)).stdout,
    api: async <Document>(path: string) => (await (await send(path, { authorization })).json()) as Document,
    page: async (path) => toText(await (await send(path, { cookie })).text()),
    shared: async (path) => toText(await (await send(`${share}${path}`, {})).text()),
    end: async () => {
      await dashboard.close();
      await sluice.close();
    },
  };
}

/** Returns what the store says, from its tables alone. */
async function readFacts(at: EasyDcimBench): Promise<Facts> {
  return at.bench.store(async (store) => {
    const holds = await store.holds.open();
    const switches = await store.switches.list();
    const cycles = await store.cycles.newest();
    const held = [...new Set(holds.map(({ service }) => service))].sort();
    const decisions = await store.decisions.latest();
    const due = decisions.filter(({ service, wouldHold }) => wouldHold.length > 0 && !held.includes(service));
    return {
      held,
      wouldHold: due.map(({ service }) => service).sort(),
      braked: (await store.conditions.get('brake:dcim')) !== null,
      enforced: switches.flatMap(({ product, enforce }) => (enforce === 'on' && product !== null ? [product] : [])),
      down: (await store.conditions.get('unreachable:dcim')) !== null,
      undecided: (await store.conditions.get('undecided:dcim')) !== null,
      doubted: decisions.flatMap(({ service, inputs }) => (isDoubted(inputs) ? [service] : [])).sort(),
      figures: cycles.length === 4 && cycles.every(({ readAt }) => readAt !== null),
    };
  });
}

const isDoubted = (inputs: unknown): boolean => (inputs as { doubted?: unknown } | null)?.doubted !== undefined;

/** Returns the text of HTML, on one line. */
export function toText(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.;:,])/g, '$1');
}
