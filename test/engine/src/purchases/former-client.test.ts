import { describe, expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { useOpened } from '../bench/each-test.js';
import { startShop, type Shop } from './shop.js';

const [at, open] = useOpened(startShop);

/** A purchase that the ledger has charged, whose command was killed before it stored so. */
async function killedAfterCharge(): Promise<void> {
  await open();
  await at.open(10, '20');
  await at.buy('svc-1', 'extra-50');
  const [row] = await at.purchases();
  await at.bench.store.purchases.update(row?.id ?? '', {
    status: 'pending',
    invoice: null,
    charged: null,
    paidAt: null,
  });
  expect(await at.balance()).toBe('15.00');
}

const extraBytes = (report: Awaited<ReturnType<Shop['pollReport']>>): unknown =>
  report.services[0]?.allowance?.extraBytes ?? 0;

describe('a purchase that was charged by the ledger and not stored as paid', () => {
  it.each([
    ['has another client', { client: '43' }],
    ['is terminated', { status: 'terminated' }],
  ])('is returned to its payer once the service %s', async (_name, texts: Record<string, string>) => {
    await killedAfterCharge();
    await at.sluice.services.set('svc-1', texts);
    at.use(1, 1);
    const report = await at.pollReport();
    expect(report.notices.map(({ code }) => code)).toEqual(expect.arrayContaining(['purchase_of_former_client']));
    expect([await at.balance(), extraBytes(report)]).toEqual(['20.00', 0]);
    at.use(1, 1);
    expect(extraBytes(await at.pollReport())).toBe(0);
    expect([await at.balance(), (await at.purchases()).map(({ status }) => status)]).toEqual(['20.00', ['refunded']]);
  });

  it('counts where the client has kept the service', async () => {
    await killedAfterCharge();
    at.use(1, 1);
    expect(extraBytes(await at.pollReport())).toBe(50 * GB);
    expect(await at.balance()).toBe('15.00');
  });
});
