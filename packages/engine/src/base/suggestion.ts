import { closest, distance } from 'fastest-levenshtein';

/** Longer lists help nobody. */
const MOST = 20;

/** Returns `; did you mean "x"?`, or the known words where none is similar. */
export function suggestion(word: string, known: string[]): string {
  if (known.length === 0) return '';
  const lower = word.toLowerCase();
  const [partly, ...others] = known.filter((name) => name.toLowerCase().split(/[_-]/).includes(lower));
  // A word that only one of the known names has says which one is meant.
  if (partly !== undefined && others.length === 0) return `; did you mean "${partly}"?`;
  const nearest = known.find((name) => name.toLowerCase() === lower) ?? closest(word, known);
  const near = distance(lower, nearest.toLowerCase()) <= Math.max(2, Math.floor(word.length / 2));
  return near
    ? `; did you mean "${nearest}"?`
    : `; known: ${known.slice(0, MOST).join(', ')}${known.length > MOST ? ' and others' : ''}`;
}

/** Most ids that an unknown one is compared with: the newest. */
const MOST_IDS = 2000;

/** Returns the suggestion for the id of a stored object; nothing where it would be longer than the message. */
export function suggestId(id: string, known: string[]): string {
  if (known.length === 0) return '; there are none yet';
  const hint = suggestion(id, known.slice(-MOST_IDS));
  return hint.length > 200 ? '' : hint;
}
