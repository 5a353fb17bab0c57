import { describe, expect, it } from '@jest/globals';
import { cycle, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('cycles', () => {
  const at = useStore();

  it('gives the newest of each service and the history of one', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2'), service('svc-3')]);
    const march = cycle('c-2');
    const april = cycle('c-1', { start: '2026-04-01T00:00:00.000Z', end: '2026-05-01T00:00:00.000Z', counter: [1] });
    const other = cycle('c-3', { service: 'svc-2', allowance: null, inBytes: null });
    await at.store.cycles.put([april, march, other]);
    expect(await at.store.cycles.newest()).toEqual([april, other]);
    expect(await at.store.cycles.newest(['svc-2', 'svc-3'])).toEqual([other]);
    expect(await at.store.cycles.newest([])).toEqual([]);
    expect(await at.store.cycles.ofService('svc-1')).toEqual([march, april]);
  });

  it('replaces a cycle of the same id', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.cycles.put([cycle('c-1')]);
    const amended = cycle('c-1', { end: '2026-04-15T00:00:00.000Z', thresholds: [80, 90] });
    await at.store.cycles.put([amended]);
    expect(await at.store.cycles.ofService('svc-1')).toEqual([amended]);
  });

  it('forgets those that are named, and no others', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.cycles.put([cycle('c-1'), cycle('c-2', { start: '2026-04-01T00:00:00.000Z' })]);
    await at.store.cycles.remove(['c-2', 'c-9']);
    await at.store.cycles.remove([]);
    expect((await at.store.cycles.ofService('svc-1')).map(({ id }) => id)).toEqual(['c-1']);
  });
});
