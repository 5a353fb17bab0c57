import { checkLocalDate } from '@sluice/quota-core';
import { AgentTrafficError } from '../errors.js';

/**
 * Returns start and days of a term; the panel serves a user up to and including its last day.
 *
 * @example
 * ```ts
 * packageTerm('2026-03-01', '2026-04-01'); // { startDate: '2026-03-01', packageDays: 31 }
 * ```
 *
 * @param start local date of the panel's server, `YYYY-MM-DD`
 * @param until local date, not before `start`
 * @throws QuotaCoreError `invalid_date`; AgentTrafficError `invalid_user` when it ends before it begins
 */
export function packageTerm(start: string, until: string): { startDate: string; packageDays: number } {
  checkLocalDate(start, 'the start of the term');
  checkLocalDate(until, 'the end of the term');
  const packageDays = Math.round((Date.parse(until) - Date.parse(start)) / 86_400_000);
  if (packageDays < 0) {
    throw new AgentTrafficError('invalid_user', `The term is invalid: it ends (${until}) before it begins (${start}).`);
  }
  return { startDate: start, packageDays };
}
