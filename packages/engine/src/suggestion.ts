import { closest, distance } from 'fastest-levenshtein';

/** Longer lists help nobody. */
const MOST = 20;

/** Returns `; did you mean "x"?`, or the known words where none is similar. */
export function suggestion(word: string, known: string[]): string {
  if (known.length === 0) return '';
  const nearest = known.find((name) => name.toLowerCase() === word.toLowerCase()) ?? closest(word, known);
  const near = distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.floor(word.length / 2));
  return near
    ? `; did you mean "${nearest}"?`
    : `; known: ${known.slice(0, MOST).join(', ')}${known.length > MOST ? ' and others' : ''}`;
}
