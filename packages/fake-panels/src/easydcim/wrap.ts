import { type ListAnswers, type ObjectShape } from './answers.js';

/** Puts a value where the shape says. */
export function wrapped(value: unknown, shape: ObjectShape): unknown {
  if (shape === 'flat') return value;
  return inside(value, shape.split('-'));
}

/** Puts a value inside the keys, outermost first, with further keys beside the innermost. */
export function inside(value: unknown, keys: readonly string[], beside: object = {}): unknown {
  let answer = value;
  [...keys].reverse().forEach((key, depth) => {
    answer = depth === 0 ? { ...beside, [key]: answer } : { [key]: answer };
  });
  return keys[0] === 'result' ? { status: 'success', ...(answer as object) } : answer;
}

/** One row, worded as its list words it. */
export function worded(row: object, { rename, numbers }: Pick<ListAnswers<unknown>, 'rename' | 'numbers'>): unknown {
  const renamed = Object.fromEntries(Object.entries(row).map(([key, value]) => [rename[key] ?? key, value as unknown]));
  return numbers === 'strings' ? withTextNumbers(renamed) : renamed;
}

/** A copy with every number as text. */
export function withTextNumbers(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(withTextNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withTextNumbers(entry)]));
}
