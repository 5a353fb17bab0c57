import { randomUUID } from 'node:crypto';
import { isServerAway } from '@sluice/engine/places';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import { measureClock, refuseDifference } from './clock.js';
import { openDatabase } from './database.js';
import { listDue } from './due.js';
import { askClock, type Found, type GiveBack, giveSign, type HeldJob, holdJobs, leave } from './members.js';
import type { WorkerOptions, WorkerParts, Worker } from './options.js';
import { type Job, type JobResult, Queue, toKind } from './queue.js';
import { describeLost, findReasons, type Reason } from './reasons.js';
import type { ScheduledJob } from './schedule/run-schedule.js';
import { TICK, TIMINGS } from './settings.js';

/** Outcomes of a run that was ended from outside: another worker goes on with it. */
const ENDED_EARLY = ['interrupted', 'terminated'];

/**
 * Starts a worker: it runs the jobs of the queue when they are due, and keeps the queue's schedule together with the others. What it
 * has in hand when it dies, hangs or loses the database is begun again by another one; the leases of runs keep both from doing
 * anything twice.
 *
 * @throws SluiceError `bad_address`, `database_unreachable`; `clock_differs` where the clock of this machine is more than 30 seconds from
 * that of the database; `worker_outdated` where a newer version has opened the store
 *
 * @example
 * const worker = await startWorker({ url, jobs, config, identity, clock, timeZone: () => 'UTC', concurrency: 4, say: console.error });
 * await worker.stop();
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const timings = { ...TIMINGS, ...options.timings };
  const database = openDatabase(options.url, { name: `sluice worker ${options.identity.version}`, connections: 4 });
  const { clock } = options;
  const queue = new Queue(database, { timings, clock, onError: options.onError ?? (() => undefined) });
  const id = `worker-${randomUUID()}`;
  const parts: WorkerParts = { ...options, timings, database, queue, id };
  try {
    const ask = (): Promise<number> => askClock((text, values) => database.query(text, values));
    refuseDifference(await measureClock(ask, clock).catch(refuseUnreachable));
    const kinds = options.jobs().map(({ name }) => name);
    await queue.open(kinds, options.timeZone());
    const worker = new RunningWorker(parts);
    await worker.begin();
    return worker;
  } catch (error) {
    await queue.close().catch(() => undefined);
    await database.close();
    throw (await isServerAway(error)) ? unreachable(error) : error;
  }
}

function refuseUnreachable(error: unknown): never {
  throw unreachable(error);
}

function unreachable(error: unknown): SluiceError {
  const { code = 'no answer' } = error as { code?: string };
  const text = `The database of the queue can't be used (${code})`;
  return new SluiceError('database_unreachable', text, { kind: 'store', details: { code }, cause: error });
}

/** A job that this worker has in hand. */
interface Held {
  job: Job;
  view: HeldJob;
  ended: Promise<void>;
}

