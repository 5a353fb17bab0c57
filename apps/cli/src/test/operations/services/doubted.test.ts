import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench());

it('a reading that is doubted is described in words, with the speed of the line', async () => {
  await at.addService(1);
  at.use(1, 1);
  await at.bench.sluice('reconcile');
  at.panel.addTraffic(501, { in: 4500 * GB, out: 0 });
  at.bench.clock.advance(HOUR / 60);
  await at.bench.sluice('poll');
  const { stdout } = await at.bench.sluice('service show svc-1');
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /error impossible jump: the figures rose by .* \(\d+ [GM]bit\/s\): the/,
  );
  at.bench.clock.advance(6 * HOUR);
  // The last one that is used is of that moment.
  expect((await at.bench.sluice('doctor')).stdout).toContain('no reading since 20 Nov 2026 13:00 is used, as they are');
});
