import { describe, expect, it } from '@jest/globals';
import type { NextReadingRecord } from '../reading-records.js';
import { hold, minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

const opened = useStore();

const row = (id: string, change: Partial<NextReadingRecord> = {}): NextReadingRecord => ({
  ...{ panel: 'dcim', service: id, dueAt: minute(9), reason: 'limit', details: { about: 'quota' }, at: minute(1) },
  ...{ basis: 'b', spread: 5, rate: null, version: 0, ...change },
});

async function due(now = minute(5), basis = 'b'): Promise<string[]> {
  const found = await opened.store.nextReadings.due({ panel: 'dcim', now, basis });
  return found.map(({ service: id }) => id);
}

describe('next readings', () => {
  it('are due by their time, where none is planned, and where they were planned otherwise', async () => {
    const { services, nextReadings } = opened.store;
    await services.put(['a', 'b', 'c'].map((id) => service(id, { panel: 'dcim' })));
    await services.put([service('x', { panel: 'other' })]);
    expect(await due()).toEqual(['a', 'b', 'c']);
    await nextReadings.put([row('a', { dueAt: minute(4) }), row('b'), row('c', { dueAt: minute(3) })]);
    expect(await due()).toEqual(['c', 'a']);
    expect(await due(minute(9))).toEqual(['c', 'a', 'b']);
    expect(await due(minute(2), 'other')).toEqual(['c', 'a', 'b']);
    // By a clock that was set back.
    expect(await due(minute(0))).toEqual(['c', 'a', 'b']);
    expect(await nextReadings.first('dcim')).toMatchObject({ service: 'c', details: { about: 'quota' } });
    await nextReadings.clear('dcim');
    expect(await nextReadings.first('dcim')).toBeNull();
  });

  it('are due at once where something about their service changes, and those of the lists of its panel', async () => {
    const { services, nextReadings, overrides, holds } = opened.store;
    const list = async (): Promise<string[]> =>
      (await nextReadings.list({ panel: 'dcim', services: ['', 'a', 'b'] })).map(({ dueAt }) => dueAt);
    await services.put(['a', 'b'].map((id) => service(id, { panel: 'dcim' })));
    const plan = async (): Promise<void> => {
      await nextReadings.clear('dcim');
      await nextReadings.put([row(''), row('a'), row('b')]);
      expect(await list()).toEqual([minute(9), minute(9), minute(9)]);
    };
    await plan();
    await services.update([{ id: 'a', protectedUntil: '2027-01-01', updatedAt: minute(2) }]);
    expect(await list()).toEqual(['', '', minute(9)]);
    await plan();
    await overrides.end('b', minute(2));
    expect(await list()).toEqual(['', minute(9), '']);
    await plan();
    const held = hold('h', { service: 'a' });
    await holds.add(held);
    expect(await list()).toEqual(['', '', minute(9)]);
    await plan();
    await holds.end('h', minute(3));
    expect(await list()).toEqual(['', '', minute(9)]);
    await plan();
    await nextReadings.change({ panel: 'dcim', service: 'b' });
    expect(await list()).toEqual(['', minute(9), '']);
    await plan();
    await nextReadings.change({ panel: 'other', service: null });
    expect(await list()).toEqual([minute(9), minute(9), minute(9)]);
    await nextReadings.change({ panel: 'dcim', service: null });
    expect(await list()).toEqual(['', '', '']);
  });

  it('are not replaced by what was computed before a change', async () => {
    const { services, nextReadings } = opened.store;
    await services.put([service('a', { panel: 'dcim' })]);
    await nextReadings.put([row('a')]);
    const [known] = await nextReadings.list({ panel: 'dcim', services: ['a'] });
    await services.update([{ id: 'a', protectedUntil: '2027-01-01', updatedAt: minute(2) }]);
    await nextReadings.put([{ ...row('a'), version: known?.version ?? 0 }]);
    const [now] = await nextReadings.list({ panel: 'dcim', services: ['a'] });
    expect(now?.dueAt).toBe('');
    await nextReadings.put([{ ...row('a'), version: now?.version ?? 0 }]);
    expect(await due()).toEqual([]);
  });

  it('end with their service, and follow it to another panel', async () => {
    const { services, nextReadings } = opened.store;
    await services.put([service('a', { panel: 'dcim' })]);
    await nextReadings.put([row('a')]);
    await services.update([{ id: 'a', panel: 'other', updatedAt: minute(2) }]);
    const other = await nextReadings.due({ panel: 'other', now: minute(5), basis: 'b' });
    expect(other).toEqual([{ service: 'a', row: null }]);
    await services.remove('a', minute(5));
    expect(await nextReadings.list({ panel: 'dcim', services: ['a'] })).toEqual([]);
  });
});
