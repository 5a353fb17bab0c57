import { expect, it } from '@jest/globals';
import type { StateStore } from '@sluice/state-store';
import { keepMessages } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const channel = keepMessages();
const at = useBench(() =>
  startEasyDcimBench('notify: [{ name: ops, hook: x }, { name: clients, hook: x, for: client }]', {
    channels: [channel.kind],
  }),
);

/** A store that notes which tables are read. */
function watch(store: StateStore, onRead: (name: string) => void): StateStore {
  const watched = (name: string, table: object): object =>
    new Proxy(table, {
      get: (target, key, receiver) => {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          onRead(`${name}.${String(key)}`);
          return (value as (...all: unknown[]) => unknown).apply(target, given);
        };
      },
    });
  return new Proxy(store, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value === 'function') return value.bind(target) as unknown;
      return typeof value === 'object' && value !== null ? watched(String(key), value) : value;
    },
  });
}

const WORDS = 'Service svc-1 is being restricted. 120 GB of 100 GB (120%) of traffic are used in the period ';

it('lists notices with the same reads, however many there are', async () => {
  const readsOf = async (from: number, services: number): Promise<string[]> => {
    for (let number = from; number <= services; number++) {
      await at.addService(number, { product: 'order', values: { client: String(number) } });
      at.use(number, 120);
    }
    await at.poll({ allowMass: true });
    // The notices are of the time of another client.
    for (let number = from; number <= services; number++)
      await at.sluice.services.set(`svc-${number}`, { client: '99' });
    const reads: string[] = [];
    const sluice = await at.bench.start({ store: watch(at.bench.store, (name) => reads.push(name)) });
    reads.length = 0;
    const { deliveries } = await sluice.notices.list({});
    expect(deliveries.filter(({ event, for: reader }) => event === 'hold' && reader === 'client')).toHaveLength(
      services,
    );
    return reads.sort();
  };
  const few = await readsOf(1, 1);
  expect([few, few.length <= 4]).toEqual([await readsOf(2, 6), true]);
});

it('says what was so when it was made, whatever the store knows later', async () => {
  await at.addService(1, { product: 'order', values: { client: '42', name: 'Web' } });
  channel.down = true;
  at.use(1, 120);
  await at.poll();
  await at.sluice.services.set('svc-1', { name: 'Renamed' });
  await at.sluice.overrides.set('svc-1', { quota: '500GB' });
  at.use(1, 10);
  await at.pollAfter(HOUR);
  channel.down = false;
  at.bench.clock.advance(HOUR);
  await at.sluice.notices.send();
  const held = channel.sent.filter(({ event }) => event === 'hold');
  expect(held.map(({ data }) => [data.name, data.used, data.allowed, data['reason']])).toEqual([
    ['Web', 120 * GB, 100 * GB, 'quota'],
    ['Web', 120 * GB, 100 * GB, 'quota'],
  ]);
});

it('reads notices of earlier versions, of which no figures are known', async () => {
  await at.addService(1, { product: 'order', values: { client: '42' } });
  channel.down = true;
  at.use(1, 120);
  await at.poll();
  const { store } = at.bench;
  const withoutData = (found: Awaited<ReturnType<typeof store.deliveries.list>>) =>
    found.map(({ delivery, notice }) => ({ delivery, notice: { ...notice, data: null } }));
  const { list, due } = store.deliveries;
  const deliveries = {
    ...store.deliveries,
    list: async (filter?: Parameters<typeof list>[0]) => withoutData(await list(filter)),
    due: async (filter: Parameters<typeof due>[0]) => withoutData(await due(filter)),
  };
  const earlier = new Proxy(store, {
    get: (target, key) => {
      if (key === 'deliveries') return deliveries;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const sluice = await at.bench.start({ store: earlier });
  const toClient = (await sluice.notices.list({})).deliveries.filter(({ for: reader }) => reader === 'client');
  expect(toClient.map(({ client, message }) => [client, message])).toContainEqual([
    '42',
    'Service svc-1 is being restricted.',
  ]);
  channel.down = false;
  at.bench.clock.advance(HOUR);
  await sluice.notices.send();
  const held = channel.sent.filter(({ event }) => event === 'hold');
  expect(held.map(({ data }) => [data.client, data.used, data['reason']])).toEqual([
    ['42', null, null],
    ['42', null, null],
  ]);
  // Those of today have them.
  const today = (await at.sluice.notices.list({})).deliveries.filter(({ for: reader }) => reader === 'client');
  expect(today.map(({ message }) => message)).toContainEqual(expect.stringContaining(WORDS));
});
