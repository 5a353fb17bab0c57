import { expect, it } from '@jest/globals';
import type { ImportReport } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { startShop } from './shop.js';

const at = startForEachTest(() => startShop());

const FILE = `service,package,bytes,price,currency,at,actor
svc-1,old pack,53687091200,5.00,,2026-11-18 10:00,auto
`;

it('takes over purchases of another tool from a file, and says of each what it is', async () => {
  await at.addClientService(1);
  at.bench.write('paid.csv', FILE);
  const preview = await at.run('purchase import paid.csv --dry-run');
  expect(preview.stdout).toBe('1 row (dry run, nothing was stored): 1 added, 0 changed, 0 unchanged\n');
  expect((await at.run('purchase import paid.csv')).stdout).toBe('1 row: 1 added, 0 changed, 0 unchanged\n');
  const again = await at.run('purchase import paid.csv --json');
  expect(again.json<ImportReport>().totals).toEqual({ rows: 1, added: 0, changed: 0, unchanged: 1 });
  const listed = await at.run('purchase list');
  expect(listed.stdout).toMatch(/old pack +50 GB +5\.00 .*paid elsewhere/);
  // Before the first reading it is in no cycle, and counts in the first.
  const before = await at.run('service show svc-1');
  expect(before.stdout).toMatch(/old pack: 50 GB for 5\.00 EUR, paid elsewhere, [^(]*\n/);
  at.use(1, 120);
  expect((await at.poll()).exitCode).toBe(0);
  expect((await at.run('service show svc-1')).stdout).toContain('150 GB');
  const id = /pur-\S+/.exec(listed.stdout)?.[0] ?? '';
  const refused = await at.run(`purchase cancel ${id} --refund`);
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining(`"sluice purchase cancel ${id}"`)]);
  expect((await at.run(`purchase cancel ${id}`)).exitCode).toBe(0);
});

it('names the line of what it can’t take', async () => {
  await at.addClientService(1);
  at.bench.write('paid.csv', `${FILE}svc-9,x,1,1,EUR,2026-11-18,\nsvc-1,x,1.5,1,EUR,2026-11-18,\n`);
  const { exitCode, stderr } = await at.run('purchase import paid.csv');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('line 3, svc-9: there is no service "svc-9"');
  expect(stderr).toMatch(/line 4, svc-1: .*"1\.5" is not a number of bytes/);
});
