import { expect, it } from '@jest/globals';
import { isWithheld } from './used.js';

it.each([
  [true, null, 'billing', true],
  [true, null, 'quota', true],
  [false, { until: '2026-12-01', note: null }, 'quota', true],
  [false, { until: '2026-12-01', note: null }, 'fair-use', true],
  [false, { until: '2026-12-01', note: null }, 'billing', false],
  [false, { until: '2026-12-01', note: null }, 'agent-limit', false],
  [false, null, 'quota', false],
])('with protected %s and released %j, a hold for %s is withheld: %s', (isProtected, released, reason, expected) => {
  expect(isWithheld({ service: { protected: isProtected }, released }, reason)).toBe(expected);
});
