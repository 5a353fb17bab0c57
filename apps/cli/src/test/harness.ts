import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ManualClock } from '@sluice/fake-panels';
import { openStore, type StateStore } from '@sluice/state-store';
import type { Deps } from '../context.js';
import { run } from '../runner.js';

/** The document of `--json`, as the type that the test expects. */
export type JsonOf = <T = Record<string, unknown>>(as?: T) => T;

/** What a command printed and how it ended. */
export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The document of `--json`. */
  json: JsonOf;
}

/** A folder with a config, in which the command is run inside this process on a clock of its own. */
export class Bench {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'sluice-test-'));
  env: Record<string, string> = {};
  /** Where the config has the store. */
  storeFile = 'sluice.db';
  /** The store, where it is no file. */
  storeUrl: string | null = null;
  /** Everything that was printed so far, for searches after secrets. */
  printed = '';
  #pid = 1000;
  readonly #dead = new Set<number>();

  constructor(readonly clock: ManualClock) {}

  path(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text, { mode: 0o600 });
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Replaces a part of the config, which has to be there. */
  edit(part: string | RegExp, replacement: string): void {
    const config = this.read('sluice.yaml');
    const edited = config.replace(part, replacement);
    if (edited === config) throw new Error(`The config has no ${String(part)}`);
    this.write('sluice.yaml', edited);
  }

  /** Runs `sluice` with these words, split at blanks unless given as a list. */
  async sluice(words: string | string[], overrides: Partial<Deps> = {}): Promise<Outcome> {
    let stdout = '';
    let stderr = '';
    const pid = ++this.#pid;
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const deps: Deps = {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      readStdin: () => Promise.resolve(Buffer.alloc(0)),
      ask: null,
      env: { ...this.env, HOME: this.folder },
      cwd: this.folder,
      clock: {
        now: () => this.clock.now(),
        sleep: (ms) => {
          this.clock.advance(ms);
          return Promise.resolve();
        },
      },
      randomBytes: (count) => randomBytes(count),
      random: Math.random,
      login: () => 'alice',
      host: 'test',
      owner: { host: 'test', pid, processStart: '1' },
      isAlive: (owner) => !this.#dead.has(owner.pid),
      signal,
      version: '0.0.0-test',
      program: { node: '/opt/node/bin/node', script: '/opt/sluice/main.js' },
      ...overrides,
    };
    const exitCode = await run(typeof words === 'string' ? words.split(' ') : words, deps);
    this.#dead.add(pid);
    this.printed += stdout + stderr;
    return { exitCode, stdout, stderr, json: (() => JSON.parse(stdout) as unknown) as JsonOf };
  }

  /**
   * Puts an empty store where the config has none of its own and no command has made one yet: a copy takes a tenth of the time
   * that the migrations take.
   */
  async giveStore(): Promise<void> {
    const file = this.path('sluice.db');
    if (existsSync(file) || /^state:/m.test(this.read('sluice.yaml'))) return;
    writeFileSync(file, await emptyStore(), { mode: 0o600 });
  }

  /** Opens the store beside the command, to look into it. */
  async store<T>(look: (store: StateStore) => Promise<T>): Promise<T> {
    const store = await openStore({ location: this.storeUrl ?? this.path(this.storeFile), clock: this.clock });
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  }

  /** Removes all files, and forgets what was set or printed. */
  empty(): void {
    for (const name of readdirSync(this.folder)) rmSync(this.path(name), { recursive: true, force: true });
    Object.assign(this, { env: {}, storeFile: 'sluice.db', printed: '' });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Closes fakes, and fails where the code of one has failed meanwhile. */
export async function closeFakes(...fakes: readonly Fake[]): Promise<void> {
  await Promise.all(fakes.map((fake) => fake.close()));
  const failures = fakes.flatMap(({ server }) => server.failures);
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

/** A fake of a panel or a billing system. */
export interface Fake {
  server: { readonly failures: readonly string[] };
  close: () => Promise<void>;
}

let made: Promise<Buffer> | undefined;

/** An empty store's file, which each test file makes once. */
function emptyStore(): Promise<Buffer> {
  made ??= makeStore();
  return made;
}

async function makeStore(): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-store-'));
  try {
    const location = path.join(folder, 'sluice.db');
    const store = await openStore({ location, clock: { now: () => 0 } });
    await store.close();
    return readFileSync(location);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
