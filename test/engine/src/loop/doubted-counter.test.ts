import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FlvxBench, startFlvxBench } from '../bench/flvx-bench.js';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench('poll: { interval: 15m }');
});
afterEach(() => at.close());

it('a jump of a counter is confirmed by a run a minute or more later, not by one at once', async () => {
  const user = await at.create(1);
  const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await at.poll();
  at.bench.clock.advance(HOUR);
  at.panel.traffic(forward, GB);
  await at.poll();
  at.panel.traffic(forward, 120 * GB);
  at.bench.clock.advance(HOUR);
  expect((await at.poll()).services).toMatchObject([{ status: 'doubted', holds: [] }]);
  at.bench.clock.advance(2000);
  expect((await at.poll()).services).toMatchObject([{ status: 'doubted', holds: [] }]);
  at.bench.clock.advance(MINUTE);
  expect((await at.poll()).services).toMatchObject([{ status: 'held', holds: [{ reason: 'quota' }] }]);
});
