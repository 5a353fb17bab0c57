import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ImportReport, ServiceDetail } from '@sluice/engine';
import { GB } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { openImports, toRows } from './imports.js';

const HEAD = 'id,panel,product,client,billing_cycle,next_due_date,easydcim_service_id';
const BARE = { panel: 'dcim', product: 'ded', easydcim_service_id: '501' };

const bench = useBench(openImports);

const list = async (): Promise<ServiceDetail[]> => (await bench.sluice.services.list()).services;
const show = (id: string): Promise<ServiceDetail> => bench.sluice.services.show(id);
const importRows = (head: string, lines: string[]): Promise<ImportReport> =>
  bench.sluice.services.import(toRows(head, lines));

it('says which direction counts before the first run', async () => {
  const { services, overrides } = bench.sluice;
  const cycle = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await services.add('svc-1', { ...BARE, ...cycle, product: 'incoming' });
  expect(await show('svc-1')).toMatchObject({ mode: 'IN', trafficMode: null });
  await services.set('svc-1', { traffic_mode: 'TOTAL' });
  expect(await show('svc-1')).toMatchObject({ mode: 'TOTAL', trafficMode: 'TOTAL' });
  await overrides.set('svc-1', { mode: 'OUT' });
  expect((await show('svc-1')).mode).toBe('OUT');
});

describe('an import', () => {
  it('takes all rows, then none that is unchanged, and changes what differs', async () => {
    const rows = ['svc-1,dcim,metered,17,Monthly,2026-12-15,501', 'svc-2,dcim,metered,,Semi-Annually,2027-01-31,502'];
    const totals = async (): Promise<object> => (await importRows(HEAD, rows)).totals;
    expect(await totals()).toEqual({ rows: 2, added: 2, changed: 0, unchanged: 0 });
    expect(await totals()).toEqual({ rows: 2, added: 0, changed: 0, unchanged: 2 });
    rows[1] = rows[1]!.replace('2027-01-31', '2027-02-28');
    expect(await totals()).toEqual({ rows: 2, added: 0, changed: 1, unchanged: 1 });
    const second = { billingCycle: 'semiannually', nextDueDate: '2027-02-28', client: null };
    expect(await show('svc-2')).toMatchObject(second);
  });

  it('takes all rows or none, and names every bad row with its line', async () => {
    const { problems, totals } = await importRows(`${HEAD},colour`, [
      'svc-1,dcim,metered,17,monthly,2026-12-15,501,',
      'svc-1,dcim,metered,17,monthly,2026-12-15,501,',
      'svc-3,dcim,metered,17,one time,2026-02-30,,',
      ',dcim,metered,,,,9,',
      'svc-5,dcmi,none,,,,9,',
    ]);
    expect(totals).toEqual({ rows: 5, added: 0, changed: 0, unchanged: 0 });
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [1, 'colour'],
      [3, 'id'],
      [4, 'billing_cycle'],
      [4, 'next_due_date'],
      [4, 'easydcim_service_id'],
      [5, 'id'],
      [6, 'panel'],
      [6, 'product'],
    ]);
    expect(await list()).toEqual([]);
  });

  it('leaves an absent column as it was and unsets an empty cell', async () => {
    await importRows(`${HEAD},email`, ['svc-1,dcim,metered,17,monthly,2026-12-15,501,a@example.com']);
    await importRows('id,panel,product,client', ['svc-1,dcim,metered,']);
    expect(await show('svc-1')).toMatchObject({
      client: null,
      nextDueDate: '2026-12-15',
      refs: { easydcim_service_id: '501' },
    });
    const [row] = await bench.sluice.services.export();
    // The address was that of the client who has it no more.
    expect([row?.['easydcim_service_id'], row?.['email']]).toEqual(['501', undefined]);
  });

  it('reads what was exported', async () => {
    const { services } = bench.sluice;
    await importRows(HEAD, ['svc-1,dcim,metered,17,monthly,2026-12-15,501', 'svc-2,dcim,ded,a "b",,,502']);
    const before = await list();
    const rows = await services.export();
    for (const { id } of before) await services.remove(id);
    expect((await services.import(rows)).totals.added).toBe(2);
    expect(await list()).toEqual(before);
  });
});

