import { expect, it } from '@jest/globals';
import { describeLost } from './reasons.js';

it('says of a worker that was lost what is begun again, if anything', () => {
  const job = { id: 'j', kind: 'poll', panel: 'p1', since: '2026-11-20T12:00:00.000Z' };
  const say = (...jobs: (typeof job)[]): string => describeLost({ host: 'one', pid: 7, jobs });
  const lost = 'The worker of process 7 on one shows no sign of life';
  expect(say()).toBe(lost);
  expect(say(job)).toBe(`${lost}; its job is begun again`);
  expect(say(job, job)).toBe(`${lost}; its 2 jobs are begun again`);
});
