import { beforeEach, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { GB, toIds, startEasyDcimBench } from '../../easydcim-bench.js';

const MINUTE = 60_000;

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  at.panel.answers.ports.style = 'stateless';
  at.panel.answers.adminPorts.style = 'stateless';
  await at.addService(1, { ports: [{ id: toIds(1).port(1), name: 'eth0' }] });
  await at.addService(2, { product: 'order' });
  for (const id of [501, 502]) at.panel.addTraffic(id, { in: 200 * GB, out: 0 });
  await at.pollLater('--allow-mass');
  at.bench.clock.advance(MINUTE);
});

/** The id of the only action in doubt. */
async function doubtful(): Promise<string> {
  const [row, ...others] = await at.bench.store((store) => store.actions.unresolved());
  if (!row || others.length > 0) throw new Error(`${others.length} others in doubt`);
  return row.id;
}

it('a run names the command that ends a doubt', async () => {
  const { stdout, stderr } = await at.bench.sluice('poll');
  expect(stdout + stderr).toContain(`"sluice action resolve ${await doubtful()} --done" or --not-done`);
});

it('hold release --all names it, too, and counts the service as failed', async () => {
  const { exitCode, stdout, stderr } = await at.bench.sluice('hold release --all --yes');
  expect(exitCode).toBe(3);
  expect(stdout + stderr).toContain(`sluice action resolve ${await doubtful()} --done`);
  expect(stdout).toMatch(/2 services.*1 failed.*1 released/);
});
