import type * as z from 'zod/mini';
import { suggestion } from '../suggestion.js';

/** An issue with a value, and what the schema says of it. */
interface Issue {
  issue: z.core.$ZodIssue;
  /** The value in the config. */
  value: unknown;
  /** Description of the kind of value, such as `Percentage: 20%`. */
  description: string;
}

/** Messages of the validation library, which are never shown. */
const OF_LIBRARY = /^(invalid|too |unrecognized|must be|expected)/i;

/** Describes an issue in one sentence that says what to write. */
export function describeIssue({ issue, value, description }: Issue): string {
  if (value === undefined) return describeMissing(issue);
  // Messages stand in logs, pages and answers.
  if (/^secret/i.test(description) && value !== '' && value !== null && typeof value !== 'object')
    return typeof value === 'string' ? 'this is not valid here' : 'put it in quotes';
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue.expected, value, description);
    case 'invalid_value':
      return notOneOf(value, issue.values.map(String));
    case 'invalid_union':
      return notOneOf(value, (issue as { options?: unknown[] }).options?.map(String) ?? []);
    case 'too_small':
      if (issue.origin === 'string') return 'the value is empty: write one';
      if (issue.origin === 'array') return 'the list is empty: write at least one entry';
      return `${show(value)} is below the minimum: write ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array'
        ? 'leave this list empty in this version'
        : `${show(value)} is above the maximum: write at most ${issue.maximum}`;
    default:
      return OF_LIBRARY.test(issue.message) ? `${show(value)} is not valid here` : issue.message;
  }
}

function describeMissing(issue: z.core.$ZodIssue): string {
  const known = (issue as { options?: unknown[]; values?: unknown[] }).options ?? [];
  return `this key is missing${known.length === 0 ? '' : `; known: ${known.map(String).join(', ')}`}`;
}

function describeType(expected: string, value: unknown, description: string): string {
  switch (expected) {
    case 'string':
      return describeText(value, description);
    case 'boolean':
      return `${show(value)} is not valid here: write true or false`;
    case 'int':
      return `${show(value)} is not a whole number: write digits without quotes, such as 5`;
    case 'number':
      return `${show(value)} is not a number: write digits without quotes, such as 5`;
    case 'array':
    case 'tuple':
      return `${show(value)} is not a list: write [a, b], or a line with "- " for each entry`;
    case 'object':
    case 'record':
      return `${show(value)} is not a section: write keys with values below this key, or { key: value }`;
    default:
      return `${show(value)} is not valid here`;
  }
}

function describeText(value: unknown, description: string): string {
  if (typeof value === 'number') {
    if (/^percentage/i.test(description)) return `the percent sign is missing: write ${value}%`;
    if (/^duration/i.test(description)) return `the unit is missing: write a duration such as 30s, ${value}m or 7d`;
    if (/^size/i.test(description)) return `the unit is missing: write a size such as ${value}GB or ${value}TB`;
    if (/^amount/i.test(description)) return 'put it in quotes, such as "10.00"';
  }
  if (typeof value === 'number' || typeof value === 'boolean') return `put it in quotes: "${value}"`;
  if (value === null && /^colour/i.test(description))
    return 'the value is empty: put the colour in quotes, such as "#0b5cad", since # begins a comment';
  if (value === null) return 'the value is empty: write one';
  return `${show(value)} is not a text: write one value`;
}

function notOneOf(value: unknown, known: string[]): string {
  const [only] = known;
  if (known.length === 1 && only !== undefined) return `${show(value)} is not valid here: write ${only}`;
  return `${show(value)} is not valid here${suggestion(typeof value === 'string' ? value : show(value), known)}`;
}

function show(value: unknown): string {
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  return JSON.stringify(value);
}
