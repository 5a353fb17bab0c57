import type { PurchaseReport } from '@sluice/engine';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR } from '../../easydcim-bench.js';
import { type Shop, startShop } from './shop.js';

let at: Shop;
beforeEach(async () => {
  at = await startShop();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

const runForCode = async (words: string): Promise<[number, string]> => {
  const { exitCode, json } = await at.run(`${words} --json`);
  return [exitCode, json<{ error?: { code: string } }>().error?.code ?? ''];
};

describe('purchase create', () => {
  it('charges the client, counts in the cycle, and releases the service in the same command', async () => {
    await at.addClientService(1);
    at.use(1, 120);
    await at.pollReport();
    expect(at.portState(1)).toBe('down');
    await at.run('credit add 42 20 --currency EUR');
    const bought = await at.run('purchase create svc-1 extra-50 --ref order-1 --actor bob --json');
    expect([bought.exitCode, bought.stderr]).toEqual([0, '']);
    expect(bought.json<PurchaseReport>()).toMatchObject({
      purchase: {
        service: 'svc-1',
        package: 'extra-50',
        bytes: 50 * GB,
        price: '5.00',
        currency: 'EUR',
        status: 'paid',
        charged: '5.00',
        cycle: { start: '2026-11-15T00:00:00.000Z', end: '2026-12-15T00:00:00.000Z' },
      },
      stillHeld: [],
      error: null,
    });
    expect([at.portState(1), await at.balance()]).toEqual(['up', '15.00']);
    const { services, totals } = await at.pollReport();
    expect([services[0]?.allowance?.allowedBytes, services[0]?.status, totals.purchased]).toEqual([150 * GB, 'ok', 0]);
    // One reference buys once, and a repeat says the same.
    const again = await at.run('purchase create svc-1 extra-50 --ref order-1 --json');
    expect([again.exitCode, again.json<PurchaseReport>().purchase.id]).toEqual([
      0,
      bought.json<PurchaseReport>().purchase.id,
    ]);
    expect([(await at.purchases()).length, await at.balance()]).toEqual([1, '15.00']);
    expect(await runForCode('purchase create svc-1 extra-10 --ref order-1')).toEqual([1, 'ref_used']);
    // Without a reference each call is a purchase.
    const third = await at.run('purchase create svc-1 extra-50');
    expect(third.stdout).toMatch(/svc-1: bought extra-50 \(50 GB\) for 5\.00 EUR, pur-\S+; invoice/);
    expect(await at.balance()).toBe('10.00');
    expect((await at.run('log list --runs --service svc-1')).stdout).toMatch(/purchase create by bob/);
  });

  it('does not say released while the panel refuses, and a repeat releases', async () => {
    await at.addClientService(1);
    at.use(1, 120);
    await at.pollReport();
    await at.run('credit add 42 20 --currency EUR');
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    const bought = await at.run('purchase create svc-1 extra-50 --ref order-1');
    expect([bought.exitCode, bought.stdout]).toEqual([3, expect.stringMatching(/not released yet$/m)]);
    expect((await at.run('purchase create svc-1 extra-50 --ref order-1')).exitCode).toBe(3);
    at.panel.server.clearFaults();
    expect((await at.run('purchase create svc-1 extra-50 --ref order-1')).exitCode).toBe(0);
    expect(at.portState(1)).toBe('up');
    // Counted at once, before the next run.
    expect((await at.run('explain svc-1')).stdout).toMatch(/120 GB of 150 GB/);
    const shown = (await at.run('service show svc-1 --json')).json<{ allowance: unknown }>();
    expect(shown.allowance).toMatchObject({ allowedBytes: 150 * GB, extraBytes: 50 * GB });
  });

  it('counts in its cycle whatever its due date becomes, and not in the next', async () => {
    await at.addClientService(1);
    at.use(1, 10);
    await at.pollReport();
    await at.run('credit add 42 20 --currency EUR');
    await at.run('purchase create svc-1 extra-50');
    const allowed = async (): Promise<number | null | undefined> =>
      (await at.pollReport()).services[0]?.allowance?.allowedBytes;
    expect(await allowed()).toBe(150 * GB);
    await at.run('service set svc-1 next_due_date=2026-12-10');
    at.bench.clock.advance(HOUR);
    expect(await allowed()).toBe(150 * GB);
    at.bench.clock.set(Date.parse('2026-12-11T01:00:00Z'));
    await at.run('doctor --accept-clock');
    expect(await allowed()).toBe(100 * GB);
  });

  it('is refused before anything is charged', async () => {
    await at.addClientService(1);
    await at.addService(2);
    expect(await runForCode('purchase create svc-1 extra-50')).toEqual([1, 'not_metered_yet']);
    at.use(1, 10);
    await at.pollReport();
    expect(await runForCode('purchase create svc-1 extra-50')).toEqual([1, 'no_credit']);
    expect((await at.run('purchase create svc-1 extra-50')).stderr).toContain('has 0.00 EUR of credit');
    await at.run('credit add 42 4.99 --currency EUR');
    expect(await runForCode('purchase create svc-1 extra-50')).toEqual([1, 'no_credit']);
    expect(await runForCode('purchase create svc-1 extra-500')).toEqual([1, 'unknown_package']);
    expect(await runForCode('purchase create svc-1 other')).toEqual([1, 'package_not_offered']);
    expect(await runForCode('purchase create svc-1 dollars')).toEqual([1, 'currency_mismatch']);
    expect(await runForCode('purchase create svc-2 extra-50')).toEqual([1, 'no_client']);
    expect(await runForCode('purchase create svc-9 extra-50')).toEqual([1, 'unknown_service']);
    await at.run('override set svc-1 --unlimited');
    expect(await runForCode('purchase create svc-1 extra-10')).toEqual([1, 'no_quota']);
    expect([await at.purchases(), await at.balance()]).toEqual([[], '4.99']);
  });

  it('refuses a repeat while a purchase is unfinished, and the next run finishes that one', async () => {
    await at.addClientService(1);
    at.use(1, 10);
    await at.pollReport();
    await at.run('credit add 42 20 --currency EUR');
    await at.run('purchase create svc-1 extra-50');
    const [paid] = await at.purchases();
    // As a process leaves it that is killed between the intent and the charge.
    await at.bench.store(async (store) => {
      const row = await store.purchases.get(paid?.id ?? '');
      if (row === null) throw new Error('no purchase');
      const open = { status: 'pending', invoice: null, charged: null, paidAt: null } as const;
      await store.purchases.add({ ...row, ...open, id: 'pur-open', key: 'open' });
    });
    const refused = await at.run('purchase create svc-1 extra-50');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/pur-open.*sluice reconcile/s)]);
    expect(await at.balance()).toBe('15.00');
    const { totals, notices } = await at.pollReport();
    expect(totals.purchased).toBe(1);
    expect(notices).toMatchObject([{ code: 'purchase', service: 'svc-1' }]);
    expect([(await at.purchases()).map(({ status }) => status), await at.balance()]).toEqual([
      ['paid', 'paid'],
      '10.00',
    ]);
    expect((await at.pollReport()).totals.purchased).toBe(0);
  });
});

