import type { CommandProcess } from '../../command-process.js';
import type { SeededRandom } from '../../seeded-random.js';

/** A worker that is asked to end finishes what it is at, also where its panel answers late. */
const LONGEST_END_MS = 100_000;

/** What a worker says that has begun. From then on it outlives whatever becomes of the database. */
const BEGUN = /Works on the jobs of/;

/** What one says that can't reach its database when it begins. */
const UNREACHED = /can't be (?:reached|used)|was lost/;

/** Workers in processes of their own, each of which is replaced when it has ended. */
export class WorkerPool {
  readonly #workers: CommandProcess[];
  readonly #begin: (slot: number) => CommandProcess;
  /** Those that were killed or asked to end. */
  readonly #stopped = new Set<CommandProcess>();
  /** Why workers ended by themselves, or did not end. */
  readonly wrong: string[] = [];

  constructor(start: (slot: number) => CommandProcess, count: number) {
    this.#begin = (slot) => {
      const worker = start(slot);
      void this.#watch(worker, slot);
      return worker;
    };
    this.#workers = Array.from({ length: count }, (_, slot) => this.#begin(slot));
  }

  /** How many there are. */
  get size(): number {
    return this.#workers.length;
  }

  /** Kills one of those that are not spared as a power cut would, and starts another in its place. */
  killOne(random: SeededRandom, spared: ReadonlySet<number>): void {
    const slot = random.pick([...this.#workers.keys()].filter((each) => !spared.has(each)));
    const worker = this.#workers[slot];
    if (worker === undefined) return;
    this.#stopped.add(worker);
    worker.kill();
    this.#workers[slot] = this.#begin(slot);
  }

  /** Asks all to end, and waits until they have. */
  async stop(): Promise<void> {
    const all = [...this.#workers];
    for (const worker of all) {
      this.#stopped.add(worker);
      worker.signal('SIGTERM');
    }
    const impatient = setTimeout(() => {
      for (const worker of all) worker.kill();
    }, LONGEST_END_MS);
    for (const { signal, stderr } of await Promise.all(all.map(({ ended }) => ended))) {
      // One that has just been started does not listen yet.
      if (signal === 'SIGKILL')
        this.wrong.push(`a worker did not end within ${LONGEST_END_MS} ms of SIGTERM: ${stderr.slice(-500)}`);
    }
    clearTimeout(impatient);
  }

  /** Starts another one where a worker has ended by itself, as the machine's own supervisor does. */
  async #watch(worker: CommandProcess, slot: number): Promise<void> {
    const { exitCode, signal, stdout, stderr } = await worker.ended;
    if (this.#stopped.has(worker)) return;
    if (BEGUN.test(stdout + stderr) || !UNREACHED.test(stderr))
      this.wrong.push(`worker ${slot + 1} ended by itself with ${String(signal ?? exitCode)}: ${stderr.slice(-500)}`);
    this.#workers[slot] = this.#begin(slot);
  }
}
