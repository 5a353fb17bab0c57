import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { FORMER, startWhmcsLines } from './whmcs-lines.js';

const at = useBench(startWhmcsLines);

it('a new invoice of WHMCS gets no calls while the panel is under observe', async () => {
  at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
  await at.sluice.panels.observe('voice');
  expect(await at.bill()).toEqual(['whmcs-7 planned 40.00']);
  const items = [{ service: 7, description: 'Line', amount: '9.00' }];
  const invoice = at.whmcs.addInvoice({ client: FORMER, items });
  await at.sluice.calls.bill({ invoice: String(invoice) });
  expect(at.charged()).toEqual([]);
});

it('calls are billed under observe by no repetition that names neither a service nor an invoice', async () => {
  at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
  await at.sluice.panels.observe('voice');
  await at.sluice.calls.bill({ resend: true });
  expect(at.charged()).toEqual([]);
});
