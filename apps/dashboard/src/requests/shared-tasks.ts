import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { hasOwnerEnded, LEASE_MS, type RequestRecord } from '@sluice/state-store';
import type { Context } from '../server/options.js';
import { OnceByKey, type KeyedRequest } from './once.js';
import { KEPT_MS, type Task, type TaskEvent } from './task.js';

/** In place of the sender: no token has such an id. */
const WHO = 'runs of requests';
/** Which runs are kept that have ended; a report of 10,000 services has less than a megabyte. */
const KEPT = { ms: KEPT_MS, bytes: 64 * 1024 * 1024 };
/** A server of another machine without a sign of life for so long does not go on with its runs. */
const GONE_MS = 10 * LEASE_MS;
/** A row is read and written at most so often. */
const PAUSE_MS = 500;

/** What is stored of a task, beside who runs it. */
interface Stored {
  task: Task;
  /** The last event of one that has ended, compressed; base64. */
  end: string | null;
}

/** A task of this process. */
interface Own {
  task: Task;
  /** The row that is being written. */
  writing: Promise<void> | null;
  isNoted: boolean;
  unsubscribe: () => void;
}

const toKeyed = ({ id }: Pick<Task, 'id'>): KeyedRequest => ({
  ...{ who: WHO, key: id, fingerprint: id, kept: KEPT },
});

/**
 * The tasks of all servers that share a store, as requests under their ids: who runs one renews its row, as that of a request with a key,
 * so that the others see by it when that process is gone.
 */
export class SharedTasks {
  readonly #context: Context;
  readonly #once: OnceByKey;
  readonly #own = new Map<string, Own>();

  constructor(context: Context) {
    this.#context = context;
    this.#once = new OnceByKey(context);
  }

