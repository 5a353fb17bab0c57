import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { openWorld } from './world.js';

const [world, start] = useOpened(openWorld);
const readStopped = async () => (await world.sluice.services.show('svc-1')).stoppedByPanel?.message;

it.each(['poll', 'reconcile'] as const)(
  'a line that staff suspends on the panel is reported, until a %s finds it active again',
  async (next) => {
    await start('magnusbilling');
    await world.sluice.services.set('svc-1', { product: 'capped' });
    await world.sluice.provision.create('svc-1');
    const id = world.fake.subscribers()[0]?.id ?? '';
    await world.sluice.poll();
    world.fake.subscriber(id).status = 'suspended';
    const { notices } = await world.sluice.reconcile();
    expect(notices.map(({ code }) => code)).toContain('stopped_by_panel');
    expect(await readStopped()).toMatch(
      /^svc-1 is not held, but the panel stops it: line .* was suspended by somebody else/,
    );
    world.fake.subscriber(id).status = 'active';
    await world.sluice[next]();
    expect(await readStopped()).toBeUndefined();
  },
);
