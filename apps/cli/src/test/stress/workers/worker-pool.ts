import type { CommandProcess } from '../../command-process.js';
import type { SeededRandom } from '../../seeded-random.js';

/** Workers in processes of their own, each of which is replaced when it is killed. */
export class WorkerPool {
  readonly #workers: CommandProcess[];
  /** Why a worker ended that nobody had ended. */
  readonly wrong: string[] = [];
  readonly #stopped = new Set<CommandProcess>();

  constructor(
    private readonly start: (slot: number) => CommandProcess,
    count: number,
  ) {
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
    const ended = this.#workers.map((worker) => {
      this.#stopped.add(worker);
      worker.signal('SIGTERM');
      return worker.ended;
    });
    const impatient = setTimeout(() => {
      for (const worker of this.#workers) worker.kill();
    }, LONGEST_END_MS);
    for (const { signal, stderr } of await Promise.all(ended)) {
      // One that has just been started does not listen yet.
      if (signal === 'SIGKILL')
        this.wrong.push(`a worker did not end within ${LONGEST_END_MS} ms of SIGTERM: ${stderr.slice(-500)}`);
    }
    clearTimeout(impatient);
  }

  #begin(slot: number): CommandProcess {
    const worker = this.start(slot);
    void worker.ended.then(({ exitCode, signal, stderr }) => {
      if (!this.#stopped.has(worker))
        this.wrong.push(`worker ${slot + 1} ended by itself with ${String(signal ?? exitCode)}: ${stderr.slice(-500)}`);
    });
    return worker;
  }
}

/** A worker that is asked to end finishes what it is at, also where its panel answers late. */
const LONGEST_END_MS = 60_000;
