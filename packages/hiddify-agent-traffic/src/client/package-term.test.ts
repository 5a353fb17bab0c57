import { describe, expect, it } from '@jest/globals';
import { packageTerm } from './package-term.js';

describe('the days of a term', () => {
  it('make the due date the last day, over leap days and changes of the clocks', () => {
    expect(packageTerm('2026-03-01', '2026-04-01')).toEqual({ startDate: '2026-03-01', packageDays: 31 });
    expect(packageTerm('2028-02-28', '2028-03-01')).toEqual({ startDate: '2028-02-28', packageDays: 2 });
    expect(packageTerm('2026-03-01', '2026-03-01').packageDays).toBe(0);
    expect(() => packageTerm('2026-03-02', '2026-03-01')).toThrow(expect.objectContaining({ code: 'invalid_user' }));
    expect(() => packageTerm('2026-02-30', '2026-03-01')).toThrow(expect.objectContaining({ code: 'invalid_date' }));
  });
});
