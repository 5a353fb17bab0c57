import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const MOST = 1_000_000;

const at = useBench(() => startHiddifyBench());

const limitOf = (user: string): number => at.panel.user(user).usageLimit / GB;

it('a lifted limit stays lifted when a suspension of its agent ends under observe', async () => {
  const user = at.panel.addUser({ agent: at.north, usageLimit: 30 * GB });
  await at.addProduct('more', { gb: 50 });
  await at.addService(1, { product: 'more', values: { hiddify_user_uuid: user } });
  await at.poll();
  await at.pollAfter(HOUR);
  at.panel.use(user, 5 * GB);
  await at.sluice.overrides.set('svc-1', { unlimited: true });
  await at.pollAfter(HOUR);
  await at.sluice.panels.observe('vpn');
  await at.sluice.agents.suspend('north');
  expect(at.panel.user(user).enable).toBe(false);
  at.bench.clock.advance(HOUR);
  await at.sluice.agents.unsuspend('north');
  await at.pollAfter(HOUR);
  expect([at.panel.user(user).enable, limitOf(user)]).toEqual([true, MOST]);
});

it('a protected service keeps no limit when its manual hold is released', async () => {
  const user = at.panel.addUser({ agent: at.north, usageLimit: 30 * GB });
  await at.addService(1, { values: { hiddify_user_uuid: user } });
  await at.poll();
  await at.sluice.services.set('svc-1', { protected_until: '2026-12-01' });
  await at.pollAfter(HOUR);
  expect(limitOf(user)).toBe(MOST);
  await at.sluice.holds.add('svc-1');
  await at.sluice.holds.release('svc-1');
  expect(limitOf(user)).toBe(MOST);
});
