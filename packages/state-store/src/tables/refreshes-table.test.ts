import { describe, expect, it } from '@jest/globals';
import type { RefreshRecord } from '../run-records.js';
import { minute } from '../test/records.js';
import { expectRefused, useStore } from '../test/use-store.js';

function refresh(id: string, change: Partial<RefreshRecord> = {}): RefreshRecord {
  return {
    id,
    run: 'run-1',
    panel: 'relay',
    startedAt: minute(0),
    finishedAt: null,
    targets: 3,
    calls: 0,
    failed: 0,
    away: ['jp'],
    error: null,
    state: null,
    ...change,
  };
}

describe('refreshes', () => {
  const at = useStore();

  it('start, finish and are listed, newest first', async () => {
    await at.store.refreshes.start(refresh('ref-1'));
    await at.store.refreshes.start(refresh('ref-2', { startedAt: minute(1) }));
    const change = { finishedAt: minute(2), calls: 1, failed: 0, error: null, state: { a: 1 } };
    await at.store.refreshes.finish('ref-1', 'relay', change);
    expect((await at.store.refreshes.list()).map(({ id }) => id)).toEqual(['ref-2', 'ref-1']);
    expect(await at.store.refreshes.list({ since: minute(1) })).toEqual([refresh('ref-2', { startedAt: minute(1) })]);
    expect((await at.store.refreshes.page({ limit: 1 })).records).toEqual([refresh('ref-1', change)]);
    await expectRefused(at.store.refreshes.finish('ref-9', 'relay', change), 'store_not_found');
  });

  it('keep the state of the newest of each panel', async () => {
    const change = { finishedAt: minute(2), calls: 1, failed: 0, error: null };
    for (const [index, panel] of ['relay', 'relay', 'other'].entries()) {
      await at.store.refreshes.start(refresh(`ref-${index}`, { panel, startedAt: minute(index) }));
      await at.store.refreshes.finish(`ref-${index}`, panel, { ...change, state: { index } });
    }
    expect(await at.store.refreshes.state('relay')).toEqual({ index: 1 });
    expect(await at.store.refreshes.state('other')).toEqual({ index: 2 });
    expect(await at.store.refreshes.state('nowhere')).toBeNull();
    expect((await at.store.refreshes.list()).map(({ state }) => state)).toEqual([{ index: 2 }, { index: 1 }, null]);
  });
});
