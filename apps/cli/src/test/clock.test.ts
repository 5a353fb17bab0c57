import { expect, it } from '@jest/globals';
import { closeAfterTest } from './each-test.js';
import { HOUR, startEasyDcimBench } from './easydcim-bench.js';
import { folderBytes } from './folder-bytes.js';

it('runs and enforce by a clock that jumped are refused, and make no backup', async () => {
  const at = closeAfterTest(await startEasyDcimBench());
  await at.addService(1);
  expect((await at.bench.sluice('reconcile')).exitCode).toBe(0);
  const backups = (): Record<string, string> => folderBytes(at.bench.path('sluice.db-backups'));
  const before = backups();
  at.skew.ms = 400 * 24 * HOUR;
  for (const words of ['poll', 'reconcile', 'enforce dcim --yes'])
    expect([words, (await at.bench.sluice(words)).exitCode]).toEqual([words, 1]);
  expect(backups()).toEqual(before);
  at.skew.ms = 0;
  expect((await at.bench.sluice('db check')).exitCode).toBe(0);
});
