import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore, type StateStore } from '@sluice/state-store';
import { useOpened } from '../bench/each-test.js';
import { openWorld, SERVICE, SYSTEMS } from './world.js';

const { order_id, first_name, last_name, document, channels } = SERVICE;

const [world, open] = useOpened(openWorld);
let other: StateStore;
afterEach(() => other.close());

describe.each(SYSTEMS)('two installations with the same ids on the wire %s', (system) => {
  it('do not use each other’s lines', async () => {
    await open(system);
    const { fake, folder, clock } = world;
    await world.sluice.provision.create('svc-1');
    const before = fake.subscribers();
    other = await openStore({ location: path.join(folder, 'other.db'), clock });
    const sluice = await world.restart(other);
    await sluice.services.add('svc-1', {
      ...SERVICE,
      ...{ order_id: '7', first_name: 'Maria', last_name: 'Souza', document: '98765432100', channels: '9' },
    });
    const made = await sluice.provision.create('svc-1');
    expect(made).toMatchObject({ run: { outcome: 'failed' }, actions: [], service: { refs: { order_id: '7' } } });
    expect(made.service.error?.code).toBe('foreign_line');
    expect(fake.subscribers()).toEqual(before);

    // A store that was lost finds its own line.
    await sluice.services.set('svc-1', { order_id, first_name, last_name, document, channels });
    const found = await sluice.provision.create('svc-1');
    expect(found).toMatchObject({ run: { outcome: 'done' } });
    expect(found.service.refs['astbilling_subscriber_id']).toBe(before[0]?.id);
    expect(fake.subscribers()).toEqual(before);
  });
});
