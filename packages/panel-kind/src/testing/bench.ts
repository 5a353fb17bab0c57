import type { PanelKind } from '../kind.js';
import type { SuiteEngine, SuiteServiceView, SuiteSluice, SuiteStore, SuiteTest } from './engine.js';
import { type Life, newLife, withLife } from './process.js';
import type { PanelWorld, PanelWorlds, SuiteClock, SuiteService } from './world.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const NOW = '2026-11-20T12:00:00Z';

/** Long enough for a busy machine. */
const PATIENT = '20s';
/** For a process of which a call hangs. */
export const IMPATIENT = '700ms';

/** What the suite tests. */
export interface PanelKindSuite<Sluice extends SuiteSluice = SuiteSluice> {
  /** Its title. */
  name: string;
  kind: PanelKind;
  worlds: PanelWorlds<Sluice>;
  engine: SuiteEngine<Sluice>;
  test: SuiteTest;
  /** How many cases of each disturbed operation are tried, spread over all of them; default 2, `Infinity` for all. */
  cases?: number;
  /**
   * Whether of each four operations a call of the first only fails, and the third is only killed; default false: each operation is disturbed
   * in both ways.
   */
  byTurns?: boolean;
}

/** How a bench is opened. */
interface BenchOptions {
  /** Whether the panel is observed only. */
  observes?: boolean;
}

/** A process that is started. */
interface SuiteProcess {
  life?: Life;
  /** Whether the processes before are dead. */
  alone?: boolean;
  /** How long it waits for an answer. */
  patience?: string;
}

/** A world with an engine over a store in memory. */
export class Bench<Sluice extends SuiteSluice = SuiteSluice> {
  readonly world: PanelWorld;
  readonly clock: SuiteClock;
  readonly store: SuiteStore;
  readonly #suite: PanelKindSuite<Sluice>;
  readonly #options: BenchOptions;
  readonly #dead = new Set<number>();
  #pid = 0;
  #sluice: Sluice | null = null;

  private constructor(
    suite: PanelKindSuite<Sluice>,
    options: BenchOptions,
    open: { world: PanelWorld; clock: SuiteClock; store: SuiteStore },
  ) {
    this.#suite = suite;
    this.#options = options;
    this.world = open.world;
    this.clock = open.clock;
    this.store = open.store;
  }

  static async open<Sluice extends SuiteSluice>(
    suite: PanelKindSuite<Sluice>,
    options: BenchOptions = {},
  ): Promise<Bench<Sluice>> {
    const clock = newClock();
    const world = await suite.worlds.open(clock);
    const store = await suite.engine.openStore({ location: ':memory:', clock });
    const bench = new Bench(suite, options, { world, clock, store });
    bench.#sluice = await bench.startProcess();
    return bench;
  }

