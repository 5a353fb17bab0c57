import { beforeEach, describe, expect, it } from '@jest/globals';
import { toIds } from '../bench/easydcim-bench.js';
import { GB } from '../bench/engine-bench.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { startSelling } from './selling.js';

const at = useBench(startSelling);
beforeEach(() => {
  at.panel.server.clearCalls();
});

const changing = (): unknown[] => at.panel.server.changingCalls();
const isUp = (): boolean => at.panel.port(toIds(1).port(1)).adminState === 'up';

describe('a purchase', () => {
  it.each(['panel', 'product'])('changes nothing on a %s under observe, and says so', async (what) => {
    if (what === 'panel') await at.sluice.panels.observe('dcim');
    else await at.bench.edit('packages: [extra] }', 'packages: [extra], enforce: observe }');
    const { purchase, stillHeld, releasing, error } = await at.sluice.purchases.create('svc-1', 'extra');
    expect(changing()).toEqual([]);
    expect(isUp()).toBe(false);
    expect([purchase.status, stillHeld, releasing, error?.code]).toEqual(['paid', ['quota'], [], 'under_observe']);
    expect(await at.sluice.services.show('svc-1')).toMatchObject({
      status: 'held',
      holds: [{ reason: 'quota' }],
      allowance: { allowedBytes: 200 * GB },
    });
    await at.poll();
    expect(changing()).toEqual([]);
    if (what === 'panel') await at.sluice.panels.enforce('dcim');
    else await at.bench.edit(', enforce: observe }', ' }');
    await pollLater(at);
    expect(isUp()).toBe(true);
  });
});

describe('what an operator names', () => {
  it('is carried out under observe', async () => {
    await at.sluice.panels.observe('dcim');
    await at.sluice.holds.release('svc-1', { until: '2026-12-01' });
    expect(isUp()).toBe(true);
  });
});