describe('a dry run of an import', () => {
  const KEYS = 'id,panel,product,client,easydcim_service_id,status,protected_until';
  const stored = async (): Promise<unknown[]> => [
    await bench.sluice.services.export(),
    (await bench.sluice.log.list()).entries,
  ];
  beforeEach(async () => {
    await importRows(KEYS, ['svc-1,dcim,ded,7,501,,', 'svc-2,dcim,ded,8,502,,', 'svc-3,dcim,fast,8,503,,']);
  });

  it('returns what would be stored and which new services are enforced, and stores nothing', async () => {
    const rows = toRows(KEYS, [
      'svc-1,dcim,fast,,501,,',
      'svc-2,dcim,ded,8,502,,',
      'new-1,dcim,ded,9,601,,',
      'new-2,dcim,fast,9,602,suspended,2026-11-20',
      'new-3,dcim,ded,9,603,pending,',
      'new-4,dcim,ded,9,604,,2026-11-21',
      'new-5,dcim,quiet,9,605,,',
      'new-6,dcim,ded,9,606,terminated,',
    ]);
    const before = await stored();
    const { services, panels } = bench.sluice;
    const report = await services.import(rows, { dryRun: true });
    expect(report).toMatchObject({
      dryRun: true,
      enforced: ['new-1', 'new-2'],
      totals: { rows: 8, added: 6, changed: 1, unchanged: 1 },
    });
    expect(report.changes?.[0]).toEqual({
      service: 'svc-1',
      name: null,
      added: false,
      keys: [
        { key: 'product', before: 'ded', after: 'fast' },
        { key: 'client', before: '7', after: null },
      ],
    });
    expect(await stored()).toEqual(before);
    await panels.observe('dcim');
    expect((await services.import(rows, { dryRun: true })).enforced).toEqual([]);
    const { totals, ...done } = await services.import(rows);
    expect([totals, done]).toEqual([report.totals, { problems: [] }]);
    expect(await services.import(rows, { dryRun: true })).toMatchObject({ changes: [], totals: { unchanged: 8 } });
  });

  it('reports the problems that the import would', async () => {
    const rows = toRows(KEYS, ['svc-4,dcim,ded,,501,,', 'svc-5,dcim,gone,,505,,']);
    const dry = await bench.sluice.services.import(rows, { dryRun: true });
    const real = await bench.sluice.services.import(rows);
    expect(dry).toEqual({ ...real, dryRun: true, changes: [], enforced: [] });
    expect(dry.problems).toHaveLength(2);
  });

  it('is there for a change of all services that match, too, which changes every one or none', async () => {
    const { services } = bench.sluice;
    const before = await stored();
    const planned = await services.planSetWhere([['product', 'ded']], { product: 'fast' });
    expect(planned.changes?.map(({ service }) => service)).toEqual(['svc-1', 'svc-2']);
    const refused: [where: [string, string][], texts: Record<string, string>, message: string][] = [
      [[['client', '8']], { easydcim_service_id: '900' }, 'svc-3: easydcim_service_id 900 is already that of'],
      [[['client', '8']], { product: 'gone' }, 'svc-3: there is no product "gone"'],
      [[['client', '99']], { product: 'fast' }, 'No service has client=99'],
      [[...['7', '8'].map((id): [string, string] => ['client', id])], { product: 'fast' }, 'client=7 and client=8'],
      [[['clint', '8']], { product: 'fast' }, 'did you mean "client"'],
      [[['client', '8']], { id: 'x' }, "The id of a service can't be changed"],
    ];
    for (const [where, texts, message] of refused) {
      const [error] = await Promise.allSettled([services.setWhere(where, texts)]);
      const { message: said, lines } = (error as PromiseRejectedResult).reason as { message: string; lines?: string[] };
      expect([said, ...(lines ?? [])].join('\n')).toContain(message);
    }
    expect(await stored()).toEqual(before);

    const both = Object.entries({ product: 'ded', client: '8' });
    const set = await services.setWhere(both, { product: 'fast' });
    expect([set.changed, set.services.map(({ id }) => id)]).toEqual([1, ['svc-2']]);
    expect((await list()).map(({ product }) => product)).toEqual(['ded', 'fast', 'fast']);
    const cleared = await services.setWhere([['client', '8']], { client: '', traffic_mode: 'in' });
    const rows = cleared.services.map(({ id, client, trafficMode }) => `${id} ${client} ${trafficMode}`);
    expect(rows).toEqual(['svc-2 null IN', 'svc-3 null IN']);
    const none = Object.entries({ client: '', traffic_mode: 'in' });
    const again = await services.setWhere(none, { product: 'fast' });
    expect([again.changed, again.services.length]).toEqual([0, 2]);
  });
});

describe('single services', () => {
  it('are added, changed and removed', async () => {
    const { services } = bench.sluice;
    const added = { id: 'svc-1', product: 'ded', lifecycle: 'active', status: 'skipped' };
    expect(await services.add('svc-1', BARE)).toMatchObject(added);
    const { changes, ...changed } = await services.set('svc-1', { status: 'suspended', traffic_mode: 'in' });
    expect(changed).toMatchObject({ lifecycle: 'suspended', mode: 'IN' });
    const { because: _, ...shown } = await show('svc-1');
    expect([changed, changes.length]).toEqual([shown, 1]);
    expect(await list()).toHaveLength(1);
    await services.remove('svc-1');
    expect(await list()).toEqual([]);
  });

  it('are refused with what is wrong', async () => {
    const { services } = bench.sluice;
    await expect(services.add('svc-1', { ...BARE, product: 'metered' })).rejects.toMatchObject({ kind: 'usage' });
    await expect(services.add('svc-1', { pannel: 'dcim' })).rejects.toThrow('did you mean "panel"?');
    await services.add('svc-1', BARE);
    await expect(services.add('svc-1', BARE)).rejects.toMatchObject({ code: 'service_exists' });
    await expect(show('svc-2')).rejects.toThrow('did you mean "svc-1"?');
  });
});

it('overrides are set part by part, listed, and cleared', async () => {
  const { services, overrides } = bench.sluice;
  await services.add('svc-1', BARE);
  await overrides.set('svc-1', { quota: '500GB' });
  bench.clock.advance(1000);
  const set = await overrides.set('svc-1', { mode: 'OUT' });
  expect(set.overrides).toMatchObject({ quotaBytes: 500 * GB, unlimited: false, mode: 'OUT' });
  for (const request of [{ quota: '1TB', unlimited: true }, { action: 'explode' }])
    await expect(overrides.set('svc-1', request)).rejects.toMatchObject({ kind: 'usage' });
  bench.clock.advance(1000);
  await overrides.clear('svc-1');
  expect((await show('svc-1')).overrides).toBeNull();
  expect((await overrides.list()).overrides.map((item) => item.until !== null)).toEqual([true, true]);
});
