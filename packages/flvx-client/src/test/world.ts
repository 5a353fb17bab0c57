import { afterEach, beforeEach } from '@jest/globals';
import { startFakeFlvx, type FakeFlvx, type Fault } from '@sluice/fake-panels';
import type { Clock } from '@sluice/panel-http';
import type { FlvxClient, FlvxOptions } from '../client/client.js';
import { createFlvxClient } from '../client/create-flvx-client.js';
import { epochMs, gigabytes } from '../client/records.js';

export const GB = 2 ** 30;
export const start = Date.UTC(2026, 10, 20, 9);
export const day = 86_400_000;

/** A fake panel and a client of it on one clock that only moves when somebody waits. */
export interface World {
  flvx: FakeFlvx;
  client: FlvxClient;
  clock: Clock & { at: number; slept: number[] };
  connect(options?: Partial<FlvxOptions>): FlvxClient;
  close(): Promise<void>;
}

export async function startWorld(options: Partial<FlvxOptions> = {}): Promise<World> {
  const clock = {
    at: start,
    slept: [] as number[],
    now: () => clock.at,
    sleep: (ms: number): Promise<void> => {
      clock.slept.push(ms);
      clock.at += ms;
      return Promise.resolve();
    },
  };
  const flvx = await startFakeFlvx({ now: () => clock.at, onWait: (ms) => (clock.at += ms) });
  const clients: FlvxClient[] = [];
  const connect = ({ token, username, password, ...more }: Partial<FlvxOptions> = {}): FlvxClient => {
    const client = createFlvxClient({
      panel: 'relay',
      baseUrl: flvx.url,
      allowHttp: true,
      ...(token === undefined ? { username: username ?? 'admin_user', password: password ?? 'admin_user' } : { token }),
      timeouts: { writeMs: 1_000, readMs: 2_000 },
      breaker: false,
      clock,
      ...more,
    });
    clients.push(client);
    return client;
  };
  return {
    flvx,
    client: connect(options),
    clock,
    connect,
    async close() {
      for (const client of clients) client.close();
      await flvx.close();
    },
  };
}

/** A world for each test of a file, prepared and in the end closed. */
export function useWorld(prepare: (flvx: FakeFlvx) => void = () => undefined): World {
  const world = {} as World;
  beforeEach(async () => {
    Object.assign(world, await startWorld());
    prepare(world.flvx);
  });
  afterEach(() => world.close());
  return world;
}

/** An answer of the panel itself, in place of the right one. */
export const toAnswer = (code: number, msg: string): Fault => ({ kind: 'body', body: { code, msg, ts: start } });

/** What the tests' product grants. */
export const product = {
  quota: gigabytes(100),
  maxForwards: 10,
  expiresAt: epochMs(start + 30 * day),
  resetDay: 0,
};

/** A name as it would be made. */
export const name = 'sl-k3v9w2x7';
export const password = 'Unguessable-1';
