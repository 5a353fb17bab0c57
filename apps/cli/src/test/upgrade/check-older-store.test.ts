import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { LATEST_SCHEMA_VERSION, storeVersion } from '@sluice/state-store';
import { benchForEachTest } from '../each-test.js';
import { handleOn } from '../sqlite.js';
import { PHASES } from './world-21.js';

const FIXTURES = new URL('../../../fixtures/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const bench = benchForEachTest(PHASES[0]);

it.each(['db check', 'db restore text.db --yes'])('%s migrates an older store after a backup', async (words) => {
  bench.write('sluice.yaml', 'timeZone: UTC\npanels: {}\nproducts: {}\n');
  bench.write('sluice.db', '');
  bench.write('text.db', 'no database at all, but long enough to be read as one'.repeat(100));
  handleOn(bench.path('sluice.db')).exec(read('store-21.sql'));
  const before = await storeVersion(bench.path('sluice.db'));
  await bench.sluice(words);
  const after = await storeVersion(bench.path('sluice.db'));
  const folder = bench.path('sluice.db-backups');
  const backups = existsSync(folder) ? readdirSync(folder) : [];
  expect([before, after]).toEqual([21, LATEST_SCHEMA_VERSION]);
  expect(backups.join()).toMatch(/^before-schema-\d+-from-21-[^,]*\.db\.gz$/);
});

it('db check creates no store in place of a missing one', async () => {
  bench.write('sluice.yaml', 'timeZone: UTC\npanels: {}\nproducts: {}\n');
  const { exitCode, stdout } = await bench.sluice('db check');
  expect([exitCode, existsSync(bench.path('sluice.db'))]).toEqual([1, false]);
  expect(stdout).toContain('store_missing');
});
