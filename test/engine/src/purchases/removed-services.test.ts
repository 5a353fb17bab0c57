import { beforeEach, describe, expect, it } from '@jest/globals';
import { codeOf, HOUR } from '../bench/engine-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';
import { readBooks } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);
beforeEach(() => open());

/** Buys from credit; the charge is made, and all answers from then on are lost. */
async function loseCharge(): Promise<string> {
  at.whmcs.addCredit(CLIENT, '100.00');
  const { server } = at.whmcs;
  server.inject({ endpoint: 'ApplyCredit', when: 'after', times: 1, fault: { kind: 'cut' } });
  const isCharged = (): boolean => server.calls.some(({ endpoint }) => endpoint === 'ApplyCredit');
  const found = server.inject({
    match: ({ endpoint }) => endpoint !== 'ApplyCredit' && isCharged(),
    fault: { kind: 'cut' },
  });
  await at.buy().catch(() => undefined);
  found();
  const [row] = await at.purchases();
  expect([row?.status, at.whmcs.credit(CLIENT)]).toEqual(['pending', '95.00']);
  return row!.id;
}

/** Refunds a paid purchase; the request never arrives. */
async function loseRefund(): Promise<string> {
  at.whmcs.addCredit(CLIENT, '100.00');
  const { id } = (await at.buy()).purchase;
  at.whmcs.server.inject({ endpoint: 'AddCredit', times: 1, fault: { kind: 'cut' } });
  await expect(at.sluice.purchases.cancel(id, { refund: true })).rejects.toMatchObject({ code: 'outcome_unknown' });
  return id;
}

const OPEN: [string, () => Promise<string>][] = [
  ['waits for its payment', async () => (await at.buyPending()).id],
  ['may have been charged', loseCharge],
  ['is being refunded', loseRefund],
];

describe('the removal of a service', () => {
  it.each(OPEN)('is refused while a purchase %s', async (_name, begin) => {
    const id = await begin();
    await expect(at.sluice.services.remove('whmcs-1')).rejects.toMatchObject({
      ...{ kind: 'conflict', code: 'purchase_unfinished', message: expect.stringContaining(id) },
      details: { service: 'whmcs-1', purchase: id },
    });
    at.bench.clock.advance(HOUR);
    // A charge that was made after all is refused first: its purchase is paid.
    expect([null, 'purchase_paid']).toContain(await codeOf(at.sluice.purchases.cancel(id, { refund: true })));
    await at.sluice.services.remove('whmcs-1');
    expect(['cancelled', 'refunded', 'paid']).toContain((await at.purchases())[0]?.status);
  });

  it('is possible once the next run has finished the purchase', async () => {
    await loseCharge();
    at.bench.clock.advance(HOUR);
    await at.poll();
    await at.sluice.services.remove('whmcs-1');
    expect(await readBooks(at)).toEqual(['95.00', ['Paid'], ['paid']]);
  });
});
