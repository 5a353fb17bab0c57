import { afterEach, expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';

let at: DashboardBench | undefined;
afterEach(async () => {
  await at?.close();
});

it('ends the stream of a token that was revoked', async () => {
  at = await startBench({ dashboard: { limits: { streamMs: 20 } }, sleep: () => wait(5) });
  const token = await at.token('read');
  const stream = await at.fetch('/api/v1/log/follow', { token });
  await at.sluice.access.revoke('t-read');
  expect([stream.status, await stream.text()]).toEqual([200, expect.not.stringContaining('event: entry')]);
});
