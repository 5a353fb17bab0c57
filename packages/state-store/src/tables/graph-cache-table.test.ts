import { describe, expect, it } from '@jest/globals';
import type { GraphCacheRecord } from '../records.js';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('the graph cache', () => {
  const at = useStore();
  const graph = (key: string, from: number, to: number): GraphCacheRecord => ({
    key,
    service: 'svc-1',
    at: minute(from),
    expiresAt: minute(to),
    body: '{"kind":"csv","text":"a"}',
  });

  it('gives a graph until it expires', async () => {
    await at.store.graphCache.put(graph('k', 0, 30));
    expect(await at.store.graphCache.get('k', minute(29))).toEqual(graph('k', 0, 30));
    expect(await at.store.graphCache.get('k', minute(30))).toBeNull();
    expect(await at.store.graphCache.get('other', minute(0))).toBeNull();
  });

  it('keeps one of each key, and none that has expired', async () => {
    await at.store.graphCache.put(graph('old', 0, 30));
    await at.store.graphCache.put(graph('k', 10, 40));
    await at.store.graphCache.put({ ...graph('k', 30, 60), body: 'new' });
    expect((await at.store.graphCache.get('k', minute(31)))?.body).toBe('new');
    // A clock that was set back does not bring it back either.
    expect(await at.store.graphCache.get('old', minute(5))).toBeNull();
  });
});
