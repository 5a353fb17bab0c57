/** Commands that are planned, so that they are not taken for misspelt ones. */
const NOT_BUILT = new Set(['worker']);

/** Returns whether a command is planned but not in this version. */
export function isNotBuilt(words: readonly string[]): boolean {
  return NOT_BUILT.has(words.join(' '));
}
