import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { startForEachTest } from '../each-test.js';
import { GB, startHiddifyBench } from '../hiddify-bench.js';
import { dumpStore } from './moving-bench.js';

const at = startForEachTest(() => startHiddifyBench());

const APPLY = 'adopt apply adopted';

const read = () => ({ store: dumpStore(at.bench.path('sluice.db')), config: at.bench.read('sluice.yaml') });

/** Without what the last reading of the panel found. */
const withoutVerdict = (rows: readonly string[] = []) =>
  rows.map((row) => row.replace(/"verdict":.*/, '').replace(/,\\"exceededAt\\":\\"[^\\]*\\"/, ''));

/** Writes a folder with one service of a new product, and limits of agents. */
function write(...limits: string[]): void {
  const { bench } = at;
  mkdirSync(bench.path('adopted'), { recursive: true });
  const put = (name: string, lines: string[]): void => {
    writeFileSync(bench.path(`adopted/${name}`), `${lines.join('\n')}\n`);
  };
  put('products.yaml', ['products:', '  moved: { panel: vpn, quota: { total: 20GB } }']);
  put('services.csv', ['id,panel,product,billing_cycle,next_due_date', 'vpn-1,vpn,moved,monthly,2026-12-15']);
  put('agents.csv', ['panel,agent,limit_gb,opening_gb', ...limits]);
}

it('an agent that would be over its limit at once is asked about; without an answer nothing is stored', async () => {
  const { bench, panel, north } = at;
  panel.addUser({ agent: north, currentUsage: 5 * GB });
  await bench.giveStore();
  const before = read();
  write(`vpn,${north},1,`);
  const refused = await bench.sluice(`${APPLY} --json`);
  expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'not_confirmed' } }]);
  // Its users were read, and nothing of the folder is stored.
  const left = read();
  expect(left.config).toBe(before.config);
  expect(Object.keys(left.store).filter((table) => !table.startsWith('agent'))).toEqual([]);
  expect(left.store['agents']?.filter((row) => !row.includes('"limit_bytes":null'))).toEqual([]);
  const applied = await bench.sluice(`${APPLY} --yes`);
  expect([applied.exitCode, applied.stderr]).toEqual([0, '']);
  const after = read();
  expect(after.config).toContain('adopted/products.yaml');
  expect(JSON.stringify(after.store)).toContain(String(GB));
  expect((await bench.sluice(`${APPLY} --yes`)).exitCode).toBe(0);
  const again = read();
  expect(withoutVerdict(again.store['agents'])).toEqual(withoutVerdict(after.store['agents']));
  expect({ ...again, store: { ...again.store, agents: [] } }).toEqual({
    ...after,
    store: { ...after.store, agents: [] },
  });
});

it('limits alone are stored once, and the run is logged', async () => {
  const { bench, north } = at;
  await bench.giveStore();
  write(`vpn,${north},100,3`);
  await bench.sluice(APPLY);
  const limits = ['panel,agent,limit_gb,opening_gb', `vpn,${north},200,3`, ''].join('\n');
  bench.write('adopted/agents.csv', limits);
  await bench.sluice(APPLY);
  expect(JSON.stringify(read().store)).toContain(String(200 * GB));
  const runs = await bench.store((store) => store.runs.page({ after: null, limit: 100 }));
  expect(runs.records.filter(({ command }) => command === 'adopt apply')).toHaveLength(2);
});
