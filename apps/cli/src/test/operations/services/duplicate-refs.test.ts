import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ImportReport } from '@sluice/engine';
import { manualClock } from '@sluice/fake-panels';
import { Bench, type Outcome } from '../../harness.js';

const USER = '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7';
const CONFIG = `timeZone: UTC
panels:
  dcim: { kind: easydcim, url: "https://dcim.example.com", token: x }
  dcim2: { kind: easydcim, url: "https://dcim2.example.com", token: x }
  relay: { kind: flvx, url: "https://relay.example.com", username: admin, password: x }
  vpn: { kind: hiddify, url: "https://vpn.example.com/s3cret", apiKey: x }
products:
  ded: { panel: dcim }
  ded2: { panel: dcim2 }
  relay: { panel: relay, flvx: { tunnelId: 1 } }
  vpn: { panel: vpn }
`;
const HEAD = 'id,panel,product,status,easydcim_service_id,easydcim_order_id,flvx_user_id,hiddify_user_uuid';

let bench: Bench;
beforeEach(() => {
  bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
  bench.write('sluice.yaml', CONFIG);
});
afterEach(() => {
  bench.close();
});

const importRows = (rows: string[], options = ''): Promise<Outcome> => {
  bench.write('a.csv', [HEAD, ...rows].join('\n'));
  return bench.sluice(`service import a.csv --json ${options}`.trim());
};
const listProblems = (outcome: Outcome): string[] =>
  outcome.json<ImportReport>().problems.map(({ line, service, message }) => `${line} ${service}: ${message}`);

describe('an id that another service of the panel has', () => {
  beforeEach(async () => {
    const first = await importRows([
      'svc-1,dcim,ded,,501,901,,',
      'rel-1,relay,relay,,,,7,',
      `vpn-1,vpn,vpn,,,,,${USER}`,
      'old-1,dcim,ded,terminated,500,900,,',
    ]);
    expect(listProblems(first)).toEqual([]);
  });

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
    const refused = await importRows(rows);
    expect(refused.exitCode).toBe(2);
    expect(listProblems(refused)).toEqual([
      '2 svc-2: easydcim_service_id 501 is already that of service "svc-1"',
      '3 svc-3: easydcim_order_id 901 is already that of service "svc-1"',
      '4 rel-2: flvx_user_id 7 is already that of service "rel-1"',
      `5 vpn-2: hiddify_user_uuid ${USER.toUpperCase()} is already that of service "vpn-1"`,
      '7 svc-5: easydcim_service_id 504 is already that of service "svc-4"',
    ]);
    expect((await bench.sluice('service import a.csv')).stderr).toContain('--allow-duplicate-refs');
    expect((await importRows(rows, '--allow-duplicate-refs')).json<ImportReport>().totals.added).toBe(8);

    const again = await importRows(['svc-2,dcim,ded,,501,902,,', 'svc-1,dcim,ded,suspended,501,901,,']);
    expect(listProblems(again)).toEqual([]);
    const swapped = await importRows(['svc-4,dcim,ded,,600,904,,', 'svc-5,dcim,ded,,504,,,', 'svc-8,dcim,ded,,503,,,']);
    expect(listProblems(swapped)).toEqual(['4 svc-8: easydcim_service_id 503 is already that of service "svc-3"']);
    const alive = await importRows(['old-1,dcim,ded,active,500,900,,']);
    expect(listProblems(alive)).toHaveLength(2);
  });

  it('is refused by add and set, within the transaction that stores it', async () => {
    const added = await bench.sluice('service add svc-2 panel=dcim product=ded easydcim_service_id=501 --json');
    expect(added.exitCode).toBe(1);
    expect(added.json()).toMatchObject({
      error: {
        code: 'duplicate_ref',
        details: { service: 'svc-2', ref: 'easydcim_service_id', value: '501', other: 'svc-1' },
      },
    });
    await bench.sluice('service add svc-2 panel=dcim product=ded easydcim_service_id=502');
    const set = await bench.sluice('service set svc-2 easydcim_order_id=901');
    expect([set.exitCode, set.stderr]).toEqual([
      1,
      'sluice: "svc-2" was not stored: easydcim_order_id 901 is already that of service "svc-1". ' +
        'Correct the id, or add --allow-duplicate-refs if both services are to have it\n',
    ]);
    expect((await bench.sluice('service set svc-2 easydcim_order_id=901 --allow-duplicate-refs')).exitCode).toBe(0);
    expect((await bench.sluice('service set svc-2 easydcim_order_id=901 client=7')).exitCode).toBe(0);

    const both = await Promise.all(
      ['svc-8', 'svc-9'].map((id) => bench.sluice(`service add ${id} panel=dcim product=ded easydcim_service_id=777`)),
    );
    expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
  });
});
