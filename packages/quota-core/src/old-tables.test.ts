import { expect, it } from '@jest/globals';
import { type BilledService, isPaidUp } from './old-tables.js';

const TODAY = '2026-11-30';

it.each<[BilledService['status'], string | null, string | null, boolean]>([
  ['active', 'Monthly', '2026-12-15', true],
  ['active', 'Monthly', '2026-11-30', true],
  ['active', 'Monthly', '2026-11-29', false],
  ['active', 'Annually', '2027-01-01', true],
  ['active', 'Annually', '2025-12-31', false],
  ['active', null, null, true],
  ['active', null, '2026-11-29', false],
  ['active', 'Monthly', null, false],
  ['suspended', 'Monthly', '2026-12-15', false],
  ['pending', 'Monthly', '2026-12-15', false],
  ['pending', null, null, false],
  ['terminated', null, null, false],
  [null, 'Monthly', '2026-12-15', false],
])('%s, cycle %s, due on %s: paid is %s', (status, billingCycle, nextDueDate, paid) => {
  expect(isPaidUp({ status, billingCycle, nextDueDate }, TODAY)).toBe(paid);
});
