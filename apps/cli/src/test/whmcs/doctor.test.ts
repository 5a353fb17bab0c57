import { expect, it } from '@jest/globals';
import { startWhmcsBench } from './whmcs-bench.js';

it('doctor names a right of WHMCS that is missing', async () => {
  const at = await startWhmcsBench({ more: 'billing: whmcs\ncurrency: EUR\n' });
  try {
    at.whmcs.quirks.denied = new Set(['WhmcsDetails', 'GetCredits']);
    const { exitCode, stdout } = await at.bench.sluice('doctor');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^Billing\n {2}! billing system \(whmcs\): .*allow WhmcsDetails/m);
  } finally {
    await at.close();
  }
});
