import { expect, it } from '@jest/globals';
import { cycleText, stateText } from './service.js';

it('says of a paid purchase that it does not count now, unless its service is in no cycle', () => {
  const cycle = { start: '2026-11-01T00:00:00.000Z', end: '2026-12-01T00:00:00.000Z' };
  const [late, counted] = [{ current: false, status: 'paid' } as const, { current: true, status: 'paid' } as const];
  expect(cycleText({ lifecycle: 'active', cycle }, late)).toBe(' (not in this cycle)');
  expect(cycleText({ lifecycle: 'active', cycle }, counted)).toBe('');
  expect(cycleText({ lifecycle: 'active', cycle }, { ...late, status: 'cancelled' })).toBe('');
  expect(cycleText({ lifecycle: 'active', cycle: null }, late)).toBe('');
  for (const lifecycle of ['terminated', 'vanished']) expect(cycleText({ lifecycle, cycle }, late)).toBe('');
});

it('says of a purchase whose invoice is open that it is to be paid, unless a former client ordered it or the service has ended', () => {
  const bought = { client: '41', status: 'pending', refund: null, invoice: '1010', invoiceUrl: null } as const;
  expect(stateText({ client: '41', lifecycle: 'active' }, bought)).toBe('pending: pay invoice 1010');
  expect(stateText({ client: '42', lifecycle: 'active' }, bought)).toBe('pending: of former client 41, not to be paid');
  expect(stateText({ client: '41', lifecycle: 'vanished' }, bought)).toBe(
    'pending: not to be paid, the service has ended',
  );
  expect(stateText({ client: '42', lifecycle: 'active' }, { ...bought, status: 'cancelled' })).toBe('cancelled');
});
