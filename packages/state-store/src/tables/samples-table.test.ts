import { describe, expect, it } from '@jest/globals';
import { minute, sample } from '../test/records.js';
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

  it('returns the last of each part of a time, and reads no others', async () => {
    const long = Array.from({ length: 20_000 }, (_, n) => sample('svc-1', minute(n), { cycle: 'c-1', totalBytes: n }));
    await at.store.samples.add([
      ...long,
      sample('svc-1', minute(20_000), { cycle: 'c-2' }),
      sample('svc-2', minute(7)),
    ]);
    const spread = async (filter: object): Promise<(string | undefined)[]> => {
      const whole = { service: 'svc-1', from: minute(0), to: minute(19_999), parts: 4, ...filter };
      return (await at.store.samples.spread(whole)).map((each) => each.at);
    };
    const quarters = [4999, 9999, 14_999, 19_999].map(minute);
    expect(await spread({})).toEqual(quarters);
    expect(await spread({ to: minute(20_000), cycle: 'c-1' })).toEqual([4999, 10_000, 15_000, 19_999].map(minute));
    expect(await spread({ from: minute(19_998), to: minute(30_000), parts: 100 })).toEqual([minute(20_000)]);
    expect(await spread({ from: minute(-9), to: minute(-1) })).toEqual([]);
    expect(await spread({ from: minute(3), to: minute(5), parts: 50 })).toEqual([3, 4, 5].map(minute));
    expect(await spread({ service: 'svc-9' })).toEqual([]);
  });

  it('returns a sample that was confirmed all along at both ends of a time', async () => {
    const confirm = (
      at: number,
      names: { unchanged?: string[]; written?: { service: string; at: string }[] },
    ): Promise<void> =>
      store.confirmations.confirm({
        ...{ panel: 'relay', run: 'run-1', at: minute(at), readAt: minute(at), unchanged: [], written: [] },
        ...names,
      });
    const { store } = at;
    await store.samples.add([sample('svc-1', minute(1), { totalBytes: 5 })]);
    await confirm(1, { written: [{ service: 'svc-1', at: minute(1) }] });
    for (let n = 2; n < 20; n++) await confirm(n, { unchanged: ['svc-1'] });
    const times = async (from: number, to: number, parts = 10): Promise<string[]> =>
      (await store.samples.spread({ service: 'svc-1', from: minute(from), to: minute(to), parts })).map(
        (one) => one.at,
      );
    expect(await times(1, 30)).toEqual([1, 2, 19].map(minute));
    expect(await times(6, 30)).toEqual([6, 19].map(minute));
    expect(await times(6, 9)).toEqual([6, 9].map(minute));
    await store.samples.add([sample('svc-1', minute(20), { totalBytes: 6 })]);
    expect(await times(6, 30, 100)).toEqual([6, 19, 20].map(minute));
    expect(await times(6, 30, 1)).toEqual([6, 20].map(minute));
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
