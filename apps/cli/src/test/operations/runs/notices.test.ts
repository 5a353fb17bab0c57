import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../../each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../../easydcim-bench.js';

it('poll says once what a service has used of its allowance', async () => {
  const at = closeAfterTest(await startEasyDcimBench('enforce: observe'));
  await at.addService(1);
  at.panel.addTraffic(501, { in: 85 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  const said = (await at.bench.sluice('poll')).stdout;
  expect(said.match(/svc-1 has used \d+% of its allowance/g)).toEqual(['svc-1 has used 80% of its allowance']);
});
