import { beforeEach, expect, it } from '@jest/globals';
import { startForEachTest } from './each-test.js';
import { DAY, startEasyDcimBench } from './easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1);
  await at.poll();
});

it('a run by an unconfirmed clock and doctor name the command that accepts it', async () => {
  at.panel.server.sendsDate = false;
  at.bench.clock.advance(3 * DAY);
  const refused = await at.bench.sluice('poll');
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('"sluice doctor --accept-clock"')]);
  expect((await at.bench.sluice('doctor')).stdout).toMatch(/✗ confirmed clock .*--accept-clock/);
  expect((await at.bench.sluice('doctor --accept-clock')).exitCode).toBe(0);
  expect((await at.bench.sluice('poll')).exitCode).toBe(0);
});

it('doctor warns of a confirmed instant in front of the clock', async () => {
  await at.bench.store((store) => store.clock.accept('2030-01-01T00:00:00.000Z'));
  expect((await at.bench.sluice('doctor')).stdout).toMatch(/! confirmed clock .*--accept-clock/);
});
