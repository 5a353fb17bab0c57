import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';

it('poll says once what a service has used of its allowance', async () => {
  const at = closeAfterTest(await startEasyDcimBench('enforce: observe'));
  await at.addService(1);
  at.use(1, 85);
  const said = (await at.bench.sluice('poll')).stdout;
  expect(said.match(/svc-1 has used \d+% of its allowance/g)).toEqual(['svc-1 has used 80% of its allowance']);
});
