import type { Pair } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';

/** Parses `KEY=VALUE`. */
export function parsePair(text: string): Pair {
  const at = text.indexOf('=');
  if (at < 0) throw usageError('bad_pair', `"${text}" is not KEY=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Parses `KEY=VALUE…`. */
export function parsePairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map(parsePair));
}
