import { beforeEach, expect, it } from '@jest/globals';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { intercept } from '../bench/intercept.js';
import { done, failure } from '../bench/outcomes.js';
import { useBench } from '../bench/each-test.js';

/** Past the end of a lease that nobody renews. */
const LATER = 70_000;
const ids = toIds(1);
const PARTS = { isAlive: () => true };

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { product: 'both' });
  await done(at.poll());
  at.use(1, 200);
});

it('a run that is stopped in a change and goes on when another has its lease changes nothing any more', async () => {
  const { bench, panel } = at;
  let stopped: Promise<void> | null = null;
  let goOn = (): void => undefined;
  const first = await bench.restart({ ...PARTS, store: intercept(bench.store, () => stopped) });
  const called = new Promise<void>((resolve) => {
    const ignore = panel.server.onCall((call) => {
      if (!call.changing) return;
      stopped = new Promise((go) => (goOn = go));
      ignore();
      resolve();
    });
  });
  const zombie = failure(first.poll());
  await called;

  await bench.restart(PARTS);
  expect(await failure(at.poll())).toMatchObject({ as: 'busy', code: 'lease_held' });
  bench.clock.advance(LATER);
  await done(at.poll());
  expect([panel.order(ids.order).status, panel.port(ids.port(1)).adminState]).toEqual(['suspended', 'down']);
  panel.staffEnablePort(ids.port(1));
  panel.staffUnsuspendOrder(ids.order);
  const left = panel.snapshot();
  const { changing } = panel.server.totals;

  goOn();
  expect(await zombie).toMatchObject({ as: 'busy', code: 'lease_lost' });
  expect(panel.server.totals.changing).toBe(changing);
  expect(panel.snapshot()).toEqual(left);

  bench.clock.advance(LATER);
  await done(at.poll());
  expect((await bench.store.maintenance.check()).filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(await bench.store.actions.unresolved()).toEqual([]);
  expect(panel.server.failures).toEqual([]);
});
