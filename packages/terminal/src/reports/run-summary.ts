import type { RunReport, ServiceView } from '@sluice/engine';
import { formatCount } from '../words.js';

/** Returns whether a service is not held yet, and would be if its run changed anything. */
export function wouldBeHeld({ run, error }: RunReport, { observing, holds, status }: ServiceView): boolean {
  const isPreview = run.dryRun || observing || error?.code === 'mass_change';
  return isPreview && status === 'held' && holds.some(({ since }) => since >= run.startedAt);
}

/** Returns the last line of a run: its services, and what was changed or would be. */
export function summarize(report: RunReport): string {
  const { run, totals, services } = report;
  const would = services.filter((service) => wouldBeHeld(report, service)).length;
  const parts = [formatCount(totals.services, 'service'), `${totals.read} read`];
  const add = (count: number, word: string): void => {
    if (count > 0) parts.push(`${count} ${word}`);
  };
  add(totals.unreadable, 'unreadable');
  add(totals.failed, 'failed');
  add(Math.max(0, totals.held - would), 'held');
  add(would, 'would be held');
  add(run.dryRun ? countReleases(report) : totals.released, run.dryRun ? 'would be released' : 'released');
  add(totals.purchased, totals.purchased === 1 ? 'package bought' : 'packages bought');
  return `${run.command}${run.dryRun ? ' (dry run)' : ''}: ${[...parts, ...countChanges(report, would)].join(', ')}`;
}

/** Returns how many services a previewed run would release. */
function countReleases({ totals, notices }: RunReport): number {
  const released = new Set(notices.filter(({ code }) => code === 'release').map(({ service }) => service));
  return Math.max(totals.released, released.size);
}

/** Returns the changes that were made, and those that were only planned. */
function countChanges({ services, agents = [] }: RunReport, would: number): string[] {
  const states = [...services, ...agents].flatMap(({ actions }) => actions.map(({ state }) => state));
  const count = (state: string): number => states.filter((one) => one === state).length;
  const planned = count('planned');
  const made = count('applied');
  const failed = count('failed') + count('in-doubt');
  const parts: string[] = [];
  if (planned + would > 0)
    parts.push(`${formatCount(planned, 'change')} planned`, `${made === 0 ? 'none' : made} made`);
  else if (made > 0) parts.push(`${formatCount(made, 'change')} made`);
  if (failed > 0) parts.push(`${formatCount(failed, 'change')} failed or in doubt`);
  return parts;
}
