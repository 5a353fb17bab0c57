import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../each-test.js';
import { HOUR, startEasyDcimBench } from '../easydcim-bench.js';
import { Bench } from '../harness.js';
import { copyTo, on } from './copied-store.js';

it('doctor names the command that ends a stop by reversals', async () => {
  const at = closeAfterTest(await startEasyDcimBench('poll: { doubt: { jump: off }, brake: { share: 100% } }'));
  for (const number of [1, 2, 3]) await at.addService(number);
  at.use(1, 200);
  await at.bench.sluice('poll --allow-mass', on('first'));
  for (let time = 0; time < 3; time++) {
    at.bench.clock.advance(HOUR);
    const standby = closeAfterTest(new Bench(at.bench.clock));
    copyTo(standby, at.bench, (config) => config.replaceAll('100GB', '1TB'));
    await standby.sluice('poll --allow-mass', on('second'));
    at.bench.clock.advance(HOUR);
    await at.bench.sluice('poll --allow-mass', on('first'));
  }
  const doctor = async (): Promise<string> => (await at.bench.sluice('doctor')).stdout;
  expect(await doctor()).toContain('sluice doctor --take-over');
  expect((await at.bench.sluice('doctor --take-over')).exitCode).toBe(0);
  expect(await doctor()).not.toContain('--take-over');
});
