import { describe, expect, it } from '@jest/globals';
import { minute, notice, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('notices', () => {
  const at = useStore();

  it('writes each event once, and says which were new', async () => {
    const first = notice('n-1', { key: 'k' });
    expect(await at.store.notices.add([first, notice('n-2', { key: 'k' }), notice('n-3')])).toEqual([
      first,
      notice('n-3'),
    ]);
    expect(await at.store.notices.add([notice('n-4', { key: 'k' })])).toEqual([]);
    expect((await at.store.notices.list()).map((each) => each.id)).toEqual(['n-1', 'n-3']);
  });

  it('keeps the figures of each, and says which keys are known', async () => {
    await at.store.notices.add([notice('n-1', { key: 'k', data: { used: 5, name: 'Ü' } }), notice('n-2')]);
    expect((await at.store.notices.list()).map(({ data }) => data)).toEqual([{ used: 5, name: 'Ü' }, null]);
    expect(await at.store.notices.known(['k', 'other'])).toEqual(['k']);
  });

  it('lists by each filter', async () => {
    await at.store.notices.add([
      notice('n-1', { run: null, service: null, panel: null, at: minute(1) }),
      notice('n-2', { at: minute(2) }),
      notice('n-3', { at: minute(3), run: 'run-2' }),
    ]);
    const ids = async (filter: Parameters<typeof at.store.notices.list>[0]): Promise<string[]> =>
      (await at.store.notices.list(filter)).map((each) => each.id);
    expect(await ids({ run: 'run-2' })).toEqual(['n-3']);
    expect(await ids({ service: 'svc-1' })).toEqual(['n-2', 'n-3']);
    expect(await ids({ since: minute(2), limit: 1 })).toEqual(['n-2']);
    expect(await ids({ newestFirst: true, limit: 1 })).toEqual(['n-3']);
  });

  it('writes what an alarm says again once it has ended, and no other alarm of the service has its code', async () => {
    const { notices, alarms, services } = at.store;
    const alarm = (id: string, service = 'svc-1') => ({
      ...({ id, key: id, code: 'c', panel: 'dcim', service, message: 'm', scope: 'poll', since: minute(1) } as const),
      ...{ acknowledgedAt: null, acknowledgedBy: null, note: null },
    });
    let count = 0;
    const isNew = async (key = 'c:svc-1', code = 'c'): Promise<boolean> =>
      (await notices.add([notice(`n-${++count}`, { key, code })])).length === 1;
    await alarms.put([alarm('a-1')]);
    expect([await isNew(), await isNew(), await isNew('d', 'd')]).toEqual([true, false, true]);
    await alarms.put([alarm('a-2'), alarm('a-3', 'svc-2')]);
    await alarms.remove(['a-1', 'a-3']);
    expect(await isNew()).toBe(false);
    await alarms.remove(['a-2']);
    expect([await isNew(), await isNew(), await isNew('d', 'd')]).toEqual([true, false, false]);
    await alarms.put([alarm('a-4')]);
    await alarms.remove(['a-4']);
    expect(await isNew()).toBe(true);
    await services.put([service('svc-1')]);
    await alarms.put([alarm('a-5')]);
    await services.remove('svc-1', minute(2));
    expect([await isNew(), new Set((await notices.list()).map(({ key }) => key)).size]).toEqual([true, 5]);
  });
});
