import { beforeEach, describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startHiddifyBench);
let uuid: string;
beforeEach(async () => {
  uuid = await at.create(1);
  at.panel.use(uuid, 60 * GB);
  at.bench.clock.advance(HOUR);
});

const USER = 'GET /api/v2/admin/user/{uuid}/';

/** How often a poll that disables the user reads him before. */
async function readsBeforeTheChange(): Promise<number> {
  const before = at.panel.server.calls.length;
  await at.poll();
  const calls = at.panel.server.calls.slice(before);
  const change = calls.findIndex(({ changing }) => changing);
  const count = calls.slice(0, change).filter(({ endpoint }) => endpoint === USER).length;
  expect(count).toBeGreaterThan(0);
  return count;
}

describe('a change that is stopped between the decision and its call', () => {
  it('is not made once observe has returned', async () => {
    const reads = await readsBeforeTheChange();
    await at.sluice.overrides.set('svc-1', { quota: '100GB' });
    await at.poll();
    expect(at.panel.user(uuid).enable).toBe(true);
    await at.sluice.overrides.clear('svc-1');
    at.bench.clock.advance(HOUR);
    const changes = at.panel.server.changingCalls().length;
    let seen = 0;
    const report = await during(
      at.panel.server,
      ({ endpoint }) => endpoint === USER && ++seen === reads,
      () => at.poll(),
      () => at.sluice.panels.observe('vpn'),
    );
    expect(at.panel.server.changingCalls()).toHaveLength(changes);
    expect(at.panel.user(uuid).enable).toBe(true);
    expect(report.services[0]?.error).toBeNull();
    expect(report.services[0]?.actions.every(({ state }) => state === 'unneeded')).toBe(true);
    expect(report.run.observing).toEqual(['vpn']);
  });
});
