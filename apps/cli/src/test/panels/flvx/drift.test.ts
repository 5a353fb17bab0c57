import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../../each-test.js';
import { startFlvxBench } from '../../flvx-bench.js';

it('plan prints a difference with times as people read them', async () => {
  const at = closeAfterTest(await startFlvxBench());
  const user = await at.create(1);
  at.panel.world.users.get(user)!.expTime = 1_900_000_000_000;
  const { stdout } = await at.bench.sluice('plan');
  expect(stdout).toContain('expiry 17 Mar 2030 17:46 should be 15 Dec 2026 00:00');
});
