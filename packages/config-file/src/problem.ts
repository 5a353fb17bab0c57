/** One finding about a config file. */
export interface ConfigProblem {
  severity: 'error' | 'warning';
  /** Path of the key, such as `panels.dcim.token`. */
  path: string;
  line: number | null;
  message: string;
}

/** Returns `line 12: panels.dcim.token: …`. */
export function formatProblem(problem: ConfigProblem): string {
  const place = [problem.line === null ? '' : `line ${problem.line}`, problem.path].filter((part) => part !== '');
  return [...place, problem.message].join(': ');
}
