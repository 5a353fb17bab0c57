/** One finding about a config file. */
export interface ConfigProblem {
  severity: 'error' | 'warning';
  /** Path of the key, such as `panels.dcim.token`. */
  path: string;
  line: number | null;
  /** The included file that it is in, as the config names it; absent for the config itself. */
  file?: string | undefined;
  message: string;
}

/** Returns `line 12: panels.dcim.token: …`, or `products.yaml, line 3: products.small: …`. */
export function formatProblem(problem: ConfigProblem): string {
  const { file = '', line, path, message } = problem;
  const place = [file, line === null ? '' : `line ${line}`].filter((part) => part !== '').join(', ');
  return [place, path, message].filter((part) => part !== '').join(': ');
}
