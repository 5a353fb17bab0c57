import { expect, it } from '@jest/globals';
import { openForEachTest } from '../bench/each-test.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { GB } from '../bench/engine-bench.js';

const at = openForEachTest(() => startHiddifyBench({ more: 'poll: { interval: 15m }' }));

it('a jump of the users of an agent is confirmed by a check a minute or more later, not by one at once', async () => {
  const user = at.panel.addUser({ agent: at.north, usageLimit: 100 * GB });
  at.panel.use(user, 10 * GB);
  await at.check();
  await at.bench.sluice.agents.limit('north', {
    panel: 'vpn',
    limitBytes: 50 * GB,
    opening: undefined,
    dryRun: false,
    confirm: () => Promise.resolve(),
  });
  await at.check();
  at.panel.use(user, 60 * GB);
  const { agents: first } = await at.check();
  expect(first).toMatchObject([{ rule: 'doubted' }]);
  at.bench.clock.advance(2000);
  const { agents } = await at.bench.sluice.agents.check();
  expect(agents).toMatchObject([{ rule: 'doubted', doubted: { at: first[0]?.doubted?.at } }]);
  expect(at.panel.user(user).enable).toBe(true);
  expect((await at.check()).agents).toMatchObject([{ exceeded: true, heldSince: expect.any(String) }]);
});
