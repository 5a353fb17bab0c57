/**
 * Returns the code of an error in words, for people who read no codes: `panel server error` for `PANEL_SERVER_ERROR`. Runs are stored
 * with the code of their error alone.
 */
export function describeErrorCode(code: string): string {
  return code === 'mass_change' ? 'the brake stopped it' : code.toLowerCase().replaceAll('_', ' ');
}