  get sluice(): Sluice {
    if (this.#sluice === null) throw new Error('the bench is not open');
    return this.#sluice;
  }

  get worlds(): PanelWorlds<Sluice> {
    return this.#suite.worlds;
  }

  get hasAccounts(): boolean {
    return this.#suite.kind.capabilities.includes('accounts');
  }

  get hasPasswords(): boolean {
    return this.#suite.kind.capabilities.includes('passwords') && this.worlds.fixedPasswords !== true;
  }

  /** Starts another process on the same store; by default those before are dead. */
  async startProcess({ life = newLife(), alone = true, patience = PATIENT }: SuiteProcess = {}): Promise<Sluice> {
    const { engine, kind } = this.#suite;
    const { clock } = this;
    if (alone) for (let pid = 1; pid <= this.#pid; pid++) this.#dead.add(pid);
    const pid = (this.#pid += 1);
    return engine.createSluice({
      config: engine.parseConfig(this.#config(patience), [kind]),
      store: withLife(this.store, life),
      kinds: [kind],
      clock: {
        now: clock.now,
        sleep: (ms) => {
          clock.advance(ms);
          return Promise.resolve();
        },
      },
      owner: { host: 'suite', pid, processStart: '1' },
      isAlive: (owner) => !this.#dead.has(owner.pid),
    });
  }

  #config(patience: string): Record<string, unknown> {
    const { observes = false } = this.#options;
    const { panels, ...rest } = this.world.config(patience);
    const observed = Object.entries(panels).map(([name, panel]) => [name, { ...panel, enforce: 'observe' }]);
    return {
      timeZone: 'UTC',
      // Usage jumps in these stories: a hold begins with the first reading.
      poll: { doubt: { jump: 'off' } },
      ...rest,
      panels: observes ? Object.fromEntries(observed) : panels,
    };
  }

  /** Adds the n-th service, by default with its account. */
  async addService(n: number, { product, withAccount = true }: { product?: string; withAccount?: boolean } = {}) {
    const [panel = ''] = Object.keys(this.world.config(PATIENT).panels);
    const id = `svc-${n}`;
    await this.sluice.services.add(id, {
      panel,
      product: product ?? this.#suite.worlds.limited[0]?.name ?? '',
      billing_cycle: 'monthly',
      next_due_date: '2026-12-15',
      ...this.world.addService(n),
    });
    if (!withAccount || !this.hasAccounts) return this.service(id);
    requireDone(await this.sluice.provision.create(id), `create ${id}`);
    const service = await this.service(id);
    this.world.furnish?.(service);
    return service;
  }

  /** Reads the refs of a service. */
  async service(id: string): Promise<SuiteService> {
    const { refs, product } = await this.sluice.services.show(id);
    return { id, product, refs };
  }

  /** Polls an hour later; returns what the document has of a service. */
  async poll(id = 'svc-1'): Promise<SuiteServiceView & { outcome: string }> {
    this.clock.advance(HOUR);
    const { run, services } = await this.sluice.poll();
    const view = services.find((service) => service.id === id);
    if (view === undefined) throw new Error(`the document of the poll has no ${id}`);
    return { ...view, outcome: run.outcome };
  }

  /** Returns what a run at rest must not have left: changes in doubt, a damaged store, something to do. */
  async findUnfinished(): Promise<string[]> {
    const wrong: string[] = [];
    for (const { type, target, state } of await this.store.actions.unresolved())
      wrong.push(`${type} ${target} is still ${state}`);
    for (const { name, status } of await this.store.maintenance.check())
      if (status !== 'ok') wrong.push(`the store: ${name} is ${status}`);
    const { run, error, services } = await this.sluice.plan();
    if (run.outcome !== 'done') wrong.push(`the plan is ${run.outcome}${error === null ? '' : `: ${error.message}`}`);
    for (const { id, actions, error: failed } of services) {
      for (const { type, target } of actions) wrong.push(`the plan has ${type} ${target} for ${id}`);
      if (failed !== null) wrong.push(`the plan of ${id}: ${failed.code}: ${failed.message}`);
    }
    return wrong.concat(this.world.repeated?.() ?? []);
  }

  /** Returns what the store has open: reasons of holds, kinds of evidence. */
  async open(): Promise<{ holds: string[]; evidence: string[] }> {
    const holds = await this.store.holds.open();
    const evidence = await this.store.evidence.open();
    return { holds: holds.map(({ reason }) => reason).sort(), evidence: evidence.map(({ kind }) => kind).sort() };
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.world.close();
  }
}

/** Opens a bench for one story and closes it whatever happens. */
export async function onBench<Sluice extends SuiteSluice, Result>(
  suite: PanelKindSuite<Sluice>,
  story: (bench: Bench<Sluice>) => Promise<Result>,
  options: BenchOptions = {},
): Promise<Result> {
  const bench = await Bench.open(suite, options);
  try {
    return await story(bench);
  } finally {
    await bench.close();
  }
}

/** Throws unless a run or command did all of its work. */
export function requireDone({ run }: { run: { outcome: string } }, what: string): void {
  if (run.outcome !== 'done') throw new Error(`${what} is ${run.outcome}`);
}

function newClock(): SuiteClock {
  let at = Date.parse(NOW);
  return {
    now: () => at,
    advance: (ms) => {
      at += ms;
    },
    set: (instant) => {
      at = new Date(instant).getTime();
    },
  };
}

/** Returns where two comparable values differ, at most so many places. */
export function differences(expected: unknown, actual: unknown, most = 8): string[] {
  const found: string[] = [];
  compare(expected, actual, '', found);
  return found.length > most ? [...found.slice(0, most), `${found.length - most} more differences`] : found;
}

function compare(expected: unknown, actual: unknown, path: string, found: string[]): void {
  if (isTree(expected) && isTree(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)]))
      compare(expected[key], actual[key], `${path}.${key}`, found);
    return;
  }
  const [wanted, is] = [expected, actual].map((value) => (value === undefined ? 'absent' : JSON.stringify(value)));
  if (wanted !== is) found.push(`${path}: ${is}, not ${wanted}`);
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
