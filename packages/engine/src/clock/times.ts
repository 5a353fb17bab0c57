import { checkLocalDate, zonedMidnight } from '@sluice/quota-core';
import { usageError } from '@sluice/panel-kind';

/** Parses an instant or a local date (its midnight in `timeZone`), and returns ISO UTC. */
export function parseTime(text: string, timeZone: string, option: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    try {
      return zonedMidnight(checkLocalDate(text, option), timeZone);
    } catch (error) {
      throw usageError('bad_option', `${option}: ${(error as Error).message}`);
    }
  }
  const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw usageError(
      'bad_option',
      `${option}: "${text}" is neither a date (2026-11-20) nor an instant (2026-11-20T09:30:00Z)`,
    );
  }
  return new Date(instant).toISOString();
}
