import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Config, createSluice, parseConfig, type Sluice, type SluiceOptions } from '@sluice/engine';
import type { ManualClock } from '@sluice/fake-panels';
import { type LeaseOwner, openStore, type StateStore } from '@sluice/state-store';
import { parse } from 'yaml';

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
  text = '';
  readonly #parts: EngineParts;
  readonly #dead = new Set<number>();
  #pid = 1000;
  #running = 0;
  #config: Config;
  #sluice: Sluice | null = null;

  private constructor(folder: string, clock: ManualClock, store: StateStore, parts: EngineParts, config: Config) {
    this.folder = folder;
    this.clock = clock;
    this.store = store;
    this.#parts = parts;
    this.#config = config;
  }

  /** Opens a bench with a config in YAML. */
  static async open(clock: ManualClock, parts: EngineParts, config: string): Promise<EngineBench> {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-engine-'));
    const location = path.join(folder, 'sluice.db');
    writeFileSync(location, await (empty ??= makeEmpty()), { mode: 0o600 });
    const store = await openStore({ location, clock });
    const bench = new EngineBench(folder, clock, store, parts, check(config, parts));
    bench.text = config;
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
    const parts = { ...this.#parts, owner: on(host) };
    const text = change(this.text);
    const bench = new EngineBench(folder, this.clock, store, parts, check(text, parts));
    bench.text = text;
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

  /** Goes on with another config, as the next command would. */
  async configure(config: string): Promise<Sluice> {
    this.#config = check(config, this.#parts);
    this.text = config;
    return this.restart();
  }

  /** Goes on with the config in which `from` is replaced. */
  edit(from: string | RegExp, to: string): Promise<Sluice> {
    const config = this.text.replace(from, to);
    if (config === this.text) throw new Error(`the config has no ${String(from)}`);
    return this.configure(config);
  }

  async close(): Promise<void> {
    await this.sluice.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The process of an engine on a host. */
export const on = (host: string): LeaseOwner => ({ host: `${host} (boot 1234)`, pid: 1, processStart: '1' });

function check(config: string, { kinds, billing, channels }: EngineParts): Config {
  return parseConfig(parse(config), kinds, billing, channels);
}

/** An empty store's file, made once: a copy takes a fraction of the time that the migrations take. */
let empty: Promise<Buffer> | undefined;

async function makeEmpty(): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-engine-'));
  try {
    const location = path.join(folder, 'sluice.db');
    const store = await openStore({ location, clock: { now: () => 0 } });
    await store.close();
    return readFileSync(location);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
