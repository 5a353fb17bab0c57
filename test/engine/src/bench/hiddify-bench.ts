import type { AgentDetail, CheckReport, CreatedUserReport, RunOptions, RunReport, Sluice } from '@sluice/engine';
import type { Agents } from '@sluice/engine/options';
import { type FakeHiddify, type FakeHiddifyOptions, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { EngineBench, type EngineParts, GB, MINUTE, NO_DOUBT } from './engine-bench.js';

/** An engine and a fake Hiddify panel on one clock. */
export interface HiddifyBench {
  bench: EngineBench;
  /** The engine that runs now. */
  readonly sluice: Sluice;
  panel: FakeHiddify;
  /** The agent that product `agency` names. */
  north: string;
  poll: (options?: RunOptions) => Promise<RunReport>;
  /** The poll so many milliseconds later. */
  pollAfter: (ms: number, options?: RunOptions) => Promise<RunReport>;
  /** The check of all agents, five minutes after whatever was before. */
  check: (options?: { dryRun?: boolean; allowMass?: boolean }) => Promise<CheckReport>;
  /** Limits an agent to this many GB, null: not at all; nobody is asked. */
  limit: (agent: string, gb: number | null, options?: LimitOptions) => Promise<AgentDetail>;
  /** Limits agents as in a file whose lines are numbered; nobody is asked. */
  limitAll: (rows: Record<string, string>[]) => ReturnType<Agents['limits']>;
  /** GB that an agent has used, read more than a minute later. */
  usedBy: (agent?: string) => Promise<number>;
  /** Creates a user of this many GB below an agent. */
  createUser: (agent: string, name: string, gb: number, options?: UserOptions) => Promise<CreatedUserReport>;
  /** Reasons of the open holds of a service. */
  reasons: (id: string) => Promise<string[]>;
  /** Adds a product to the config, as `agency` if not stated otherwise. */
  addProduct: (name: string, options?: ProductOptions) => Promise<void>;
  /** Adds a service `svc-<number>` whose cycles run from the 15th to the 15th. */
  addService: (number: number, options?: ServiceOptions) => Promise<void>;
  /** Adds it and creates its user; returns the user's uuid. */
  create: (number: number, options?: ServiceOptions) => Promise<string>;
  /** The uuid in the references of a service. */
  readUser: (id: string) => Promise<string>;
  /** Changing calls to the panel: method, user (as `user`) and body. */
  changes: () => string[];
  close: () => Promise<void>;
}

export interface ProductOptions {
  gb?: number;
  agent?: string;
  days?: number;
  mode?: string;
}

export interface ServiceOptions {
  product?: string;
  /** Further columns of the service. */
  values?: Record<string, string>;
  /** Of an account that another service has. */
  allowDuplicateRefs?: boolean;
}

type LimitOptions = Partial<Parameters<Agents['limit']>[1]>;
type UserOptions = Partial<Parameters<Agents['createUser']>[0]> & { by?: Sluice };

/** The config that the tests run with; `agents` goes into the panel, `more` to the top level. */
export function hiddifyConfig(panel: FakeHiddify, north: string, agents = '', more = ''): string {
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  vpn: { kind: hiddify, url: "${panel.url}", allowHttp: true, apiKey: "${panel.key}", retries: 0, timeout: 60s${agents === '' ? '' : `, agents: ${agents}`} }
products:
  vpn-50: { panel: vpn, quota: { total: 50GB }, hiddify: { packageDays: 30, mode: no_reset } }
  vpn-100: { panel: vpn, quota: { total: 100GB }, hiddify: { packageDays: 60, mode: no_reset } }
  monthly: { panel: vpn, quota: { total: 50GB }, hiddify: { packageDays: 30, mode: monthly } }
  agency: { panel: vpn, quota: { total: 10GB }, hiddify: { agent: ${north}, packageDays: 30, mode: no_reset } }
  free: { panel: vpn, quota: unlimited, hiddify: {} }
  bare: { panel: vpn }
${more}`;
}

/** Starts a fake panel at 2026-11-20 12:00 UTC with the agent "north". */
export async function startHiddifyBench(
  options: { agents?: string; more?: string; panel?: FakeHiddifyOptions; north?: string } & Partial<EngineParts> = {},
): Promise<HiddifyBench> {
  const { agents, more, panel: panelOptions, north: uuid, ...parts } = options;
  const clock = manualClock('2026-11-20T12:00:00Z');
  const panel = await startFakeHiddify({ now: clock.now, ...panelOptions });
  const north = panel.addAgent(undefined, { name: 'north', ...(uuid === undefined ? {} : { uuid }) });
  const config = hiddifyConfig(panel, north, agents, more);
  const bench = await EngineBench.open(clock, { kinds: [hiddify], ...parts }, config);
  const addService: HiddifyBench['addService'] = async (number, { product = 'vpn-50', values = {}, ...how } = {}) => {
    const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await bench.sluice.services.add(`svc-${number}`, { panel: 'vpn', product, ...due, ...values }, how);
  };
  return {
    bench,
    get sluice() {
      return bench.sluice;
    },
    panel,
    north,
    limit(agent, gb, how) {
      const limitBytes = gb === null ? null : gb * GB;
      const confirm = (): Promise<void> => Promise.resolve();
      const asked = { panel: undefined, limitBytes, opening: undefined, dryRun: false, confirm, ...how };
      return bench.sluice.agents.limit(agent, asked);
    },
    limitAll(rows) {
      const lines = rows.map((values, index) => ({ line: index + 2, values }));
      const confirm = (): Promise<void> => Promise.resolve();
      const file = { panel: undefined, rows: lines, file: 'limits.csv', opening: undefined };
      return bench.sluice.agents.limits({ ...file, dryRun: false, confirm });
    },
    async usedBy(agent = 'north') {
      clock.advance(MINUTE + 1);
      return (await bench.sluice.agents.show(agent)).usedBytes / GB;
    },
    createUser(agent, name, gb, { by = bench.sluice, ...how } = {}) {
      const asked = { panel: undefined, agent, name, limitBytes: gb * GB, days: undefined, mode: undefined };
      return by.agents.createUser({ ...asked, dryRun: false, ...how });
    },
    async addProduct(name, { gb = 10, agent = north, days = 30, mode = 'no_reset' } = {}) {
      const account = `hiddify: { agent: ${agent}, packageDays: ${days}, mode: ${mode} }`;
      await bench.edit('  free:', `  ${name}: { panel: vpn, quota: { total: ${gb}GB }, ${account} }\n  free:`);
    },
    async reasons(id) {
      return (await bench.sluice.services.show(id)).holds.map(({ reason }) => reason);
    },
    poll: (how) => bench.sluice.poll(how),
    pollAfter(ms, how) {
      clock.advance(ms);
      return bench.sluice.poll(how);
    },
    check: (how) => {
      clock.advance(5 * MINUTE);
      return bench.sluice.agents.check({ ...how });
    },
    addService,
    async create(number, how) {
      await addService(number, how);
      const { run, service } = await bench.sluice.provision.create(`svc-${number}`);
      if (run.outcome !== 'done') throw new Error(`svc-${number}: ${service.error?.message ?? run.outcome}`);
      return service.refs['hiddify_user_uuid'] ?? '';
    },
    readUser: async (id) => (await bench.sluice.services.show(id)).refs['hiddify_user_uuid'] ?? '',
    changes: () => panel.server.changingCalls().map(({ method, body }) => `${method}${body === '' ? '' : ` ${body}`}`),
    async close() {
      await panel.close();
      await bench.close();
    },
  };
}
