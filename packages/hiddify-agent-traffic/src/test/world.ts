import { afterEach, beforeEach } from '@jest/globals';
import type { CallEvent, Clock } from '@sluice/panel-http';
import {
  manualClock,
  startFakeHiddify,
  type FakeHiddify,
  type FakeHiddifyOptions,
  type ManualClock,
} from '@sluice/fake-panels';
import { createHiddifyClient } from '../client/create-client.js';
import type { HiddifyClient, HiddifyClientOptions } from '../client/types.js';

export const GB = 1024 ** 3;
export const minute = 60_000;

/** A fake panel, a client of it, a clock for both that moves only when told or slept on. */
export interface World {
  fake: FakeHiddify;
  time: ManualClock;
  clock: Clock;
  client: HiddifyClient;
  events: CallEvent[];
  /** Another client of the same panel, with other credentials or behaviour. */
  clientWith(options: Partial<HiddifyClientOptions>): HiddifyClient;
  close(): Promise<void>;
}

export async function startWorld(options: FakeHiddifyOptions = {}): Promise<World> {
  const time = manualClock('2026-03-01T12:00:00.000Z');
  const clock: Clock = {
    now: time.now,
    sleep(ms) {
      time.advance(ms);
      return Promise.resolve();
    },
  };
  const fake = await startFakeHiddify({ now: time.now, ...options });
  const events: CallEvent[] = [];
  const clients: HiddifyClient[] = [];
  const clientWith = (changes: Partial<HiddifyClientOptions>): HiddifyClient => {
    const client = createHiddifyClient({
      panel: 'vpn',
      baseUrl: fake.link,
      allowHttp: true,
      clock,
      retry: { attempts: 1 },
      breaker: false,
      onCall: (event) => events.push(event),
      ...changes,
    });
    clients.push(client);
    return client;
  };
  const client = clientWith({});
  return {
    fake,
    time,
    clock,
    client,
    events,
    clientWith,
    async close() {
      for (const each of clients) each.close();
      await fake.close();
    },
  };
}

/** A world for each test of a file or group, which is closed after it. */
export function useWorld(): World {
  const world = {} as World;
  beforeEach(async () => {
    Object.assign(world, await startWorld());
  });
  afterEach(() => world.close());
  return world;
}

/** The names of the calls that the panel has seen, changing ones only when asked so. */
export function calls(fake: FakeHiddify, only: 'all' | 'changing' = 'all'): string[] {
  return (only === 'changing' ? fake.server.changingCalls() : fake.server.calls).map(({ endpoint }) => endpoint);
}
