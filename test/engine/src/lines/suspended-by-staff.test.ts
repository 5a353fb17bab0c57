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

it.each(['before', 'after'])(
  'a release states that staff suspended a line (%s it was held), until force ends that',
  async (when) => {
    await start('magnusbilling');
    await world.sluice.provision.create('svc-1');
    const line = world.fake.subscriber(world.fake.subscribers()[0]?.id ?? '');
    if (when === 'before') line.extra.active = 4;
    await world.sluice.holds.add('svc-1');
    line.extra.active = 4;
    const { service } = await world.sluice.holds.release('svc-1');
    expect(service).toMatchObject({ error: { code: 'suspended_elsewhere' }, holds: [] });
    const says = /^svc-1 is not held, but the panel stops it: line .* was suspended by somebody else/;
    expect(await readStopped()).toMatch(says);
    await world.sluice.poll();
    expect(await readStopped()).toMatch(says);
    await world.sluice.provision.unsuspend('svc-1', { force: true });
    expect([line.extra.active, await readStopped()]).toEqual([1, undefined]);
  },
);
