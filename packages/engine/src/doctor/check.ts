/** One finding of `doctor` and `db check`. */
export interface Check {
  name: string;
  object: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found, and the remedy where something is wrong. */
  message: string;
}
