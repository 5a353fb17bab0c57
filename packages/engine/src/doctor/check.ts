/** One finding of `doctor` and `db check`. */
export interface Check {
  name: string;
  object: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found. */
  message: string;
  /** Code of what is wrong, where a front end may add a remedy (docs/errors.md). */
  code?: string;
  /** The objects that a remedy names. */
  details?: Record<string, string>;
}
