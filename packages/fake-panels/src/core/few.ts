/**
 * Returns some of many cases that tell the same in other places, such as a call that fails: every n-th from the first on. With
 * `SLUICE_LONG=1` (`npm run test:long`) all of them.
 */
export function few<Case>(cases: readonly Case[], every = 3): Case[] {
  return process.env['SLUICE_LONG'] === '1' ? [...cases] : cases.filter((_, index) => index % every === 0);
}
