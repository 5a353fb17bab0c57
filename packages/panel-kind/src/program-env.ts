const KEPT = /^(PATH|HOME|USER|LANG|LC_[A-Z]+|TZ|XDG_[A-Z_]+)$/;

/**
 * Returns the variables of an environment that a program which the config names gets: PATH, HOME, USER, LANG, LC_*, TZ, XDG_*, and
 * those with the given names. The others may be secrets.
 */
export function programEnv(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = [],
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => KEPT.test(name) || names.includes(name)));
}
