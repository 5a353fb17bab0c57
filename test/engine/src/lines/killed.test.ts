import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { killable, Killed, openWorld } from './world.js';

const [world, open] = useOpened(openWorld);

it.each(['default', 'magnusbilling'] as const)(
  'a creation that was killed at any write is finished by one repeat, on the wire %s',
  async (wire) => {
    for (let at = 1, ends = false; !ends; at += 1) {
      await open(wire);
      const { fake, store, clock, folder } = world;
      const passwordFile = path.join(folder, 'secret');
      const killed = { at, is: false };
      const first = await world.restart(killable(store, killed));
      await first.provision.create('svc-1', { passwordFile }).catch((error: unknown) => {
        if (!(error instanceof Killed) && !killed.is) throw error;
      });
      ends = !killed.is;
      clock.advance(60_000);
      const repeat = await (await world.restart()).provision.create('svc-1', { passwordFile });
      expect([at, repeat.run.outcome, repeat.service.error?.code]).toEqual([at, 'done', undefined]);
      expect(fake.subscribers()).toMatchObject([{ password: readFileSync(passwordFile, 'utf8').trim() }]);
      if (!ends) await world.close();
    }
  },
);

it.each(['default', 'magnusbilling'] as const)(
  'a creation that was killed at any write and whose password is only shown is not done with an unknown one, on the wire %s',
  async (wire) => {
    for (let at = 1, ends = false; !ends; at += 1) {
      await open(wire);
      const { fake, store, clock } = world;
      const killed = { at, is: false };
      const first = await world.restart(killable(store, killed));
      const done = await first.provision.create('svc-1').catch((error: unknown) => {
        if (!(error instanceof Killed) && !killed.is) throw error;
        return null;
      });
      ends = !killed.is;
      clock.advance(60_000);
      // All was done, and only the answer was lost: the password can be changed.
      const isDone = done === null && fake.subscribers().length > 0 && (await store.actions.unresolved()).length === 0;
      const repeat = await (await world.restart()).provision.create('svc-1');
      const shown = (repeat.credentials ?? done?.credentials)?.password;
      const isKnown = fake.subscribers()[0]?.password === shown;
      const { code } = repeat.service.error ?? {};
      const expected = isDone
        ? [false, undefined]
        : wire === 'default' || isKnown
          ? [true, undefined]
          : [false, 'password_unknown'];
      expect([at, isKnown, code]).toEqual([at, ...expected]);
      if (!ends) await world.close();
    }
  },
);
