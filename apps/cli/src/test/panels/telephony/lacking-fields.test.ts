import { expect, it } from '@jest/globals';
import type { ConfigProblem } from '@sluice/config-file';
import { startForEachTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(() => startTelephonyBench('magnusbilling'));

it('config check warns of fields for customers that the profile of the panel lacks', async () => {
  const find = async (): Promise<ConfigProblem[]> =>
    (await at.run('config check'))
      .json<{ problems: ConfigProblem[] }>()
      .problems.filter(({ path }) => path.endsWith('customerMay'));
  at.bench.edit('planId: "11"', 'planId: "11", customerMay: [destination, caller_id, sip_password]');
  expect(await find()).toMatchObject([
    {
      severity: 'warning',
      path: 'products.line.astbilling.customerMay',
      message: expect.stringContaining(`panel "voice" can't change destination, caller_id, sip_password`),
    },
  ]);
  at.bench.edit('kind: magnusbilling', 'kind: astbilling');
  expect(await find()).toEqual([]);
  const { stdout } = await at.bench.sluice('panel list --json');
  expect(stdout).toContain('passwords');
});

it('says of a rate whose prefix the panel does not have that it is to be added there', async () => {
  const { exitCode, stderr } = await at.bench.sluice('rate create prefix=5599 price_per_minute=0.30 plan_id=11');
  expect([exitCode, stderr]).toEqual([
    1,
    'sluice: Panel "voice" has no record for the lookup prefix_id of rates.create (by prefix). Nothing was changed. On the panel itself, add what prefix_id stands for, or correct the value of prefix here\n',
  ]);
});
