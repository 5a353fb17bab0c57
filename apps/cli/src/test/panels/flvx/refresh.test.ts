import { expect, it } from '@jest/globals';
import type { LogEntry } from '@sluice/engine';
import { closeAfterTest } from '../../each-test.js';
import { HOUR, startFlvxBench } from '../../flvx-bench.js';

it('forwards that are paused again are in the log and its export, and a quiet poll prints nothing', async () => {
  const at = closeAfterTest(await startFlvxBench());
  const user = await at.create(1);
  for (const name of ['web', 'game']) at.panel.addForward(user, at.tunnels.hk, { name });
  await at.run('hold add svc-1');
  at.bench.clock.advance(HOUR);
  const quiet = await at.bench.sluice('poll --quiet');
  expect([quiet.exitCode, quiet.stdout]).toEqual([0, '']);
  const lines = (await at.bench.sluice('log export -')).stdout.trim().split('\n');
  expect(lines.filter((line) => (JSON.parse(line) as LogEntry).kind === 'refresh')).toHaveLength(1);
  const { stdout } = await at.bench.sluice('log list');
  expect(stdout).toMatch(/refresh +relay +- +restricted again +2 objects in 1 call/);
});
