import { usageError, type SluiceError } from '@sluice/panel-kind';
import { suggestion } from './suggestion.js';

/** Returns the error for an input of a call that can't be used; its details name the input. */
function badInput(input: string, value: unknown, expected: string): SluiceError {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
  return usageError('bad_input', `${input}: ${shown} is not ${expected}`, { input });
}

/**
 * Returns an instant in the one form that stored instants have, ISO 8601 in UTC with milliseconds: they are compared as texts.
 *
 * @throws SluiceError `bad_input`
 */
export function toInstant(input: string, value: string): string {
  const isOne = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(value);
  const ms = isOne ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw badInput(input, value, 'an instant such as 2026-11-20T09:30:00Z');
  return new Date(ms).toISOString();
}

/**
 * Checks a number of things; undefined stands for the default.
 *
 * @throws SluiceError `bad_input`
 */
export function checkCount(input: string, value: number | undefined, least = 1): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw badInput(input, value, least === 0 ? 'a whole number' : `a whole number from ${least} on`);
}

/**
 * Checks a word of a list; undefined stands for the default.
 *
 * @throws SluiceError `bad_input`
 */
export function checkWord(input: string, value: string | undefined, known: readonly string[]): void {
  if (value === undefined || known.includes(value)) return;
  throw badInput(input, value, `one of ${known.join(', ')}${suggestion(value, [...known])}`);
}

/**
 * Checks the range of a graph.
 *
 * @throws SluiceError `bad_input`
 */
export function checkRange(range: string): void {
  if (range === 'cycle' || (typeof range === 'string' && /^[1-9]\d{0,4}[hd]$/.test(range))) return;
  throw badInput('range', range, '"cycle" or a number of hours or days, such as 24h or 30d');
}
