/** One finding of `config check`. */
export interface ConfigProblem {
  severity: 'error' | 'warning';
  /** Path of the key, such as `panels.dcim.token`. */
  path: string;
  line: number | null;
  message: string;
}
