import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { HOUR, startFlvxBench } from '../../flvx-bench.js';

const at = startForEachTest(startFlvxBench);

it('a list of users that runs ignore is named with the way out where a person reads the states', async () => {
  for (const number of [1, 2, 3]) await at.create(number);
  await at.bench.sluice('poll');
  for (const id of [2, 4, 5]) at.panel.world.users.delete(id);
  at.bench.clock.advance(HOUR);
  const polled = await at.bench.sluice('poll');
  expect(polled.stdout + polled.stderr).toContain('if the list is complete, run again with --allow-mass');
  for (const words of ['panel list', 'service list', 'explain svc-1']) {
    const { stdout } = await at.bench.sluice(words);
    expect([words, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      words,
      expect.stringMatching(/No run over panel \S+ has read any usage since .*: .* --allow-mass/),
    ]);
    expect(stdout).not.toContain('has read, held or released anything');
  }
  expect((await at.bench.sluice('service show svc-1')).stdout).toContain('runs on its panel fail since');
  expect((await at.bench.sluice('poll --allow-mass')).exitCode).toBe(3);
  expect((await at.bench.sluice('panel list')).stdout).not.toContain('No run over panel');
});
