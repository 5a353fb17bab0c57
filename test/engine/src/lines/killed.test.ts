import { afterEach, expect, it } from '@jest/globals';
import { killable, Killed, openWorld, type World } from './world.js';

let world: World;
afterEach(() => world.close());

it.each(['default', 'magnusbilling'] as const)(
  'a creation that was killed at any write is finished by one repeat, on the wire %s',
  async (wire) => {
    for (let at = 1, ends = false; !ends; at += 1) {
      world = await openWorld(wire);
      const { fake, store, clock } = world;
      const killed = { at, is: false };
      const first = await world.restart(killable(store, killed));
      await first.provision.create('svc-1').catch((error: unknown) => {
        if (!(error instanceof Killed) && !killed.is) throw error;
      });
      ends = !killed.is;
      clock.advance(60_000);
      const repeat = await (await world.restart()).provision.create('svc-1');
      expect([at, repeat.run.outcome, repeat.service.error?.code]).toEqual([at, 'done', undefined]);
      expect(fake.subscribers()).toHaveLength(1);
      if (!ends) await world.close();
    }
  },
);
