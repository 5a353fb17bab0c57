import type { RunReport } from '@sluice/engine';
import { isStopError } from '@sluice/engine/words';
import { formatCount } from '../words.js';

/** Returns the last line of a run: its services, and what was changed or would be. */
export function summarize(report: RunReport): string {
  const { run, totals } = report;
  const parts = [formatCount(totals.services, 'service'), `${totals.read} read`];
  const add = (count: number, word: string): void => {
    if (count > 0) parts.push(`${count} ${word}`);
  };
  add(totals.unreadable, 'unreadable');
  add(totals.doubted, totals.doubted === 1 ? 'reading doubted' : 'readings doubted');
  add(totals.failed, 'failed');
  add(totals.held, 'held');
  add(totals.wouldHold, 'would be held');
  add(totals.released, 'released');
  add(totals.wouldRelease, 'would be released');
  add(totals.purchased, totals.purchased === 1 ? 'package bought' : 'packages bought');
  return `${run.command}${run.dryRun ? ' (dry run)' : ''}: ${[...parts, ...countChanges(report)].join(', ')}`;
}

/** Returns why the run was stopped before its first change, or would be; null where it was not. */
export function findBrakeSentence({ error, notices }: RunReport): string | null {
  const found = isStopError(error) ? error : notices.find(isStopError);
  return found?.message ?? null;
}

/** Returns the changes that were made, and those that were only planned. */
function countChanges(report: RunReport): string[] {
  const { services, agents = [], run, totals } = report;
  const states = [...services, ...agents].flatMap(({ actions }) => actions.map(({ state }) => state));
  const count = (state: string): number => states.filter((one) => one === state).length;
  const { planned } = totals;
  const made = count('applied');
  const failed = count('failed') + count('in-doubt');
  const isPreview = run.dryRun || run.observing.length > 0 || findBrakeSentence(report) !== null;
  const parts: string[] = [];
  if (planned > 0 || (isPreview && totals.wouldHold > 0))
    parts.push(`${formatCount(planned, 'change')} planned`, `${made === 0 ? 'none' : made} made`);
  else if (made > 0) parts.push(`${formatCount(made, 'change')} made`);
  if (failed > 0) parts.push(`${formatCount(failed, 'change')} failed or in doubt`);
  return parts;
}