class RunningWorker implements Worker {
  readonly id: string;
  readonly #parts: WorkerParts;
  readonly #held = new Map<string, Held>();
  /** Ends waiting. */
  readonly #stopping = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #reasons: Reason[] = [];
  /** Wakes the loop when a job has ended. */
  #wake = new AbortController();
  #round = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.id = parts.id;
  }

  get jobs(): HeldJob[] {
    return [...this.#held.values()].map(({ view }) => view);
  }

  get waits(): string[] {
    return this.#reasons.map(({ message }) => message);
  }

  /** Says that it is there, and begins. */
  async begin(): Promise<void> {
    this.#apply(await this.#sign());
    const outdated = this.#reasons.find(({ code }) => code === 'worker_outdated');
    if (outdated !== undefined) {
      await leave(this.#parts.database, this.id);
      throw new SluiceError(outdated.code, outdated.message, { kind: 'conflict' });
    }
    this.#loops = Promise.all([this.#beat(), this.#look()]);
  }

  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const { clock, database, queue, timings } = this.#parts;
    this.#stopping.abort();
    await this.#loops;
    const patience = new AbortController();
    const all = Promise.all([...this.#held.values()].map(({ ended }) => ended));
    await Promise.race([all, clock.sleep(timings.stopMs, patience.signal)]);
    patience.abort();
    for (const { job } of this.#held.values())
      await queue.giveBack(job, { outcome: 'terminated', message: 'The worker was stopped' }).catch(() => undefined);
    await leave(database, this.id).catch(() => undefined);
    await queue.close().catch(() => undefined);
    await database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #sign(): Promise<Found> {
    const { clock, concurrency, config, database, identity, queue, timings } = this.#parts;
    const findWaits = (found: Found): string[] => findReasons(found, identity).map(({ message }) => message);
    const giveBack: GiveBack = (query, job, message) => queue.giveBack(job, { outcome: 'lost', message }, query);
    return giveSign(
      database,
      { ...identity, id: this.id, concurrency },
      { config: config(), jobs: this.jobs },
      { clock, lostMs: timings.lostMs, giveBack, findWaits },
    );
  }

  /** Stores signs of life until it is stopped. */
  async #beat(): Promise<void> {
    const { clock, timings } = this.#parts;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(timings.beatMs, signal);
      if (signal.aborted) return;
      try {
        const found = await this.#inTurn(() => this.#sign());
        this.#apply(found);
      } catch (error) {
        this.#wait([
          { code: 'database_unreachable', message: `the database does not answer: ${toItemError(error).message}` },
        ]);
      }
    }
  }

  #apply(found: Found): void {
    const { identity, say } = this.#parts;
    for (const lost of found.lost) say(describeLost(lost));
    if (found.wasLost) say('Others took this worker for lost, and may have begun its jobs again');
    this.#wait(findReasons(found, identity));
  }

  #wait(reasons: Reason[]): void {
    const { say } = this.#parts;
    const before = new Set(this.#reasons.map(({ code }) => code));
    for (const { code, message } of reasons) if (!before.has(code)) say(`Begins no jobs: ${message}`);
    if (reasons.length === 0 && before.size > 0) say('Begins jobs again');
    this.#reasons = reasons;
  }

  /** Fetches jobs until it is stopped. */
  async #look(): Promise<void> {
    const { clock, onError, timings } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      try {
        if (this.#reasons.length === 0) await this.#fetch();
      } catch (error) {
        // The next sign of life says that the database is away.
        if (!(await isServerAway(error))) onError?.(error);
      }
      await clock.sleep(timings.lookMs, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  async #fetch(): Promise<void> {
    const { concurrency, jobs, queue } = this.#parts;
    for (const tick of await queue.fetch(TICK, 1, () => Promise.resolve())) await this.#tick(tick);
    const known = jobs();
    // Another kind is the first in each round, so that none waits for ever.
    const from = this.#round++ % Math.max(1, known.length);
    for (const job of [...known.slice(from), ...known.slice(0, from)]) {
      const free = concurrency - this.#held.size;
      if (free <= 0 || this.#stopping.signal.aborted) return;
      await this.#inTurn(async () => {
        const fetched = await queue.fetch(toKind(job.name), free, (query, more) =>
          holdJobs(query, this.id, [...this.jobs, ...more.map((each) => this.#toHeld(each))]),
        );
        for (const each of fetched) this.#start(job, each);
      });
    }
  }

  /** Fetches jobs, or compares those in hand with the database, one after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Adds what is due to the queue. */
  async #tick(tick: Job): Promise<void> {
    const { clock, jobs, queue, timeZone, onError } = this.#parts;
    try {
      await queue.add(await listDue(jobs(), { now: clock.now(), timeZone: timeZone() }));
      await queue.end(tick, { outcome: 'done' });
    } catch (error) {
      onError?.(error);
      await queue.giveBack(tick, { outcome: 'failed', message: toItemError(error).message });
    }
  }

  #toHeld({ id, kind, panel }: Job): HeldJob {
    return { id, kind, panel, since: new Date(this.#parts.clock.now()).toISOString() };
  }

  #start(job: ScheduledJob, fetched: Job): void {
    const { onError } = this.#parts;
    const ended = this.#run(job, fetched)
      .catch((error: unknown) => onError?.(error, fetched))
      .finally(() => {
        this.#held.delete(fetched.id);
        this.#wake.abort();
      });
    this.#held.set(fetched.id, { job: fetched, view: this.#toHeld(fetched), ended });
  }

  async #run(job: ScheduledJob, fetched: Job): Promise<void> {
    const { onError, queue, signal } = this.#parts;
    const result = await perform(job, fetched, signal).catch((error: unknown) => {
      onError?.(error, fetched);
      return { outcome: 'failed', message: toItemError(error).message };
    });
    const wasBusyAgain = result.outcome === 'busy' && fetched.attempt > 0;
    if (wasBusyAgain || ENDED_EARLY.includes(result.outcome)) await queue.giveBack(fetched, result);
    else await queue.end(fetched, result);
  }
}

/** Runs a job; it is interrupted when it lasts so long that others begin it again. */
async function perform(job: ScheduledJob, { panel, longestMs }: Job, signal: AbortSignal): Promise<JobResult> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
    return { outcome: await job.run({ panel: panel ?? undefined, signal: within }) };
  } catch (error) {
    const { kind, code } = error as { kind?: unknown; code?: unknown };
    if (kind === 'busy') return { outcome: 'busy', message: toItemError(error).message };
    if (kind === 'interrupted' || code === 'interrupted') return { outcome: 'interrupted' };
    throw error;
  }
}