describe('purchase cancel', () => {
  it('returns the price while the service stays under its allowance without it', async () => {
    await at.addClientService(1);
    at.use(1, 10);
    await at.pollReport();
    await at.run('credit add 42 20 --currency EUR');
    const bought = (await at.run('purchase create svc-1 extra-50 --json')).json<PurchaseReport>();
    const { id } = bought.purchase;
    expect(await runForCode(`purchase cancel ${id}`)).toEqual([1, 'purchase_paid']);
    expect((await at.run(`purchase cancel ${id} --refund`)).stdout).toMatch(/refunded/);
    expect((await at.run(`purchase cancel ${id} --refund`)).exitCode).toBe(0);
    expect(await at.balance()).toBe('20.00');
    expect((await at.pollReport()).services[0]?.allowance?.allowedBytes).toBe(100 * GB);
    await at.run('purchase create svc-1 extra-50');
    at.use(1, 100);
    await at.pollReport();
    const used = (await at.purchases()).at(-1)?.id ?? '';
    expect(await runForCode(`purchase cancel ${used} --refund`)).toEqual([1, 'purchase_used']);
    expect(await runForCode('purchase cancel pur-9')).toEqual([1, 'unknown_purchase']);
    expect(await at.balance()).toBe('15.00');
  });
});
