import { describe, expect, it } from '@jest/globals';
import { resetSince } from './counter.js';

const at = (lookedAt: string, lastResetDate: string, shown?: string | null): unknown =>
  resetSince({ mode: 'daily', lastResetDate }, lookedAt, 'UTC', shown);

describe('a reset that the panel states', () => {
  it('is certain where its day lies after the last look, and is another than that look showed', () => {
    expect(at('2026-11-19T12:00:00.000Z', '2026-11-20', '2026-11-19')).toBe('certain');
    expect(at('2026-11-19T12:00:00.000Z', '2026-11-20', null)).toBe('certain');
  });

  it('is counted once, also where the day of the panel is ahead of ours', () => {
    expect(at('2026-11-19T20:00:00.000Z', '2026-11-20', '2026-11-20')).toBe(true);
    expect(at('2026-11-20T00:10:00.000Z', '2026-11-20', '2026-11-20')).toBe(true);
    expect(at('2026-11-21T00:10:00.000Z', '2026-11-20', '2026-11-20')).toBe(false);
  });

  it('is certain only two days later where it is not known what the last look showed', () => {
    expect(at('2026-11-18T12:00:00.000Z', '2026-11-20')).toBe('certain');
    expect(at('2026-11-19T12:00:00.000Z', '2026-11-20')).toBe(true);
    expect(at('2026-11-21T12:00:00.000Z', '2026-11-20')).toBe(false);
  });

  it('is no reset of a user that is never reset', () => {
    expect(resetSince({ mode: 'no_reset', lastResetDate: '2026-11-20' }, '2026-11-18T12:00:00.000Z', 'UTC')).toBe(
      false,
    );
    expect(resetSince({ mode: 'daily', lastResetDate: null }, '2026-11-18T12:00:00.000Z', 'UTC')).toBe(false);
  });
});
