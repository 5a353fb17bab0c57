import { describe, expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { startShop } from './shop.js';

const at = useBench(startShop);

const row = (values: Record<string, string> = {}): Record<string, string> => ({
  ...{ service: 'svc-1', package: 'old-50', bytes: String(50 * GB), price: '5.00', currency: 'EUR' },
  ...{ at: '2026-11-18 10:00', actor: 'manual', ...values },
});

const importRows = (...rows: Record<string, string>[]) => at.sluice.purchases.import(rows);

describe('purchases of another tool', () => {
  it('count in the current cycle and are not charged; reading them again changes nothing', async () => {
    await at.open(120, '20');
    expect(at.portState(1)).toBe('down');
    const rows = [row(), row(), row({ at: '2026-11-18T12:00:00Z', actor: 'auto' })];
    expect(await importRows(...rows)).toEqual({
      totals: { rows: 3, added: 3, changed: 0, unchanged: 0 },
      problems: [],
    });
    const { services } = await at.pollReport();
    expect(services[0]?.allowance).toMatchObject({ allowedBytes: 250 * GB, extraBytes: 150 * GB });
    expect([at.portState(1), await at.balance()]).toEqual(['up', '20.00']);
    expect((await importRows(...rows)).totals).toEqual({ rows: 3, added: 0, changed: 0, unchanged: 3 });
    const [first] = await at.purchases();
    expect(first).toMatchObject({
      ...{ service: 'svc-1', client: '42', package: 'old-50', bytes: 50 * GB, price: '5.00', status: 'paid' },
      ...{ imported: true, invoice: null, charged: null, at: '2026-11-18T10:00:00.000Z' },
    });
  });

  it('count from the first reading of a service that no run has read', async () => {
    await at.addClientService(1);
    at.use(1, 120);
    await importRows(row());
    const { services, totals } = await at.pollReport();
    expect([services[0]?.allowance?.allowedBytes, services[0]?.status, totals.held]).toEqual([150 * GB, 'ok', 0]);
    const [stored] = await at.purchases();
    expect(stored?.cycle).not.toBe('');
    expect((await importRows(row())).totals.unchanged).toBe(1);
  });

  it('show their allowance at once, and none of it in the next cycle', async () => {
    await at.open(20);
    await importRows(row());
    expect((await at.sluice.services.show('svc-1')).allowance?.allowedBytes).toBe(150 * GB);
    at.bench.clock.advance(30 * 24 * HOUR);
    await at.sluice.services.set('svc-1', { next_due_date: '2027-01-15' });
    const { services } = await at.pollReport();
    expect(services[0]?.allowance?.allowedBytes).toBe(100 * GB);
    expect((await importRows(row())).totals.unchanged).toBe(1);
  });

  it('with an id of the other tool are the same ones, however else their rows are written', async () => {
    await at.open(20);
    await importRows(row({ ref: 'mod 41' }), row({ ref: 'mod 42' }));
    const otherwise = { package: 'package-1', at: '2026-11-19 09:00', price: '5' };
    expect((await importRows(row({ ref: 'mod 41', ...otherwise }))).totals).toMatchObject({ added: 0, unchanged: 1 });
    expect(await at.purchases()).toHaveLength(2);
    const twice = await importRows(row({ ref: 'mod 43' }), row({ ref: 'mod 43' }));
    expect([twice.totals.added, twice.problems]).toMatchObject([
      0,
      [{ key: 'ref', message: '"mod 43" is in the file twice' }],
    ]);
  });

  it('are read all or none, with what is wrong with each row', async () => {
    await at.open(20);
    const wrong: Record<string, string>[] = [
      { service: 'svc-9' },
      { service: '' },
      { bytes: '1.5' },
      { bytes: '0' },
      { bytes: '9007199254740991' },
      { price: 'free' },
      { price: '5.001' },
      { price: '-0' },
      { currency: 'euro' },
      { at: '0000-00-00 00:00:00' },
      { at: '2026-10-01' },
      { at: '2030-01-01' },
      { actor: 'somebody' },
      { package: '' },
      { size: '5' },
    ];
    const rows = wrong.map((values, index) => ({ line: index + 2, values: row(values) }));
    const { totals, problems } = await at.sluice.purchases.import([{ line: 1, values: row() }, ...rows]);
    expect(totals).toEqual({ rows: 16, added: 0, changed: 0, unchanged: 0 });
    expect(problems.map(({ line, key }) => [line, key])).toEqual(
      wrong.map((values, index) => [index + 2, Object.keys(values)[0]]),
    );
    expect(await at.purchases()).toEqual([]);
  });

  it('are the same purchase however its price is written', async () => {
    await at.open(20);
    await importRows(row());
    for (const price of ['5', '5.0000']) expect((await importRows(row({ price }))).totals.added).toBe(0);
  });

  it('are refused where they would have no effect, or their panel is not in the config', async () => {
    await at.bench.configure(at.bench.text.replace('free: {', 'whole: { panel: dcim, quota: unlimited }\n  free: {'));
    await at.sluice.services.add('svc-2', {
      ...{ panel: 'dcim', product: 'free', client: '42', billing_cycle: 'monthly', next_due_date: '2026-12-15' },
      ...{ easydcim_service_id: '502', easydcim_order_id: '902', easydcim_server_id: '302' },
    });
    const { problems } = await importRows(row({ service: 'svc-2' }));
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining('no limited quota') })]);
  });

  it('are shown by a dry run, which stores nothing', async () => {
    await at.open(20);
    expect(await at.sluice.purchases.import([row()], { dryRun: true })).toMatchObject({
      totals: { added: 1 },
      dryRun: true,
    });
    expect(await at.purchases()).toEqual([]);
  });

  it('can be taken back, but not refunded', async () => {
    await at.open(20, '20');
    await importRows(row());
    const [{ id } = { id: '' }] = await at.purchases();
    const { purchases, services } = at.sluice;
    await expect(purchases.cancel(id, { refund: true })).rejects.toMatchObject({ code: 'purchase_imported' });
    expect((await purchases.cancel(id)).purchase.status).toBe('cancelled');
    expect((await services.show('svc-1')).allowance?.allowedBytes).toBe(100 * GB);
    expect([await at.balance(), (await importRows(row())).totals.unchanged]).toEqual(['20.00', 1]);
  });

  it.each([
    ['auto', 0],
    ['manual', 1],
  ])('that are %s leave room for %i automatic one, of one in a cycle', async (actor, bought) => {
    await at.open(99, '20');
    await importRows(row({ actor, bytes: String(GB) }));
    const preference = { enabled: true, package: 'extra-50', threshold: '10GB', maxPerCycle: 1 };
    await at.sluice.autoBuy.set({ service: 'svc-1' }, preference);
    expect((await at.pollReport()).totals.purchased).toBe(bought);
  });
});
