import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { listStatuses } from './whmcs-steps.js';

describe('an invoice that is paid although its purchase was cancelled', () => {
  const at = useBench(openWhmcsShop);

  it('counts as the purchase it was made for, found by reconcile', async () => {
    const { id, invoice } = await at.buyPending();
    await at.sluice.purchases.cancel(id);
    const row = at.whmcs.world.invoices.get(invoice);
    if (row !== undefined) row.status = 'Unpaid';
    await at.sluice.reconcile();
    expect([await listStatuses(at), at.invoices()]).toEqual([['cancelled'], ['Unpaid']]);
    at.whmcs.pay(invoice);
    at.bench.clock.advance(HOUR);
    const { notices, services } = await at.sluice.reconcile();
    expect([await listStatuses(at), services[0]?.allowance?.extraBytes]).toEqual([['paid'], 50 * GB]);
    expect(notices.map(({ message }) => message)).toEqual([expect.stringContaining('is paid')]);
    const again = await at.sluice.reconcile();
    expect([again.services[0]?.allowance?.extraBytes, again.notices, at.whmcs.credit(CLIENT)]).toEqual([
      50 * GB,
      [],
      '0.00',
    ]);
  });
});
