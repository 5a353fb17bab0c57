import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

const PAGE = path.resolve(import.meta.dirname, '../../../../../../docs/telephony.md');

it('the commands of docs/telephony.md do what the page says', async () => {
  const at = closeAfterTest(await startTelephonyBench());
  at.fillCatalogue();
  at.addCall('2026-10-05T09:00:00-03:00', '0.2320');
  const lines = readFileSync(PAGE, 'utf8').match(/^\$ sluice .+$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(20);
  const outcomes: (string | number)[][] = [];
  for (const line of lines) {
    const words = [...line.slice('$ sluice '.length).matchAll(/"([^"]*)"|\S+/g)].map(([all, quoted]) => quoted ?? all);
    const { exitCode, stderr } = await at.bench.sluice(words);
    if (exitCode !== 0) outcomes.push([line, exitCode, stderr]);
    at.bench.clock.advance(60_000);
  }
  expect(outcomes).toEqual([]);
});
