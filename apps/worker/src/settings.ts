/** Schema of the queue in the database, beside the tables of the store. */
export const SCHEMA = 'sluice_queue';

/** Times of workers, in milliseconds. Tests shorten them. */
export interface Timings {
  /** Between two questions for jobs. */
  lookMs: number;
  /** Between two signs of life. */
  beatMs: number;
  /** Without a sign of life for so long, a worker is lost: its jobs go to others. */
  lostMs: number;
  /** Between two checks for jobs that take too long. */
  superviseMs: number;
  /** Between two readings of the clock for the schedule of the queue. */
  cronMs: number;
  /** Longest time for the jobs under way when the worker is stopped. */
  stopMs: number;
}

export const TIMINGS: Timings = {
  lookMs: 2000,
  beatMs: 10_000,
  lostMs: 60_000,
  superviseMs: 60_000,
  cronMs: 15_000,
  stopMs: 80_000,
};

/** The job of the queue's own schedule: it adds the others that are due. */
export const TICK = 'schedule';

/** How long a job may take before it is given to another worker. A run that has lost its lease writes nothing more. */
export const LONGEST_S: Readonly<Record<string, number>> = { reconcile: 6 * 3600, [TICK]: 60 };
export const LONGEST_DEFAULT_S = 3600;

/** Attempts after the first one for jobs whose workers were lost. */
export const RETRIES = 5;
