import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../each-test.js';
import { startWhmcsBench } from './whmcs-bench.js';

it('doctor names a right of WHMCS that is missing', async () => {
  const at = closeAfterTest(await startWhmcsBench({ more: 'billing: whmcs\ncurrency: EUR\n' }));
  at.whmcs.quirks.denied = new Set(['WhmcsDetails', 'GetCredits']);
  const { exitCode, stdout } = await at.bench.sluice('doctor');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^Billing\n {2}! billing system \(whmcs\): .*allow WhmcsDetails/m);
});
