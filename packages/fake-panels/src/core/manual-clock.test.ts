import { describe, expect, it } from '@jest/globals';
import { manualClock } from './manual-clock.js';

describe('a manual clock', () => {
  it('stands until it is moved', () => {
    const clock = manualClock('2026-10-15T12:00:00Z');
    const { now } = clock;
    expect(now()).toBe(Date.UTC(2026, 9, 15, 12));
    clock.advance(1500);
    expect(now()).toBe(Date.UTC(2026, 9, 15, 12, 0, 1, 500));
    clock.advance(-1500);
    clock.set(now() + 1);
    expect(now()).toBe(Date.UTC(2026, 9, 15, 12, 0, 0, 1));
    clock.set('2027-01-01T00:00:00Z');
    expect(now()).toBe(Date.UTC(2027, 0, 1));
  });
});
