import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench());

const UNLIMITED = 1_000_000;
let uuid = '';
const limit = (): number => at.panel.user(uuid).usageLimit / GB;

describe('a lifted user whose limit another tool had set', () => {
  beforeEach(async () => {
    uuid = at.panel.addUser({ agent: at.north, usageLimit: 30 * GB });
    await at.addProduct('more', { gb: 50 });
    await at.addService(1, { product: 'more', values: { hiddify_user_uuid: uuid } });
    await at.poll();
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await at.pollAfter(HOUR);
    expect(limit()).toBe(UNLIMITED);
  });

  it('stays lifted when a suspension of the agent ends', async () => {
    await at.sluice.panels.observe('vpn');
    await at.sluice.agents.suspend('north');
    expect(at.panel.user(uuid).enable).toBe(false);
    await at.sluice.agents.unsuspend('north');
    expect([at.panel.user(uuid).enable, limit()]).toEqual([true, UNLIMITED]);
  });

  it('stays lifted when its manual hold is released', async () => {
    await at.sluice.holds.add('svc-1');
    await at.sluice.holds.release('svc-1');
    expect([at.panel.user(uuid).enable, limit()]).toEqual([true, UNLIMITED]);
  });
});
