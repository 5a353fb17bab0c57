import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { MINUTE } from '../bench/engine-bench.js';
import { openWorld } from './world.js';

const [world, open] = useOpened(openWorld);

/** Returns what a client, or an operator, reads of what was spent of the limit in money. */
async function readUsed(reader?: string): Promise<unknown> {
  return (await world.sluice.services.show('svc-1', { reader })).limits.map(({ used }) => used);
}

it.each([{ client: '77', status: 'pending' }, { client: '77' }, { client: '77', status: 'terminated' }])(
  'no run shows the next client of a line that is not read what the former one has spent: %p',
  async (values) => {
    await open('default');
    const { fake, sluice, clock } = world;
    await sluice.services.set('svc-1', { product: 'capped' });
    await sluice.provision.create('svc-1');
    const subscriber = fake.subscribers()[0]?.id ?? '';
    const startedAt = new Date(clock.now() - MINUTE).toISOString();
    fake.addCall({ subscriber, startedAt, talkSeconds: 30, charge: '7.7700' });
    clock.advance(15 * MINUTE);
    await sluice.poll();
    expect(await readUsed()).toEqual(['7.77']);
    await sluice.provision.terminate('svc-1');
    clock.advance(MINUTE);
    await sluice.services.set('svc-1', values);
    for (let round = 0; round < 3; round++) {
      expect(await readUsed('77')).toEqual([null]);
      clock.advance(15 * MINUTE);
      await sluice.poll();
    }
    expect([await readUsed('77'), await readUsed()]).toEqual([[null], [null]]);
  },
);
