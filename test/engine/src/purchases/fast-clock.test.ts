import { expect, it } from '@jest/globals';
import { DAY } from '../bench/engine-bench.js';
import { useOpened } from '../bench/each-test.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';

const [at, open] = useOpened(openWhmcsShop);

const refunds = (): string[] =>
  at.whmcs
    .credits(CLIENT)
    .filter(({ description }) => description.startsWith('Refund'))
    .map(({ amount }) => amount);

it('decides on a service whose refund a fast clock sent, and sends that once when it can’t be made any more', async () => {
  await open();
  at.whmcs.addCredit(CLIENT, '100.00');
  const { id } = (await at.buy()).purchase;
  at.whmcs.server.inject({ endpoint: 'AddCredit', times: 1, fault: { kind: 'cut' } });
  const refund = () => at.sluice.purchases.cancel(id, { refund: true });
  await expect(refund()).rejects.toThrow();
  at.bench.clock.advance(-3 * DAY);
  await expect(refund()).rejects.toThrow(
    /the clock was ahead then\. Where it was not made, .* set the invoice to Refunded/,
  );
  const { run, services } = await at.use(300);
  expect([run.outcome, services[0]?.status, services[0]?.error, refunds()]).toEqual(['done', 'held', null, []]);
  at.bench.clock.advance(3 * DAY);
  await at.poll();
  await at.poll();
  expect(refunds()).toEqual(['5.00']);
});
