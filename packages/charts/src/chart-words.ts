import { type Language, toTexts } from '@sluice/messages';
import type { ChartLine } from './chart.js';

const KNOWN = ['in', 'out', 'total'] as const;

/** Returns the name of a line in a language: that of another line than ours is from outside. */
export function lineText({ name, share }: Pick<ChartLine, 'name' | 'share'>, language: Language): string {
  const known = share === undefined ? KNOWN.find((each) => each === name) : undefined;
  return known === undefined ? name : toTexts(language).text(`chart.${known}`);
}

/** Returns texts with commas between them, as the language writes them. */
export function listed(items: readonly string[], language: Language): string {
  const [last = '', ...before] = [...items].reverse();
  return before.reduce((rest, first) => toTexts(language).text('list.and', { first, rest }), last);
}
