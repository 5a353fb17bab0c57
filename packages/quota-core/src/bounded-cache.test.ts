import { describe, expect, it } from '@jest/globals';
import { BoundedCache } from './zone.js';

describe('BoundedCache', () => {
  it('drops the oldest entry when it is full', () => {
    const cache = new BoundedCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.set('c', 3);
    expect(cache.size).toBe(2);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, 2, 3]);
  });

  it('replaces an entry without dropping another', () => {
    const cache = new BoundedCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.set('a', 4);
    expect([cache.get('a'), cache.get('b'), cache.size]).toEqual([4, 2, 2]);
  });
});
