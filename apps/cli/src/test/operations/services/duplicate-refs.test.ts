import { beforeEach, describe, expect, it } from '@jest/globals';
import { benchForEachTest } from '../../each-test.js';

const bench = benchForEachTest();
beforeEach(async () => {
  bench.write(
    'sluice.yaml',
    `panels: { dcim: { kind: easydcim, url: "https://dcim.example.com", token: x } }
products: { ded: { panel: dcim } }
`,
  );
  bench.write('a.csv', 'id,panel,product,easydcim_service_id\nsvc-1,dcim,ded,501\nsvc-2,dcim,ded,502\n');
  await bench.sluice('service import a.csv');
});

describe('an id that another service of the panel has', () => {
  it('is refused by an import with its remedy, which stores it', async () => {
    bench.write('b.csv', 'id,easydcim_service_id\nsvc-2,501\n');
    const refused = await bench.sluice('service import b.csv');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--allow-duplicate-refs')]);
    expect((await bench.sluice('service import b.csv --allow-duplicate-refs')).exitCode).toBe(0);
  });

  it('is refused by set with its remedy, which stores it', async () => {
    const set = await bench.sluice('service set svc-2 easydcim_service_id=501');
    expect([set.exitCode, set.stderr]).toEqual([
      1,
      'sluice: "svc-2" was not stored: easydcim_service_id 501 is already that of service "svc-1". ' +
        'Correct the id, or add --allow-duplicate-refs if both services are to have it\n',
    ]);
    expect((await bench.sluice('service set svc-2 easydcim_service_id=501 --allow-duplicate-refs')).exitCode).toBe(0);
  });
});
