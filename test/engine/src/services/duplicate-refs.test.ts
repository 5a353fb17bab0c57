import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ImportReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { listProblems, openImports, toRows } from './imports.js';

const USER = '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7';
const HEAD = 'id,panel,product,status,easydcim_service_id,easydcim_order_id,flvx_user_id,hiddify_user_uuid';

const bench = useBench(openImports);
const importRows = (rows: string[], allowDuplicateRefs = false): Promise<ImportReport> =>
  bench.sluice.services.import(toRows(HEAD, rows), { allowDuplicateRefs });

beforeEach(async () => {
  const first = await importRows([
    'svc-1,dcim,ded,,501,901,,',
    'rel-1,relay,relay,,,,7,',
    `vpn-1,vpn,vpn,,,,,${USER}`,
    'old-1,dcim,ded,terminated,500,900,,',
  ]);
  expect(listProblems(first)).toEqual([]);
});

describe('an id that another service of the panel has', () => {
  it('is refused by an import for new and changed rows, with the other service', async () => {
    const rows = [
      'svc-2,dcim,ded,,501,902,,',
      'svc-3,dcim,ded,,503,901,,',
      'rel-2,relay,relay,,,,7,',
      `vpn-2,vpn,vpn,,,,,${USER.toUpperCase()}`,
      'svc-4,dcim,ded,,504,904,,',
      'svc-5,dcim,ded,,504,,,',
      'svc-1,dcim,ded,,501,901,,',
      'svc-6,dcim2,ded2,,501,901,,',
      'svc-7,dcim,ded,,500,900,,',
    ];
    expect(listProblems(await importRows(rows))).toEqual([
      '2 svc-2: easydcim_service_id 501 is already that of service "svc-1"',
      '3 svc-3: easydcim_order_id 901 is already that of service "svc-1"',
      '4 rel-2: flvx_user_id 7 is already that of service "rel-1"',
      `5 vpn-2: hiddify_user_uuid ${USER} is already that of service "vpn-1"`,
      '7 svc-5: easydcim_service_id 504 is already that of service "svc-4"',
    ]);
    expect((await importRows(rows, true)).totals.added).toBe(8);

    const again = await importRows(['svc-2,dcim,ded,,501,902,,', 'svc-1,dcim,ded,suspended,501,901,,']);
    expect(listProblems(again)).toEqual([]);
    const swapped = await importRows(['svc-4,dcim,ded,,600,904,,', 'svc-5,dcim,ded,,504,,,', 'svc-8,dcim,ded,,503,,,']);
    expect(listProblems(swapped)).toEqual(['4 svc-8: easydcim_service_id 503 is already that of service "svc-3"']);
    const alive = await importRows(['old-1,dcim,ded,active,500,900,,']);
    expect(listProblems(alive)).toHaveLength(2);
  });

  it('is refused by add and set, within the transaction that stores it', async () => {
    const { services } = bench.sluice;
    const add = (id: string, easydcim_service_id: string) =>
      services.add(id, { panel: 'dcim', product: 'ded', easydcim_service_id });
    await expect(add('svc-2', '501')).rejects.toMatchObject({
      code: 'duplicate_ref',
      details: { service: 'svc-2', ref: 'easydcim_service_id', value: '501', other: 'svc-1' },
    });
    await add('svc-2', '502');
    await expect(services.set('svc-2', { easydcim_order_id: '901' })).rejects.toMatchObject({
      code: 'duplicate_ref',
      message: '"svc-2" was not stored: easydcim_order_id 901 is already that of service "svc-1"',
    });
    await services.set('svc-2', { easydcim_order_id: '901' }, { allowDuplicateRefs: true });
    await services.set('svc-2', { easydcim_order_id: '901', client: '7' });

    const both = await Promise.allSettled(['svc-8', 'svc-9'].map((id) => add(id, '777')));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
