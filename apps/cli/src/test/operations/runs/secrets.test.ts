import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startEasyDcimBench, TOKEN } from '../../easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);

it('secrets appear in no output, no row and no file after a full run with failures', async () => {
  for (const number of [1, 2]) await at.addService(number);
  at.use(1, 200);
  const echo = JSON.stringify({ message: `bad token ${TOKEN}`, error: TOKEN });
  at.panel.server.inject({
    endpoint: /bandwidth/,
    skip: 1,
    times: 1,
    fault: { kind: 'status', status: 500, body: echo },
  });
  await at.poll('--verbose');
  at.panel.server.inject({ endpoint: /./, times: 2, fault: { kind: 'status', status: 401, body: echo } });
  await at.bench.sluice('poll --verbose');
  for (const words of [
    'panel test',
    'explain svc-1 --json',
    'log list --json',
    'doctor',
    'service show svc-1 --json',
    'reconcile --json',
  ]) {
    await at.bench.sluice(words);
  }
  expect(at.bench.printed).toContain('PANEL_');
  expect(at.bench.printed).not.toContain(TOKEN);
  for (const name of readdirSync(at.bench.folder)) {
    const file = at.bench.path(name);
    if (statSync(file).isFile()) expect(readFileSync(file).includes(TOKEN)).toBe(false);
  }
});
