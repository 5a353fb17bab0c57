import { expect, it } from '@jest/globals';
import { expectRows } from './usage.js';

it('expects the accounts of the newest list, less those that were removed since', () => {
  expect(expectRows([])).toBeNull();
  const old = { at: '2026-11-01T00:00:00.000Z', rows: 90, removed: 30 };
  const last = { at: '2026-11-20T00:00:00.000Z', rows: 10, removed: 1 };
  expect(expectRows([old, last, { ...last, removed: 2 }, old])).toBe(8);
  expect(expectRows([{ ...last, removed: 11 }])).toBe(0);
});
