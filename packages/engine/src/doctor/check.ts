/** One result of `doctor` and `db check`. */
export interface Check {
  name: string;
  object: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  message: string;
  /** Code of the problem, by which a front end may add a remedy (docs/errors.md). */
  code?: string;
  /** Objects that the remedy names. */
  details?: Record<string, string>;
}
