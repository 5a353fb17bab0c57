import { describe, expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { startShop } from './shop.js';

const at = useBench(startShop);

describe('a purchase', () => {
  it('charges the client, counts in the cycle, and releases the service in the same call', async () => {
    await at.open(120, '20');
    expect(at.portState(1)).toBe('down');
    const { purchases } = at.sluice;
    const bought = await purchases.create('svc-1', 'extra-50', { ref: 'order-1', actor: 'bob' });
    expect(bought).toMatchObject({
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
    // What is stored of the decision goes with the allowance of now.
    const [decision] = await at.bench.store.decisions.latest(['svc-1']);
    expect(decision).toMatchObject({ rule: 'below-allowance', allowance: { allowedBytes: 150 * GB } });
    const { services, totals } = await at.pollReport();
    expect([services[0]?.allowance?.allowedBytes, services[0]?.status, totals.purchased]).toEqual([150 * GB, 'ok', 0]);
    // One reference buys once, and a repeat says the same.
    const again = await at.buy('svc-1', 'extra-50', 'order-1');
    expect(again.purchase.id).toBe(bought.purchase.id);
    expect([(await at.purchases()).length, await at.balance()]).toEqual([1, '15.00']);
    await expect(at.buy('svc-1', 'extra-10', 'order-1')).rejects.toMatchObject({ code: 'ref_used' });
    // Without a reference each call is a purchase.
    const third = await at.buy('svc-1', 'extra-50');
    expect(third.purchase).toMatchObject({ package: 'extra-50', bytes: 50 * GB, charged: '5.00' });
    expect(third.purchase.invoice).not.toBeNull();
    expect(await at.balance()).toBe('10.00');
    const { entries } = await at.sluice.log.list({ kinds: ['run'], service: 'svc-1' });
    expect(entries).toContainEqual(expect.objectContaining({ command: 'purchase create', actor: 'bob' }));
  });

  it.each([
    ['a package that does not exist', 'nothing', 'unknown_package'],
    ['a package that is not offered', 'other', 'package_not_offered'],
    ['more than the credit', 'extra-50', 'no_credit'],
  ])('is refused without waiting for another run (%s)', async (_what, packageId, code) => {
    await at.open(120);
    const release = await at.bench.takeLease('service:svc-1');
    const before = at.bench.clock.now();
    await expect(at.buy('svc-1', packageId)).rejects.toMatchObject({ code });
    expect(at.bench.clock.now()).toBe(before);
    await release();
  });

  it.each([
    ['pending', { status: 'pending' }, 'wrong_lifecycle'],
    ['terminated', { status: 'terminated' }, 'wrong_lifecycle'],
    ['without a client', { client: '' }, 'no_client'],
    ['without a limited quota', { product: 'free' }, 'no_quota'],
  ])('is refused for a service that is %s, as its packages say', async (_what, values, code) => {
    await at.open(10, '20');
    await at.bench.edit(
      'free: { panel: dcim, quota: unlimited }',
      'free: { panel: dcim, quota: unlimited, packages: [extra-50] }',
    );
    await at.sluice.services.set('svc-1', values);
    const { packages } = await at.sluice.purchases.packages({ service: 'svc-1' });
    expect(new Set(packages.map(({ refused }) => refused))).toEqual(new Set([code]));
    await expect(at.buy('svc-1', 'extra-50')).rejects.toMatchObject({ code });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a purchase', () => at.buy('svc-1', 'extra-50')],
    ['a larger quota', () => at.bench.sluice.overrides.set('svc-1', { quota: '150GB' })],
  ])('under observe, nothing says that the service would be held after %s', async (_what, enlarge) => {
    await at.addClientService(1);
    await at.bench.sluice.panels.observe('dcim');
    at.use(1, 120);
    await at.pollReport();
    await at.pay('20');
    const { services } = at.bench.sluice;
    const shown = async (): Promise<unknown> => {
      const [detail] = (await services.list()).services;
      const { service } = await at.bench.sluice.explain('svc-1');
      const { services: listed, totals } = await at.bench.sluice.overview();
      const [row] = listed.items;
      const { metrics } = await at.bench.sluice.metrics();
      return {
        status: [detail?.status, service.status, row?.status],
        wouldHold: [detail?.wouldHold, service.wouldHold, row?.wouldHold],
        limit: detail?.limits[0]?.allowed,
        counted: [
          metrics
            .find(({ name }) => name === 'sluice_services')
            ?.samples.find(({ labels }) => labels['status'] === 'ok')?.value,
          totals.wouldHold,
        ],
      };
    };
    const over = Array(3).fill('over');
    expect(await shown()).toMatchObject({ status: over, wouldHold: [['quota'], ['quota'], ['quota']] });
    await enlarge();
    const now = { status: Array(3).fill('ok'), wouldHold: [[], [], []], limit: 150 * GB, counted: [1, 0] };
    expect(await shown()).toEqual(now);
    await at.pollReport();
    expect(await shown()).toEqual(now);
  });

  it('does not say released while the panel refuses, and a repeat releases', async () => {
    await at.open(120, '20');
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    for (let time = 0; time < 2; time++) {
      const { purchase, error } = await at.buy('svc-1', 'extra-50', 'order-1');
      expect([purchase.status, error, at.portState(1)]).toEqual(['paid', expect.anything(), 'down']);
    }
    const { entries } = await at.sluice.log.list({ kinds: ['run'], service: 'svc-1' });
    const ends = entries.flatMap((entry) =>
      entry.kind === 'run' && entry.command === 'purchase create' ? [entry] : [],
    );
    expect(ends).toMatchObject([{ outcome: 'partial' }, { outcome: 'partial' }]);
    at.panel.server.clearFaults();
    expect(await at.buy('svc-1', 'extra-50', 'order-1')).toMatchObject({ stillHeld: [], error: null });
    expect(at.portState(1)).toBe('up');
    // Counted at once, before the next run.
    const shown = await at.sluice.services.show('svc-1');
    expect(shown.allowance).toMatchObject({ allowedBytes: 150 * GB, extraBytes: 50 * GB });
  });

  it('counts in its cycle whatever its due date becomes, and not in the next', async () => {
    await at.open(10, '20');
    await at.buy('svc-1', 'extra-50');
    const allowed = async (): Promise<number | null | undefined> =>
      (await at.pollReport()).services[0]?.allowance?.allowedBytes;
    expect(await allowed()).toBe(150 * GB);
    await at.sluice.services.set('svc-1', { next_due_date: '2026-12-10' });
    at.bench.clock.advance(HOUR);
    expect(await allowed()).toBe(150 * GB);
    at.bench.clock.set(Date.parse('2026-12-11T01:00:00Z'));
    await at.sluice.panels.doctor({ acceptClock: true });
    expect(await allowed()).toBe(100 * GB);
  });

  it('is refused before anything is charged', async () => {
    await at.addClientService(1);
    await at.addService(2);
    await expect(at.buy('svc-1', 'extra-50')).rejects.toMatchObject({ code: 'not_metered_yet' });
    at.use(1, 10);
    await at.pollReport();
    await expect(at.buy('svc-1', 'extra-50')).rejects.toMatchObject({ code: 'no_credit' });
    await expect(at.buy('svc-1', 'extra-50')).rejects.toThrow('has 0.00 EUR of credit');
    await at.pay('4.99');
    await expect(at.buy('svc-1', 'extra-50')).rejects.toMatchObject({ code: 'no_credit' });
    await expect(at.buy('svc-1', 'extra-500')).rejects.toMatchObject({ code: 'unknown_package' });
    await expect(at.buy('svc-1', 'other')).rejects.toMatchObject({ code: 'package_not_offered' });
    await expect(at.buy('svc-1', 'dollars')).rejects.toMatchObject({ code: 'currency_mismatch' });
    await expect(at.buy('svc-2', 'extra-50')).rejects.toMatchObject({ code: 'no_client' });
    await expect(at.buy('svc-9', 'extra-50')).rejects.toMatchObject({ code: 'unknown_service' });
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await expect(at.buy('svc-1', 'extra-10')).rejects.toMatchObject({ code: 'no_quota' });
    expect([await at.purchases(), await at.balance()]).toEqual([[], '4.99']);
  });

  it('refuses a repeat while a purchase is unfinished, and the next run finishes that one', async () => {
    await at.open(10, '20');
    await at.buy('svc-1', 'extra-50');
    const [paid] = await at.purchases();
    // As a process leaves it that is killed between the intent and the charge.
    const row = await at.bench.store.purchases.get(paid?.id ?? '');
    if (row === null) throw new Error('no purchase');
    const open = { status: 'pending', invoice: null, charged: null, paidAt: null } as const;
    await at.bench.store.purchases.add({ ...row, ...open, id: 'pur-open', key: 'open' });
    await expect(at.buy('svc-1', 'extra-50')).rejects.toThrow(/pur-open/);
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

describe('a cancelled purchase', () => {
  it('returns the price while the service stays under its allowance without it', async () => {
    await at.open(10, '20');
    const { purchases } = at.sluice;
    const { id } = (await at.buy('svc-1', 'extra-50')).purchase;
    await expect(purchases.cancel(id)).rejects.toMatchObject({ code: 'purchase_paid' });
    for (let time = 0; time < 2; time++)
      expect((await purchases.cancel(id, { refund: true })).purchase.status).toBe('refunded');
    expect(await at.balance()).toBe('20.00');
    expect((await at.pollReport()).services[0]?.allowance?.allowedBytes).toBe(100 * GB);
    await at.buy('svc-1', 'extra-50');
    at.use(1, 100);
    await at.pollReport();
    const used = (await at.purchases()).at(-1)?.id ?? '';
    await expect(purchases.cancel(used, { refund: true })).rejects.toMatchObject({ code: 'purchase_used' });
    await expect(purchases.cancel('pur-9')).rejects.toMatchObject({ code: 'unknown_purchase' });
    expect(await at.balance()).toBe('15.00');
  });

  it('returns nothing while it is not known what the service may use, nor after its cycle', async () => {
    await at.open(10, '20');
    const { id } = (await at.buy('svc-1', 'extra-50')).purchase;
    const cancel = (): Promise<unknown> => at.sluice.purchases.cancel(id, { refund: true });
    await at.sluice.reconcile();
    const config = at.bench.text;
    await at.bench.edit('ports: {', 'renamed: {');
    await expect(cancel()).rejects.toMatchObject({ code: 'unknown_product' });
    await at.bench.configure(config);
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    await at.pollReport();
    await expect(cancel()).rejects.toMatchObject({ code: 'not_metered_yet' });
    silent();
    at.panel.answers.bandwidth.factor = 1000;
    expect((await at.pollReport()).services[0]?.status).toBe('doubted');
    await expect(cancel()).rejects.toMatchObject({ code: 'not_metered_yet' });
    at.panel.answers.bandwidth.factor = 1;
    at.bench.clock.set(Date.parse('2026-12-15T01:00:00Z'));
    await expect(cancel()).rejects.toMatchObject({ code: 'purchase_ended' });
    expect(await at.balance()).toBe('15.00');
  });

  it('is used by the reading of a run that the brake stopped', async () => {
    await at.open(10, '20');
    const { id } = (await at.buy('svc-1', 'extra-50')).purchase;
    const cancel = (): Promise<unknown> => at.sluice.purchases.cancel(id, { refund: true });
    await at.bench.edit('poll: {', 'poll: { brake: { share: 1%, atLeast: 1 },');
    at.use(1, 150);
    expect((await at.pollReport()).run.outcome).toBe('brake');
    await expect(cancel()).rejects.toMatchObject({ code: 'purchase_used' });
    // The next run reads nothing, and what was seen stays known.
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    await at.pollReport();
    await expect(cancel()).rejects.toMatchObject({ code: 'not_metered_yet' });
    silent();
    expect(await at.balance()).toBe('15.00');
  });

  const name = (id: string | null): Promise<unknown> =>
    at.bench.store.services.update([
      { id: 'svc-1', refs: { easydcim_service_id: id }, updatedAt: '2026-11-20T13:00:00.000Z' },
    ]);

  it.each<[string, () => Promise<unknown>]>([
    ['does not know its account', () => name(null)],
    ['has another clock than its panel', () => Promise.resolve((at.skew.ms = HOUR))],
  ])('returns nothing while the last run %s', async (_what, begin) => {
    await at.open(10, '20');
    const { id } = (await at.buy('svc-1', 'extra-50')).purchase;
    await begin();
    await at.pollReport();
    at.skew.ms = 0;
    const cancel = (): Promise<unknown> => at.sluice.purchases.cancel(id, { refund: true });
    await expect(cancel()).rejects.toMatchObject({ code: 'not_metered_yet' });
    await name('501');
    await at.pollAfter(HOUR);
    await cancel();
    expect(await at.balance()).toBe('20.00');
  });

  it('returns nothing by a reading before the last run, which another run kept from the panel', async () => {
    await at.open(10, '20');
    const { id } = (await at.buy('svc-1', 'extra-50')).purchase;
    const [run] = await at.bench.store.runs.list({ command: 'poll', limit: 1 });
    at.bench.clock.advance(HOUR);
    const startedAt = new Date(at.bench.clock.now()).toISOString();
    await at.bench.store.runs.start({
      ...run!,
      id: 'run-of-others',
      startedAt,
      outcome: 'partial',
    });
    const cancel = (): Promise<unknown> => at.sluice.purchases.cancel(id, { refund: true });
    await expect(cancel()).rejects.toMatchObject({ code: 'not_metered_yet' });
    await at.pollAfter(HOUR);
    await cancel();
    expect(await at.balance()).toBe('20.00');
  });
});
