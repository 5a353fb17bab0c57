import { parse } from 'csv-parse/sync';
import { expect, it } from '@jest/globals';
import { startForEachTest } from '../each-test.js';
import { startFlvxBench } from '../flvx-bench.js';
import { expectPlain, HOSTILE } from '../hostile-text.js';

const LONG = process.env['SLUICE_LONG'] === '1';

const at = startForEachTest(() => startFlvxBench());

const NAMES = [
  "=cmd|' /C calc'!A0",
  `@SUM(1+1)*cmd|${HOSTILE}`,
  '__proto__',
  'constructor',
  'a, "b"; c',
  'شرکت «نور»، تهران',
  '上海云计算',
  'NULL',
  '',
  '-1',
  '../../etc/passwd',
  'x'.repeat(300),
];

it('users of any name come through, and their names are shown as text', async () => {
  const { bench, panel, tunnels } = at;
  const ids = [...NAMES, 'twice', 'twice'].map((user) => {
    const id = panel.addUser({ user });
    panel.addPermission(id, tunnels.hk);
    return id;
  });
  await bench.giveStore();
  const adopted = await bench.sluice('adopt relay --from panel --out adopted');
  expectPlain('adopt', adopted.stdout + adopted.stderr);
  expect([adopted.exitCode, adopted.stderr]).toEqual([0, '']);
  const rows = parse<Record<string, string>>(bench.read('adopted/services.csv'), { columns: true });
  const named = new Map(rows.map((row) => [row['flvx_user_id'], row['flvx_username']]));
  for (const [index, name] of NAMES.entries()) expect([name, '']).toContain(named.get(String(ids[index])));
  expect(rows.filter(({ flvx_user_id: id }) => ids.includes(Number(id)))).toHaveLength(ids.length);
  const applied = await bench.sluice('adopt apply adopted');
  expect([applied.exitCode, applied.stderr]).toEqual([0, '']);
  expectPlain('apply', applied.stdout);
});

it.each([
  ['the same quota', () => 100],
  ['a quota of their own', (n: number) => n + 1],
] as const)('20,000 users with %s are adopted, and once more', async (_, toQuota) => {
  const { bench, panel, tunnels } = at;
  const count = LONG ? 20_000 : 1000;
  for (let n = 0; n < count; n += 1)
    panel.addPermission(panel.addUser({ user: `user-${n}`, flow: toQuota(n) }), tunnels.hk);
  await bench.giveStore();
  const measure = async (words: string): Promise<{ ms: number; stdout: string }> => {
    const begun = performance.now();
    const { exitCode, stdout, stderr } = await bench.sluice(words);
    expect([words, exitCode, stderr]).toEqual([words, 0, '']);
    return { ms: performance.now() - begun, stdout };
  };
  const list = await measure('panel unassigned relay --json');
  const adopted = await measure('adopt relay --from panel --out adopted');
  expect(adopted.stdout).toContain(`${count + 1} services`);
  if (LONG) process.stderr.write(`adopt takes ${(adopted.ms / list.ms).toFixed(1)} times as long as the bare list\n`);
  // A file of products may have 1 MB.
  if (LONG && toQuota(0) === 1) return;
  for (const added of [count + 1, 0])
    expect((await measure('adopt apply adopted')).stdout).toContain(`${count + 1} rows: ${added} added`);
});
