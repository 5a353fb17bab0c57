import { afterEach, expect, it, jest } from '@jest/globals';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';

let at: DashboardBench | undefined;
afterEach(async () => {
  jest.useRealTimers();
  await at?.close();
});

it('ends the stream of a token that was revoked', async () => {
  at = await startBench();
  const token = await at.token('read');
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'setTimeout', 'Date', 'performance'],
  });
  const stream = await at.fetch('/api/v1/log/follow', { token });
  await at.sluice.access.revoke('t-read');
  jest.advanceTimersByTime(15_000);
  expect([stream.status, await stream.text()]).toEqual([200, expect.not.stringContaining('event: entry')]);
}, 5000);
