import { expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { useOpened } from '../bench/each-test.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { listStatuses } from './whmcs-steps.js';

const [at, start] = useOpened(openWhmcsShop);

/** An order of the client, whose text is on the line that WHMCS makes: fields of products may be shown on invoices. */
function order(text: string, status: string): void {
  const line = { service: 900, description: `Web space\nNote: ${text}`, amount: '0.10' };
  at.whmcs.addInvoice({ client: CLIENT, status, date: '2026-11-20', items: [line] });
}

it.each(['Paid', 'Unpaid', 'Refunded'])(
  'what a client typed into an order is no purchase of an invoice: %s',
  async (status) => {
    await start({ product: '' });
    await at.use(100);
    const { id, invoice } = await at.buyPending();
    order(`[sluice:${id}]`, status);
    at.whmcs.setInvoiceStatus(invoice, 'Cancelled');
    const polled = await at.use(1);
    expect([await listStatuses(at), polled.services[0]?.allowance?.allowedBytes]).toEqual([['cancelled'], 100 * GB]);
  },
);

it('a purchase whose mark a client typed before is charged all the same, once', async () => {
  await start({ product: '' });
  await at.use(100);
  const probe = await at.buyPending();
  order(`[sluice:${probe.id}] [sluice:pur-0123456789abcdef0123]`, 'Paid');
  at.whmcs.pay(probe.invoice);
  await at.use(1);
  expect(await at.purchases()).toMatchObject([{ status: 'paid', invoice: String(probe.invoice), charged: '5.00' }]);
});
