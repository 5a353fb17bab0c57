/**
 * Schemas of the document about the queue of jobs and its workers.
 *
 * @module
 */
import * as z from 'zod';
import { count, instant, instantOrNull, name, text, textOrNull } from './common.js';

const heldJob = z.object({ kind: text, panel: textOrNull, since: instant });

export const worker = name(
  'Worker',
  z.object({
    id: text,
    host: text,
    pid: count,
    version: text,
    state: z
      .enum(['working', 'waiting', 'lost', 'ended'])
      .describe('waiting: it begins no jobs, for its reasons; lost: it shows no sign of life'),
    reasons: z.array(text).describe('Why it begins no jobs'),
    concurrency: count.describe('Jobs at the same time'),
    clockSeconds: z.number().describe('By how much its clock is ahead of that of the database, in seconds'),
    config: text.describe('Digest of its config'),
    startedAt: instant,
    seenAt: instant.describe('Its last sign of life'),
    jobs: z.array(heldJob),
  }),
);
/** A worker, also one that ended less than an hour ago. */
export type WorkerView = z.infer<typeof worker>;

const kindOfJob = z.object({
  kind: text,
  /** Jobs that may begin now, and those that are under way. */
  waiting: count,
  active: count,
  ended: z.array(z.object({ outcome: text, count })).describe('Jobs that ended in the last day'),
});

const failedJob = z.object({
  kind: text,
  panel: textOrNull,
  at: instant,
  outcome: text,
  message: textOrNull,
});

export const figures = z.object({
  waiting: count.describe('Jobs that may begin now'),
  active: count.describe('Jobs under way'),
  lagSeconds: z.number().describe('For how long the oldest waiting job could have begun; 0 where none waits'),
  oldestAt: instantOrNull.describe('When the oldest job was added that has not ended; null where there is none'),
  kinds: z.array(kindOfJob),
  workers: z.array(worker),
  failed: z.array(failedJob).describe('Newest first, of the last day'),
});
/** Figures of a queue. */
export type QueueFigures = z.infer<typeof figures>;

export const queue = z.object({
  at: instant,
  state: z
    .enum(['none', 'working', 'idle', 'unreachable'])
    .describe(
      'none: no worker was ever started on this store, or it is a file; idle: no worker is alive that begins jobs; unreachable: see error',
    ),
  error: z.object({ code: text, message: text }).nullable(),
  queue: figures.nullable().describe('Null where it is not known'),
});
/** The queue of jobs and its workers: `queue show --json` (docs/json.md). */
export type QueueReport = z.infer<typeof queue>;
