import { describe, expect, it } from '@jest/globals';
import { useBench, useOpened } from '../bench/each-test.js';
import { DAY, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { openWorld } from '../lines/world.js';

describe('a line without a cycle that its panel stops', () => {
  const [world, start] = useOpened(openWorld);
  const listStopped = async (): Promise<string[]> =>
    (await world.sluice.notices.alarms({})).alarms
      .filter(({ code }) => code === 'stopped_by_panel')
      .map(({ id }) => id);

  it('is reported again weeks after it was served again', async () => {
    await start('magnusbilling');
    await world.sluice.services.set('svc-1', { product: 'capped' });
    await world.sluice.provision.create('svc-1');
    const id = world.fake.subscribers()[0]?.id ?? '';
    await world.sluice.poll();
    const said: number[] = [];
    const alarms: string[] = [];
    for (const days of [0, 20, 40]) {
      world.clock.advance(days * DAY);
      world.fake.subscriber(id).status = 'suspended';
      await world.sluice.reconcile();
      await world.sluice.reconcile();
      alarms.push(...(await listStopped()));
      said.push((await world.store.notices.list({})).filter(({ code }) => code === 'stopped_by_panel').length);
      world.fake.subscriber(id).status = 'active';
      await world.sluice.reconcile();
      expect(await listStopped()).toEqual([]);
    }
    expect({ said, alarms: new Set(alarms).size }).toEqual({ said: [1, 2, 3], alarms: 3 });
  });
});

describe('a service that its panel stops', () => {
  const at = useBench(startHiddifyBench);
  const countSaid = async (): Promise<number> =>
    (await at.bench.store.notices.list({ service: 'svc-1' })).filter(({ code }) => code === 'stopped_by_panel').length;

  it('is reported again in the same cycle, once each time', async () => {
    const uuid = await at.create(1);
    const said: number[] = [];
    for (let time = 0; time < 2; time++) {
      await at.pollAfter(HOUR);
      at.panel.disable(uuid);
      for (let polls = 0; polls < 2; polls++) {
        await at.pollAfter(HOUR);
        said.push(await countSaid());
      }
      at.panel.changeUser(uuid, { enable: true });
    }
    expect(said).toEqual([1, 1, 2, 2]);
  });
});