  /** Adds a task of this process; `onCancel` is called once another one asks for its end. */
  async add(task: Task, onCancel: (by: string) => void): Promise<void> {
    await this.#once.begin({ ...toKeyed(task), begun: { task: { ...task }, end: null } });
    const unsubscribe = this.#watch(async () => {
      const found = await this.#context.store.requests.get(WHO, task.id);
      const by = found === null ? null : (found.answer as Stored).task.cancelledBy;
      if (by !== null) onCancel(by);
    });
    this.#own.set(task.id, { task, writing: null, isNoted: false, unsubscribe });
  }

  /** Stores how far a task is, some time later. */
  note({ id }: Task): void {
    const own = this.#own.get(id);
    if (own === undefined) return;
    own.isNoted = true;
    own.writing ??= this.#writeNoted(own).finally(() => {
      own.writing = null;
    });
  }

  /** Stores how a task ended. */
  async end(task: Task): Promise<void> {
    const own = this.#own.get(task.id);
    this.#own.delete(task.id);
    own?.unsubscribe();
    if (own !== undefined) own.isNoted = false;
    await own?.writing;
    const answer: Stored = { task: { ...task, last: null }, end: await pack(task.last) };
    // Without the store the others will take it for lost; what it did is in the log.
    await this.#once.end(toKeyed(task), { status: 200, answer }).catch(() => undefined);
  }

  /** Returns a task of any process; null for one that is not known. */
  async read(id: string): Promise<Task | null> {
    const found = await this.#context.store.requests.get(WHO, id);
    return found === null ? null : this.#toTask(found);
  }

  /** Stores as lost what the servers have left that are gone; one that goes on after all replaces that by its own end. */
  async endLost(): Promise<void> {
    const running = await this.#context.store.requests.listRunning(WHO);
    if (running.length === 0) return;
    const now = await this.#once.now();
    // A write of nothing would wake up all servers.
    const gone = running.filter((found) => !this.#own.has(found.key) && this.#isGone(found, now));
    for (const { key } of gone) await this.#endLost(key);
  }

  /** Returns the tasks of all processes that have not ended. */
  async listOpen(): Promise<Task[]> {
    const running = await this.#context.store.requests.listRunning(WHO);
    if (running.length === 0) return [];
    const now = await this.#once.now();
    return running.filter((found) => this.#once.isRunning(found, now)).map(({ answer }) => (answer as Stored).task);
  }

  /** Asks a task of another process to end. */
  async cancel(id: string, by: string): Promise<void> {
    await this.#change(id, (task) => ({ ...task, cancelledBy: task.cancelledBy ?? by }));
  }

  /** Calls the listener with the last event of a task and further ones; returns a function that ends it. */
  listen(id: string, onEvent: (event: TaskEvent) => void): () => void {
    let known = '';
    const stop = this.#watch(async () => {
      const task = await this.read(id);
      const last = task === null ? lost() : task.last;
      const text = JSON.stringify(last);
      if (last === null || text === known) return;
      known = text;
      if (last.event !== 'progress') stop();
      onEvent(last);
    });
    return stop;
  }

  /** Calls it at once, soon after changes of the store, and as often as streams show a sign of life; one call at a time. */
  #watch(work: () => Promise<void>): () => void {
    const { store, limits } = this.#context;
    let [isOver, isBusy, isAsked] = [false, false, false];
    let pause: ReturnType<typeof setTimeout> | undefined;
    const ask = (): void => {
      if (isOver) return;
      isAsked = true;
      if (isBusy) return;
      [isBusy, isAsked] = [true, false];
      // A store that is away is asked again.
      void work()
        .catch(() => undefined)
        .then(() => {
          pause = setTimeout(() => {
            isBusy = false;
            if (isAsked) ask();
          }, PAUSE_MS);
        });
    };
    const unsubscribe = store.subscribe(ask);
    // Nothing is written when a process ends.
    const check = setInterval(ask, limits.streamMs);
    // Not before the caller has what ends it.
    queueMicrotask(ask);
    return () => {
      isOver = true;
      clearInterval(check);
      clearTimeout(pause);
      unsubscribe();
    };
  }

  async #writeNoted(own: Own): Promise<void> {
    while (isNoted(own)) {
      own.isNoted = false;
      const { last } = own.task;
      await this.#change(own.task.id, (stored) => ({ ...stored, last })).catch(() => undefined);
      if (isNoted(own)) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Changes the row of a task that has not ended. */
  async #change(id: string, change: (task: Task) => Task): Promise<void> {
    await this.#context.store.write(async ({ requests }) => {
      const found = await requests.get(WHO, id);
      if (found === null || found.state === 'done') return;
      const { task } = found.answer as Stored;
      await requests.put({ ...found, answer: { task: change(task), end: null } });
    });
  }

  async #endLost(id: string): Promise<void> {
    const end = await pack(lost());
    await this.#context.store.write(async ({ requests, clock }) => {
      const found = await requests.get(WHO, id);
      if (found === null || !this.#isGone(found, await this.#once.now(clock))) return;
      const { task } = found.answer as Stored;
      const answer: Stored = { task: { ...task, finishedAt: found.at, last: null }, end };
      await requests.put({ ...found, state: 'done', status: 200, answer });
    });
  }

  #isGone({ state, owner, at }: RequestRecord, now: string): boolean {
    if (state === 'done') return false;
    if (owner !== null && hasOwnerEnded(this.#context.process, owner)) return true;
    return Date.parse(now) - Date.parse(at) > GONE_MS;
  }

  async #toTask(found: RequestRecord): Promise<Task> {
    const { task, end } = found.answer as Stored;
    if (end !== null) return { ...task, last: await unpack(end) };
    const isRunning = this.#once.isRunning(found, await this.#once.now());
    return isRunning ? task : { ...task, finishedAt: found.at, last: lost() };
  }
}

const isNoted = ({ isNoted: is }: Own): boolean => is;

/** How a task ended whose process has. */
function lost(): TaskEvent {
  const message = 'The server that ran this has ended, or lost its state store; what it did is in the log';
  return { event: 'failure', data: { code: 'run_lost', message, details: {} } };
}

const [compress, decompress] = [promisify(gzip), promisify(gunzip)];

async function pack(last: TaskEvent | null): Promise<string> {
  return (await compress(JSON.stringify(last))).toString('base64');
}

async function unpack(end: string): Promise<TaskEvent | null> {
  return JSON.parse((await decompress(Buffer.from(end, 'base64'))).toString()) as TaskEvent | null;
}
