import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { DAY, HOUR } from '../bench/engine-bench.js';
import { openWhmcsShop } from '../bench/whmcs-bench.js';
import { listStatuses } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);

it.each([10, 61])(
  'an invoice that is paid an hour after its purchase was cancelled is found, ordered %i days before',
  async (days) => {
    await open();
    const { id, invoice } = await at.buyPending();
    at.bench.clock.advance(days * DAY);
    await at.sluice.reconcile();
    expect(await listStatuses(at)).toEqual(['pending']);
    await at.sluice.purchases.cancel(id);
    const row = at.whmcs.world.invoices.get(invoice);
    if (row !== undefined) row.status = 'Unpaid';
    at.whmcs.pay(invoice);
    at.bench.clock.advance(HOUR);
    await at.sluice.reconcile();
    expect(await listStatuses(at)).toEqual(['paid']);
  },
);
