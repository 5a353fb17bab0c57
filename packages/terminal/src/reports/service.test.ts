import { expect, it } from '@jest/globals';
import { cycleText } from './service.js';

it('says of a paid purchase that it does not count now, unless its service has ended', () => {
  const [late, counted] = [{ current: false, status: 'paid' } as const, { current: true, status: 'paid' } as const];
  expect(cycleText({ lifecycle: 'active' }, late)).toBe(' (not in this cycle)');
  expect(cycleText({ lifecycle: 'active' }, counted)).toBe('');
  expect(cycleText({ lifecycle: 'active' }, { ...late, status: 'cancelled' })).toBe('');
  for (const lifecycle of ['terminated', 'vanished']) expect(cycleText({ lifecycle }, late)).toBe('');
});
