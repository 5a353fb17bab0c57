/** Commands that are planned, so that they are not taken for misspelt ones. */
const NOT_BUILT = new Set([
  'adopt',
  'api-token',
  'call',
  'carrier',
  'country',
  'customer',
  'did',
  'metrics',
  'notify',
  'plan-catalog',
  'profile',
  'rate',
  'report',
  'route',
  'schedule install',
  'serve',
  'subscriber',
  'trunk',
  'worker',
]);

/** Returns whether a command is planned but not in this version. */
export function isNotBuilt(words: readonly string[]): boolean {
  return NOT_BUILT.has(words.join(' '));
}
