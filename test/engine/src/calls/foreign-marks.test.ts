import { expect, it } from '@jest/globals';
import { lineMarker } from '@sluice/quota-core';
import { billKey } from '@sluice/quota-core/telephony';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const NOVEMBER = { start: '2026-11-01T00:00:00-03:00', end: '2026-12-01T00:00:00-03:00' };
const YEAR = { start: '2026-11-01T00:00:00-03:00', end: '2027-11-01T00:00:00-03:00' };

it.each([
  [NOVEMBER, 'Paid'],
  [YEAR, 'Unpaid'],
  [NOVEMBER, 'Cancelled'],
])('calls are billed although a client typed their mark into an order: %j, %s', async (period, status) => {
  const at = await startTelephonyBench({ whmcs: '' });
  try {
    at.whmcs.addClient({ id: 42, currency: 'BRL' });
    await at.addService();
    at.addCall('2026-11-10T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-19T12:00:00Z');
    const key = billKey({ installation: 'voice', subscriberId: '9001', period });
    const dates = [period.start, period.end].map((time) => time.slice(0, 10)).join(' ');
    const line = { service: 900, description: `Web space\nNote: ${dates} ${lineMarker(key)}`, amount: '0.10' };
    at.whmcs.addInvoice({ client: 42, status, date: '2026-11-19', items: [line] });
    at.setTime('2026-12-01T12:00:00Z');
    const { bills } = await at.sluice.calls.bill();
    expect(bills).toMatchObject([{ state: 'added', total: '70.00' }]);
    const lines = at.whmcs.invoices(42).flatMap((invoice) => invoice.lines.map(({ amount }) => amount));
    expect(lines.sort()).toEqual(['0.10', '70.00']);
  } finally {
    await at.close();
  }
});
