import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Config, createSluice, parseConfig, type Sluice, type SluiceOptions } from '@sluice/engine';
import type { ManualClock } from '@sluice/fake-panels';
import { type ItemError, SluiceError } from '@sluice/panel-kind/errors';
import { isOnServer, type LeaseOwner, openStore, type StateStore } from '@sluice/state-store';
import { parse } from 'yaml';
import { openEmptyStore } from './empty-store.js';

export const GB = 1024 ** 3;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Usage jumps in most tests: a hold begins with the first reading, unless a test has a config of `poll`. */
export const NO_DOUBT = 'poll: { doubt: { jump: off } }';

/** What an engine is started with besides its config, store and clock. */
export type EngineParts = Pick<SluiceOptions, 'kinds'> & Partial<Omit<SluiceOptions, 'config' | 'store' | 'clock'>>;

/** An engine over a store file, on a clock that moves only when set or slept on. */
export class EngineBench {
  /** Of the store, and of files that a test writes. */
  readonly folder: string;
  readonly clock: ManualClock;
  readonly store: StateStore;
  /** The config in YAML. */
  text: string;
  readonly #parts: EngineParts;
  readonly #dead = new Set<number>();
  #pid = 1000;
  #running = 0;
  #config: Config;
  #sluice: Sluice | null = null;

  private constructor(folder: string, clock: ManualClock, store: StateStore, parts: EngineParts, text: string) {
    this.folder = folder;
    this.clock = clock;
    this.store = store;
    this.#parts = parts;
    this.text = text;
    this.#config = this.#check(text);
  }

  /** Opens a bench with a config in YAML. */
  static async open(clock: ManualClock, parts: EngineParts, config: string): Promise<EngineBench> {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-engine-'));
    const store = await openEmptyStore(path.join(folder, 'sluice.db'), clock);
    const bench = new EngineBench(folder, clock, store, parts, config);
    await bench.restart();
    return bench;
  }

  /** Opens a copy of the store on another host, as a backup or a standby does. */
  async copy(host: string, change: (config: string) => string = (config) => config): Promise<EngineBench> {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-engine-'));
    const location = path.join(folder, 'sluice.db');
    for (const end of ['', '-wal'].filter((each) => existsSync(path.join(this.folder, `sluice.db${each}`))))
      copyFileSync(path.join(this.folder, `sluice.db${end}`), `${location}${end}`);
    const store = await openStore({ location, clock: this.clock });
    const bench = new EngineBench(folder, this.clock, store, { ...this.#parts, owner: on(host) }, change(this.text));
    await bench.restart();
    return bench;
  }

  /** The engine that runs now. */
  get sluice(): Sluice {
    if (this.#sluice === null) throw new Error('the bench is not open');
    return this.#sluice;
  }

  /** Starts an engine as another process; the one before is dead, as after a kill. */
  async restart(parts: Partial<SluiceOptions> = {}): Promise<Sluice> {
    this.#dead.add(this.#running);
    this.#running = this.#pid + 1;
    this.#sluice = await this.start(parts);
    return this.#sluice;
  }

  /** Starts an engine as another process beside the one that runs. */
  start(parts: Partial<SluiceOptions> = {}): Promise<Sluice> {
    return createSluice({
      config: this.#config,
      store: this.store,
      clock: {
        now: () => this.clock.now(),
        sleep: (ms) => {
          this.clock.advance(ms);
          return Promise.resolve();
        },
      },
      randomBytes: (count) => randomBytes(count),
      actor: () => 'alice',
      owner: { host: 'test', pid: ++this.#pid, processStart: '1' },
      isAlive: (owner) => !this.#dead.has(owner.pid),
      ...this.#parts,
      ...parts,
    });
  }

  /** Makes calls in another process, which is dead afterwards. */
  async inAnother<T>(work: (sluice: Sluice) => Promise<T>, parts: Partial<SluiceOptions> = {}): Promise<T> {
    const pid = this.#pid + 1;
    try {
      return await work(await this.start(parts));
    } finally {
      this.#dead.add(pid);
    }
  }

  /** Reads a config. What a machine keeps beside a state file stands in the folder of the bench, too, where the store is on a server. */
  #check(config: string): Config {
    const { kinds, billing, channels } = this.#parts;
    const checked = parseConfig(parse(config), kinds, billing, channels);
    return isOnServer(this.store.location) ? { ...checked, stateFolder: this.folder } : checked;
  }

  /** Goes on with another config, as the next command would. */
  async configure(config: string): Promise<Sluice> {
    this.#config = this.#check(config);
    this.text = config;
    return this.restart();
  }

  /** Goes on with the config in which `from` is replaced. */
  edit(from: string | RegExp, to: string): Promise<Sluice> {
    const config = this.text.replace(from, to);
    if (config === this.text) throw new Error(`the config has no ${String(from)}`);
    return this.configure(config);
  }

  /** Takes a lease for another process, which lives; returns its release. */
  async takeLease(name: string, run = 'r'): Promise<() => Promise<void>> {
    const owner = { host: 'test', pid: 1, processStart: '1' };
    const now = new Date(this.clock.now()).toISOString();
    const { leases } = this.store;
    const taken = await leases.acquire({ name, owner, run, now, ttlMs: HOUR, isAlive: () => true });
    if (!taken.acquired) throw new Error(`${name} is not free`);
    return async () => {
      await leases.release(taken.lease);
    };
  }

  async close(): Promise<void> {
    await this.sluice.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The process of an engine on a host. */
export const on = (host: string): LeaseOwner => ({ host: `${host} (boot 1234)`, pid: 1, processStart: '1' });

/** Returns the error that a call is refused with, or that its document has; null where there is none. */
export async function errorOf(call: Promise<object>): Promise<{ code: string; message: string; kind?: string } | null> {
  try {
    const { error = null } = (await call) as { error?: ItemError | null };
    return error;
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
}

/** Returns the code of that error. */
export async function codeOf(call: Promise<object>): Promise<string | null> {
  return (await errorOf(call))?.code ?? null;
}
