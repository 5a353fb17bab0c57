import type { Input } from '@sluice/contract';
import { usageError, type SluiceError } from '@sluice/panel-kind';
import * as z from 'zod/mini';
import { suggestion } from './suggestion.js';

type Issue = z.core.$ZodRawIssue | z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  null: 'null',
  undefined: 'absent, as it has to be beside the other keys',
};

const COMPOSED = new Set(['object', 'record', 'array', 'tuple']);

/**
 * Checks the arguments of a method by what it accepts.
 *
 * @throws SluiceError `bad_input` that names the first argument, or key of one, that can't be used
 */
export function checkInput({ names, args }: Input, given: readonly unknown[]): void {
  const values = names.map((_, index) => given[index]);
  const { error } = z.safeParse(args, values);
  for (const issue of error?.issues ?? []) {
    const wrong = toError(issue, names, values);
    if (wrong !== null) throw wrong;
  }
}

/** Returns null where nothing is wrong: a key that is undefined is one that is absent. */
function toError(issue: Issue, names: readonly string[], values: readonly unknown[]): SluiceError | null {
  const [argument, ...keys] = issue.path ?? [];
  const path = keys.filter((key) => typeof key === 'string');
  const name = names[Number(argument)] ?? '';
  const input = path.length === 0 ? name : path.join('.');
  const value = (issue.path ?? []).reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)[key], values);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys.find((one) => (value as Record<string, unknown>)[one] !== undefined);
    return key === undefined
      ? null
      : usageError('bad_input', `${key}: there is no such key in ${input}`, { input: key });
  }
  // In place of an object, a text may be a password.
  const isHidden = issue.code === 'invalid_type' && typeof value === 'string' && COMPOSED.has(issue.expected);
  return badInput(input, isHidden ? 'a text' : toShown(value), toExpected(issue, value));
}

/** Returns what was expected in place of a value. */
function toExpected(issue: Issue, value: unknown): string {
  if (issue.code === 'too_small') return `a whole number${issue.minimum === 0 ? '' : ` from ${issue.minimum} on`}`;
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    return `one of ${known.join(', ')}${typeof value === 'string' ? suggestion(value, known) : ''}`;
  }
  if (issue.code === 'custom') return issue.message ?? 'what it has to be';
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.expected;
  return 'in one of the forms that it may have';
}

/** Returns the error for an input of a call that can't be used; its details name the input. */
function badInput(input: string, shown: string, expected: string): SluiceError {
  return usageError('bad_input', `${input}: ${shown} is not ${expected}`, { input });
}

function toShown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/**
 * Returns an instant in the one form that stored instants have, ISO 8601 in UTC with milliseconds: they are compared as texts.
 *
 * @throws SluiceError `bad_input`
 */
export function toInstant(input: string, value: string): string {
  const isOne = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(value);
  const ms = isOne ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw badInput(input, toShown(value), 'an instant such as 2026-11-20T09:30:00Z');
  return new Date(ms).toISOString();
}

/**
 * Returns where a page by figures begins: how many services were on earlier ones.
 *
 * @throws SluiceError `bad_input`
 */
export function toOffset(after: string | undefined): number {
  if (after === undefined) return 0;
  if (!/^\d{1,9}$/.test(after)) throw badInput('after', toShown(after), 'the "next" of the page before');
  return Number(after);
}
