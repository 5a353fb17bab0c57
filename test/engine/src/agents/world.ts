import {
  createSluice,
  parseConfig,
  type AgentDetail,
  type AgentExplained,
  type CheckReport,
  type Sluice,
} from '@sluice/engine';
import {
  manualClock,
  startFakeHiddify,
  type FakeHiddify,
  type FakeHiddifyOptions,
  type ManualClock,
} from '@sluice/fake-panels';
import { AgentTrafficManager, hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { findSubjectAgent } from '@sluice/quota-core';
import { type HoldRecord, openStore, type StateStore } from '@sluice/state-store';

export const GB = 1024 ** 3;
export const minute = 60_000;

/** What a check did, from its report and from what it changed in the store. */
export interface Sweep extends CheckReport {
  steps: { type: string; target: string; state: string; code: string | null }[];
  /** Users that are no longer ours to give back, and why. */
  dropped: { uuid: string; outcome: string | null }[];
  /** Agents whose hold began, and those whose hold ended. */
  goingOver: string[];
  comingBack: string[];
  /** Percent marks that were announced. */
  crossed: number[];
}

interface SweepOptions {
  brake?: boolean;
  dryRun?: boolean;
  agent?: string;
}

/** The manager of the panel, with a check that says what the tests ask of it. */
export class TestManager extends AgentTrafficManager {
  readonly sluice: Sluice;
  readonly #store: StateStore;

  constructor(sluice: Sluice, store: StateStore) {
    super(sluice, 'vpn');
    this.sluice = sluice;
    this.#store = store;
  }

  override getAgent(agent: string): Promise<AgentDetail> {
    return this.sluice.agents.show(agent);
  }

  async setTrafficLimits(limits: Record<string, number | null>): Promise<void> {
    for (const [agent, limitBytes] of Object.entries(limits)) await this.setTrafficLimit(agent, limitBytes);
  }

  /** Reads the panel and stores it. */
  async refresh(): Promise<void> {
    await this.sluice.agents.list();
  }

  explain(agent: string): Promise<AgentExplained> {
    return this.sluice.agents.explain(agent);
  }

  /** Checks all agents, or one; rejects with what stopped it. */
  async sweep({ brake = true, dryRun = false, agent }: SweepOptions = {}): Promise<Sweep> {
    const holdsBefore = await this.#store.holds.open({ agentsOf: 'vpn' });
    const before = await this.#store.evidence.open({ agentsOf: 'vpn' });
    const report = await this.sluice.agents.check({ panel: 'vpn', dryRun, allowMass: !brake, agent });
    const { error, agents, notices } = report;
    if (error !== null) throw Object.assign(new Error(error.message), error, { report });
    const holdsAfter = await this.#store.holds.open({ agentsOf: 'vpn' });
    const after = await this.#store.evidence.ofHolds(before.map(({ hold }) => hold));
    const ended = after.filter(({ id, until }) => until !== null && before.some((item) => item.id === id));
    const added = (now: HoldRecord[], then: HoldRecord[]): string[] =>
      now
        .filter(({ id }) => !then.some((hold) => hold.id === id))
        .map(({ service }) => findSubjectAgent(service) ?? '');
    return {
      ...report,
      steps: agents.flatMap(({ actions, error: wrong }) =>
        actions.map((action) => ({ ...action, code: action.state === 'failed' ? (wrong?.code ?? null) : null })),
      ),
      dropped: ended
        .filter(({ outcome }) => outcome !== 'undone')
        .map(({ target, outcome }) => ({ uuid: target, outcome })),
      goingOver: added(holdsAfter, holdsBefore),
      comingBack: added(holdsBefore, holdsAfter),
      crossed: notices.flatMap(({ code, message }) =>
        code === 'agent_threshold' ? [Number(/reached (\d+)%/.exec(message)?.[1])] : [],
      ),
    };
  }
}

/** A fake panel, an engine over a store in memory, and a clock for all that moves only when told or slept on. */
export interface World {
  fake: FakeHiddify;
  time: ManualClock;
  store: StateStore;
  /** Open evidence of users that are disabled for an agent. */
  disabled(): Promise<{ uuid: string; reason: string; run: string | null }[]>;
  /** A manager over the world's store; `agents` as in the config. */
  manager(agents?: Record<string, unknown>): TestManager;
  close(): Promise<void>;
}

export async function startWorld(options: FakeHiddifyOptions = {}): Promise<World> {
  const time = manualClock('2026-03-01T12:00:00.000Z');
  const fake = await startFakeHiddify({ now: time.now, ...options });
  const clock = {
    now: time.now,
    sleep(ms: number) {
      time.advance(ms);
      return Promise.resolve();
    },
  };
  const store = await openStore({ location: ':memory:', clock });
  const kinds = [hiddify];
  const createEngine = (agents: Record<string, unknown>): Promise<Sluice> => {
    const vpn = { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0, agents };
    // These worlds use up limits in one step, which is a case of its own.
    const poll = { doubt: { jump: 'off' } };
    return createSluice({ config: parseConfig({ panels: { vpn }, products: {}, poll }, kinds), kinds, store, clock });
  };
  return {
    fake,
    time,
    store,
    manager(agents = {}) {
      return new TestManager(
        lazyEngine(() => createEngine(agents)),
        store,
      );
    },
    async disabled() {
      const holds = await store.holds.open({ agentsOf: 'vpn' });
      return (await store.evidence.open({ agentsOf: 'vpn' })).map(({ target, hold, prior }) => ({
        uuid: target,
        reason: holds.find(({ id }) => id === hold)?.reason ?? '',
        run: (prior as { run: string }).run,
      }));
    },
    async close() {
      await store.close();
      await fake.close();
    },
  };
}

/** Does something in a world of its own whose calls are not kept. */
export async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  const world = await startWorld({ keepCalls: false });
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

/** An engine whose `agents` are opened with the first call. */
function lazyEngine(open: () => Promise<Sluice>): Sluice {
  let opened: Promise<Sluice> | null = null;
  const agents = new Proxy({} as Sluice['agents'], {
    get:
      (_target, name: keyof Sluice['agents']) =>
      async (...args: never[]) => {
        opened ??= open();
        const method = (await opened).agents[name] as (...all: never[]) => unknown;
        return method(...args);
      },
  });
  return { agents } as Sluice;
}

/** The names of the calls that the panel has seen, changing ones only when asked so. */
export function calls(fake: FakeHiddify, only: 'all' | 'changing' = 'all'): string[] {
  return (only === 'changing' ? fake.server.changingCalls() : fake.server.calls).map(({ endpoint }) => endpoint);
}

/** Everything that the store has of the agents, for comparison. */
export async function readContents(store: StateStore): Promise<unknown> {
  return structuredClone({
    agents: await store.agents.list('vpn'),
    ledger: await store.agentUsers.list({ panel: 'vpn' }),
    holds: await store.holds.open({ agentsOf: 'vpn' }),
    evidence: await store.evidence.open({ agentsOf: 'vpn' }),
    reservations: await store.agentReservations.live('vpn'),
    snapshot: await store.agentSnapshots.get('vpn'),
  });
}
