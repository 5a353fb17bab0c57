import { describe, expect, it } from '@jest/globals';
import { parseRetryAfter, retryDelay, type RetryQuestion } from './retry-delay.js';

const policy = { attempts: 4, baseDelayMs: 100, maxDelayMs: 1_000, maxRetryAfterMs: 30_000 };
const question: RetryQuestion = {
  code: 'PANEL_SERVER_ERROR',
  status: 500,
  retryAfterMs: null,
  attempt: 1,
  transient: false,
};
const half = (): number => 0.5;

describe('retryDelay', () => {
  it('doubles from attempt to attempt and stops at the maximum', () => {
    const never = { ...policy, attempts: 99 };
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => retryDelay({ ...question, attempt }, never, () => 1));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('spreads each wait over its upper half', () => {
    expect(retryDelay(question, policy, () => 0)).toBe(50);
    expect(retryDelay(question, policy, half)).toBe(75);
  });

  it('ends with the number of attempts', () => {
    expect(retryDelay({ ...question, attempt: 3 }, policy, half)).not.toBeNull();
    expect(retryDelay({ ...question, attempt: 4 }, policy, half)).toBeNull();
  });

  it('waits as long as the panel asks, never shorter', () => {
    expect(retryDelay({ ...question, code: 'PANEL_RATE_LIMITED', retryAfterMs: 2_000 }, policy, () => 0)).toBe(2_000);
    expect(retryDelay({ ...question, code: 'PANEL_RATE_LIMITED', retryAfterMs: 2_000 }, policy, half)).toBe(2_050);
  });

  it('does not wait longer than it may', () => {
    expect(retryDelay({ ...question, code: 'PANEL_RATE_LIMITED', retryAfterMs: 30_001 }, policy, half)).toBeNull();
  });

  it.each(['PANEL_UNREACHABLE', 'PANEL_TIMEOUT', 'PANEL_RATE_LIMITED', 'PANEL_SERVER_ERROR'] as const)(
    'repeats %s',
    (code) => {
      expect(retryDelay({ ...question, code, status: null }, policy, half)).toBe(75);
    },
  );

  it.each([
    'PANEL_AUTH',
    'PANEL_FORBIDDEN',
    'PANEL_NOT_FOUND',
    'PANEL_REJECTED',
    'PANEL_UNREADABLE',
    'PANEL_CIRCUIT_OPEN',
  ] as const)('does not repeat %s', (code) => {
    expect(retryDelay({ ...question, code }, policy, half)).toBeNull();
  });

  it('repeats what was marked as passing', () => {
    expect(retryDelay({ ...question, code: 'PANEL_UNREADABLE', transient: true }, policy, half)).toBe(75);
  });

  it('does not repeat what the server does not implement', () => {
    expect(retryDelay({ ...question, status: 501 }, policy, half)).toBeNull();
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-11-01T12:00:00Z');

  it.each([
    ['30', 30_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['Sun, 01 Nov 2026 12:00:10 GMT', 10_000],
    ['Sun, 01 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['', null],
    [undefined, null],
  ])('reads %s as %s', (text, ms) => {
    expect(parseRetryAfter(text, now)).toBe(ms);
  });
});
