import { execFileSync } from 'node:child_process';

/** Commits that changed more files than this say nothing of what belongs together. */
const MOST_FILES = 50;

/**
 * Returns for a file and a test how closely they changed together, by the last commits and the names of now: the commits with both,
 * over the square root of those with the test, so that a test that changes with everything counts less.
 */
export function readHistory(root) {
  const args = ['log', '-n', '1000', '-M', '--name-status', '--format=%x00', '--', '*.ts'];
  const log = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const names = new Map();
  const commits = [];
  // The latest commit comes first: what it renamed has its new name in all older ones.
  for (const commit of log.split('\0').slice(1)) {
    const changes = commit.split('\n').map((line) => line.split('\t'));
    for (const [, old, renamed] of changes) {
      if (renamed !== undefined) names.set(old, names.get(renamed) ?? renamed);
    }
    const files = changes
      .filter(([status, file]) => status !== '' && file !== undefined)
      .map(([, file]) => names.get(file) ?? file);
    if (files.length <= MOST_FILES) commits.push(files);
  }
  return (file, test) => {
    const ofTest = commits.filter((files) => files.includes(test));
    return ofTest.filter((files) => files.includes(file)).length / Math.sqrt(Math.max(1, ofTest.length));
  };
}
