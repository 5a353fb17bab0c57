import { describe, expect, it } from '@jest/globals';
import { toSearched, toSearchText } from './search-text.js';

describe('the text of a row', () => {
  it('has the numbers that are written with signs also without, and nothing twice', () => {
    expect(toSearchText(['svc-1', 'vps', null, 'VPS', '', '+98 21 1234 5678'])).toBe(
      'svc-1\nvps\n+98 21 1234 5678\n982112345678',
    );
  });

  it.each(['02112345678', '0098-21-12345678', '(021) 1234', '۰۲۱ ۱۲۳۴', '+98 21'])('is found by %s', (search) => {
    const text = toSearchText(['svc-1', '+98 21 1234 5678']);
    expect(toSearched(search).some((part) => text.includes(part))).toBe(true);
  });

  it('is not found by other numbers', () => {
    const text = toSearchText(['svc-1', '+98 21 1234 5678', '12-34']);
    for (const search of ['1234-9', '12 34 5 9', '1234 svc'])
      expect(toSearched(search).some((part) => text.includes(part))).toBe(false);
    expect(toSearched('\u200C')).toEqual([]);
  });
});
