import { randomBytes } from 'node:crypto';
import type { BillingKind } from '@sluice/contract/ports';
import { type CommandReport, type Config, createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { type FakeServer, type FaultRule, type ManualClock, manualClock } from '@sluice/fake-panels';
import { type PanelKind, SluiceError } from '@sluice/panel-kind';
import { openStore, type StateStore } from '@sluice/state-store';
import { Bench } from '../harness.js';
import type { SeededRandom } from '../seeded-random.js';

export const GB = 1024 ** 3;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

const MOST_REPEATS = 5;

class Killed extends Error {}

/** What a life is made of, besides its fakes. */
export interface WorldParts {
  clock: ManualClock;
  /** The web servers of the panels and of the billing system. */
  servers: readonly FakeServer[];
  kinds: readonly PanelKind[];
  billing?: readonly BillingKind[];
  /** The config as the file would have it. */
  config: Record<string, unknown>;
}

const FAULTS: readonly FaultRule['fault'][] = [
  { kind: 'cut' },
  { kind: 'truncated' },
  { kind: 'html', status: 504 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
];

/**
 * A store file, a clock and a config that lives on while engines over it come and go: each piece of work is a process of its own,
 * which may meet faults and be killed.
 */
export class LifeWorld {
  readonly clock: ManualClock;
  readonly bench: Bench;
  /** What happened, in words, for the message of a failure. */
  readonly told: string[] = [];
  config: Record<string, unknown>;
  #pid = 0;
  #checked: { text: unknown; config: Config } | undefined;
  readonly #dead = new Set<number>();

  private constructor(
    readonly parts: WorldParts,
    readonly random: SeededRandom,
    readonly store: StateStore,
    bench: Bench,
  ) {
    this.clock = parts.clock;
    this.config = parts.config;
    this.bench = bench;
  }

  /** Opens a world whose store is a new file. */
  static async open(parts: WorldParts, random: SeededRandom): Promise<LifeWorld> {
    const bench = new Bench(parts.clock);
    bench.write('sluice.yaml', JSON.stringify(parts.config));
    await bench.giveStore();
    const store = await openStore({ location: bench.path('sluice.db'), clock: parts.clock });
    return new LifeWorld(parts, random, store, bench);
  }

  /** Does work that has to succeed, without faults. */
  async surely<T>(work: (sluice: Sluice) => Promise<T>): Promise<T> {
    const engine = await this.#start(this.store);
    this.#dead.add(this.#pid);
    return work(engine);
  }

  /**
   * Runs a command, first perhaps under a mishap, then as an operator repeats it until it is done. Returns null, or which of the
   * expected refusals was the answer.
   */
  async command(
    work: (sluice: Sluice) => Promise<CommandReport>,
    refusals: readonly string[] = [],
  ): Promise<string | null> {
    const refused: { code: string; message: string }[] = [];
    const once = async (sluice: Sluice): Promise<string> => {
      const { run, error, service } = await work(sluice);
      const refusal = error ?? service.error;
      if (refusal !== null) refused.push(refusal);
      return run.outcome;
    };
    if (this.random.chance(0.6) && (await this.shakily(once, 'done'))) return null;
    for (let tries = 0; tries < MOST_REPEATS; tries++) {
      this.clock.advance(20 * MINUTE);
      if ((await this.surely(once)) === 'done') return null;
      const code = refused.at(-1)?.code ?? '';
      if (refusals.includes(code)) return code;
    }
    throw this.failure(`a repeated command fails: ${JSON.stringify(refused.at(-1))}`);
  }

  /** Adds or releases the manual hold of a service, first under a mishap, then as an operator who looks before he repeats it. */
  async setManual(id: string, wanted: boolean, options: { note?: string } = {}): Promise<void> {
    const change = wanted ? 'add' : 'release';
    await this.shakily((sluice) => sluice.holds[change](id, options));
    await this.surely(async (sluice) => {
      const { holds } = await sluice.services.show(id);
      const isHeld = holds.some(({ reason, releasing }) => reason === 'manual' && releasing !== true);
      if (isHeld !== wanted) await sluice.holds[change](id, options);
    });
  }

  /** Creates the account of a service, or lets the service take over the one that it names. */
  async create(id: string, adopt: boolean): Promise<void> {
    const create = (): Promise<string | null> =>
      this.command((sluice) => sluice.provision.create(id, { adopt }), ['restricted_for_ended']);
    if ((await create()) === null) return;
    // What restricts an account for its former service ends with a run.
    await this.surely((sluice) => sluice.poll({ allowMass: true }));
    this.same(`why "${id}" does not get its account`, await create(), null);
  }

  /**
   * Does work under a drawn mishap: faults in some calls, or a kill before the n-th write to the store or call. Returns whether it
   * ended without an error, with the wanted result if one is named; what came of it is judged later.
   */
  async shakily(work: (sluice: Sluice) => Promise<unknown>, wanted?: unknown): Promise<boolean> {
    const { random } = this;
    const off: (() => void)[] = [];
    if (random.chance(0.5)) off.push(...this.parts.servers.map((server) => server.inject(this.#drawTrouble())));
    const kill = random.chance(0.35) ? random.whole(1, 40) : Infinity;
    let moments = 0;
    const killed = { is: false, next: (): boolean => (killed.is ||= ++moments >= kill) };
    for (const server of this.parts.servers) off.push(server.inject({ match: killed.next, fault: { kind: 'cut' } }));
    const engine = await this.#start(killable(this.store, killed));
    try {
      const result = await work(engine);
      return !killed.is && (wanted === undefined || result === wanted);
    } catch (error) {
      if (!killed.is && !(error instanceof SluiceError)) throw error;
      return false;
    } finally {
      await engine.close().catch(() => undefined);
      this.#dead.add(this.#pid);
      for (const end of off) end();
      if (killed.is) this.told.push(`killed at ${kill}`);
    }
  }

  #drawTrouble(): FaultRule {
    const { random } = this;
    return {
      skip: random.whole(0, 14),
      times: random.pick([1, 1, 3, 1000]),
      when: random.pick(['before', 'after'] as const),
      fault: random.pick(FAULTS),
    };
  }

  #start(store: StateStore): Promise<Sluice> {
    const { kinds, billing = [] } = this.parts;
    const { clock } = this;
    if (this.#checked?.text !== this.config) {
      this.#checked = { text: this.config, config: parseConfig(this.config, [...kinds], [...billing]) };
    }
    return createSluice({
      config: this.#checked.config,
      ...{ store, kinds, billing, random: () => 0 },
      clock: {
        now: clock.now,
        sleep(ms) {
          clock.advance(ms);
          return Promise.resolve();
        },
      },
      randomBytes: (count) => randomBytes(count),
      owner: { host: 'test', pid: ++this.#pid, processStart: '1' },
      isAlive: ({ pid }) => !this.#dead.has(pid),
    });
  }

  /** Fails with the story so far unless both are equal. */
  same(what: string, is: unknown, should: unknown): void {
    const [found, wanted] = [JSON.stringify(is), JSON.stringify(should)];
    if (found !== wanted) throw this.failure(`${what} is ${found}, should be ${wanted}`);
  }

  /** Returns an error with the story so far. */
  failure(message: string): Error {
    return new Error(`${message}; after\n${this.told.join('\n')}`);
  }

  tell(words: string): void {
    this.told.push(`${new Date(this.clock.now()).toISOString().slice(0, 16)} ${words}`);
  }

  async close(): Promise<void> {
    await this.store.close();
    this.bench.close();
  }
}

/** Returns the store, of which nothing can be written after the kill. */
function killable(store: StateStore, killed: { next: () => boolean }): StateStore {
  return new Proxy(store, {
    get(target, name: keyof StateStore) {
      if (name === 'close') return () => Promise.resolve();
      if (name !== 'write') return target[name];
      const write: StateStore['write'] = (work, options) =>
        killed.next() ? Promise.reject(new Killed('killed')) : target.write(work, options);
      return write;
    },
  });
}

/** Starts a clock for a life. */
export function lifeClock(at: string): ManualClock {
  return manualClock(at);
}
