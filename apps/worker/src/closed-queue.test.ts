import { expect, it } from '@jest/globals';
import type { Database } from './database.js';
import { Queue } from './queue.js';
import { TIMINGS } from './settings.js';

/** A database that refuses each connection. */
const away: Database = {
  query: () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
  transaction: (work) => work(away.query),
  close: () => Promise.resolve(),
};
const clock = { now: () => 0, sleep: () => Promise.resolve() };

it('ends nothing and fails nothing once it is closed, while the database is away', async () => {
  const errors: unknown[] = [];
  const queue = new Queue(away, { timings: TIMINGS, clock, onError: (error) => errors.push(error) });
  await queue.close();
  const job = { kind: 'poll', id: '0b0e1f4e-4b6a-4b0e-9d6c-1a2b3c4d5e6f' };
  await queue.end(job, { outcome: 'done' });
  await queue.giveBack(job, { outcome: 'failed' });
  expect(errors).toEqual([]);
});
