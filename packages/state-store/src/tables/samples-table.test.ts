import { describe, expect, it } from '@jest/globals';
import { minute, sample, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('samples', () => {
  const at = useStore();

  it('lists those of one service by time, cycle and number', async () => {
    await at.store.samples.add([
      sample('svc-1', minute(2)),
      sample('svc-1', minute(1), { outBytes: null }),
      sample('svc-1', minute(3), { cycle: 'cycle-2' }),
      sample('svc-2', minute(1)),
    ]);
    const times = async (filter: object): Promise<string[]> =>
      (await at.store.samples.list({ service: 'svc-1', ...filter })).map((each) => each.at);
    expect(await times({})).toEqual([minute(1), minute(2), minute(3)]);
    expect(await times({ from: minute(2) })).toEqual([minute(2), minute(3)]);
    expect(await times({ to: minute(2) })).toEqual([minute(1), minute(2)]);
    expect(await times({ cycle: 'cycle-2' })).toEqual([minute(3)]);
    expect(await times({ limit: 2 })).toEqual([minute(1), minute(2)]);
    expect(await times({ limit: 2, newestFirst: true })).toEqual([minute(3), minute(2)]);
  });

  it('gives the latest of each service', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2')]);
    await at.store.samples.add([sample('svc-1', minute(1)), sample('svc-1', minute(5)), sample('svc-2', minute(2))]);
    expect(await at.store.samples.latest()).toEqual([sample('svc-1', minute(5)), sample('svc-2', minute(2))]);
    expect(await at.store.samples.latest(['svc-2'])).toEqual([sample('svc-2', minute(2))]);
  });

  it('keeps one sample of a service at a time, the last', async () => {
    await at.store.samples.add([sample('svc-1', minute(1)), sample('svc-1', minute(1), { inBytes: 8 })]);
    await at.store.samples.add([sample('svc-1', minute(1), { inBytes: 9 })]);
    expect(await at.store.samples.list({ service: 'svc-1' })).toEqual([sample('svc-1', minute(1), { inBytes: 9 })]);
  });

  it('refuses a figure that is not a whole number', async () => {
    for (const inBytes of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      await expect(at.store.samples.add([sample('svc-1', minute(1), { inBytes })])).rejects.toMatchObject({
        code: 'store_invalid',
        row: { table: 'usage_samples', id: 'svc-1' },
      });
    }
    expect(await at.store.samples.list({ service: 'svc-1' })).toEqual([]);
  });
});
