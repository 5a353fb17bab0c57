import type { Clock } from '@sluice/panel-kind';
import type { Database } from './database.js';
import type { ConfigDigest, HeldJob, Identity } from './members.js';
import type { Queue } from './queue.js';
import type { ScheduledJob } from './schedule/run-schedule.js';
import type { Timings } from './settings.js';

/** Options of `startWorker`. */
export interface WorkerOptions {
  /** Address of the database of the store, which has the queue too; a secret. */
  url: string;
  /** Returns the jobs of the config of now. */
  jobs: () => readonly ScheduledJob[];
  /** Returns the digests of the config of now: workers with different ones don't run jobs side by side. */
  config: () => ConfigDigest;
  /** This process, its version, and the schema version of its store. */
  identity: Omit<Identity, 'id' | 'concurrency'>;
  /** Jobs at the same time. */
  concurrency: number;
  /** Returns the IANA zone of times of day, by the config of now. */
  timeZone: () => string;
  clock: Clock;
  /** Ends the runs under way at a safe step. */
  signal: AbortSignal;
  /** Receives what the operator has to know, a sentence at a time without a full stop. */
  say: (text: string) => void;
  /** Receives errors of the queue and of jobs, with the job; the worker goes on. */
  onError?: ((error: unknown, job?: Pick<HeldJob, 'kind' | 'panel'>) => void) | undefined;
  /** Other times than those that are built in, for tests. */
  timings?: Partial<Timings> | undefined;
}

/** What a worker consists of. */
export interface WorkerParts extends WorkerOptions {
  timings: Timings;
  database: Database;
  queue: Queue;
  id: string;
}

/** A running worker. */
export interface Worker extends AsyncDisposable {
  readonly id: string;
  /** The jobs that it has in hand. */
  readonly jobs: readonly HeldJob[];
  /** Why it begins no jobs; empty where it does. */
  readonly waits: readonly string[];
  /** Begins no more jobs, waits for those under way, and returns those to the queue that last too long. */
  stop(): Promise<void>;
}
