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
import { AgentTrafficManager } from '../traffic/manager.js';
import { MemoryAgentTrafficStore } from '../traffic/memory-store.js';
import type { AgentTrafficManagerOptions } from '../traffic/types.js';

export const GB = 1024 ** 3;
export const minute = 60_000;

/** A fake panel, a client of it, a clock for both that moves only when told or slept on, and a store. */
export interface World {
  fake: FakeHiddify;
  time: ManualClock;
  clock: Clock;
  client: HiddifyClient;
  store: MemoryAgentTrafficStore;
  events: CallEvent[];
  /** A manager over the world's store; settings as given, no pauses. */
  manager(settings?: Partial<AgentTrafficManagerOptions>): AgentTrafficManager;
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
  const store = new MemoryAgentTrafficStore();
  return {
    fake,
    time,
    clock,
    client,
    store,
    events,
    clientWith,
    manager: (settings = {}) => new AgentTrafficManager({ client, store, clock, writePauseMs: 0, ...settings }),
    async close() {
      for (const each of clients) each.close();
      await fake.close();
    },
  };
}

/** The names of the calls that the panel has seen, changing ones only when asked so. */
export function calls(fake: FakeHiddify, only: 'all' | 'changing' = 'all'): string[] {
  return (only === 'changing' ? fake.server.changingCalls() : fake.server.calls).map(({ endpoint }) => endpoint);
}

/** Everything that a store holds, for comparison. */
export async function contentsOf(store: MemoryAgentTrafficStore): Promise<unknown> {
  return structuredClone({
    agents: await store.agents.all(),
    ledger: await store.ledger.all(),
    disabled: await store.disabled.list({}),
    reservations: await store.reservations.live(),
    snapshot: await store.snapshot.get(),
  });
}
