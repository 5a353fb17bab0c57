import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench());

async function text(words: string): Promise<string> {
  const { stdout, stderr } = await at.bench.sluice(words);
  return stdout + stderr;
}

it('a fall of the usage is no reason to lift the quota of a service that is not held', async () => {
  await at.addService(1);
  at.use(1, 80);
  await at.poll();
  at.panel.resetTraffic(501);
  at.use(1, 20);
  const polled = await text('poll');
  expect(polled).toMatch(/notice usage dropped: svc-1: the panel shows 20 GB, .*correct it there if it is too low$/m);
  expect(polled).not.toContain('hold release');
  const below = 'svc-1 is not held: 20 GB of 100 GB (20%) are used in the cycle until 15 Dec 2026.';
  const explained = await text('explain svc-1');
  expect(explained).toContain(`${below} It is held once 100 GB are used.\n`);
  expect(explained).not.toContain('not used');
  expect(explained).toMatch(/20 GB +0 B +20 GB +less than half of an earlier one/);
  await text('hold release svc-1 --until 2026-12-01');
  expect(await text('explain svc-1')).toContain(
    `${below}\nIts limits are released until 2026-12-01: neither its quota nor another limit restricts it before.`,
  );
});

it('a fall of the usage is to be compared by an operator where the quota hold lasts', async () => {
  await at.addService(1);
  at.use(1, 150);
  await at.poll();
  at.panel.resetTraffic(501);
  at.use(1, 20);
  expect(await text('poll')).toMatch(
    /notice usage fell: .*if the lower one is right, release it with "sluice hold release svc-1 --until DATE"/,
  );
});
