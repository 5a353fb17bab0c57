/** One result of `doctor` and `db check`. */
export interface Check {
  name: string;
  object: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  message: string;
  /** Code of the problem, by which a front end may add a remedy (docs/errors.md). */
  code?: string;
  /** Heading that a front end may print the check under: `store`, `runs`, `services`, or `panel` with the panel's name. */
  section?: string;
  /** Objects that the remedy names. */
  details?: Record<string, string>;
}

/** Returns a function that makes checks of one object. */
export function toChecks(name: string, object: string) {
  return (status: Check['status'], message: string, code?: string): Check => ({
    ...{ name, object, status, message },
    ...(code === undefined ? {} : { code }),
  });
}
