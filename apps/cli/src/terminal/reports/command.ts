import type { CommandReport, ServiceDetail } from '@sluice/engine';
import type { Terminal } from '../terminal.js';
import { describeOutcome, printActions } from './outcome.js';
import { printService } from './service.js';

/** Prints how a command about one service ended: one line, and all details with `showAll`. */
export function printOutcome(terminal: Terminal, before: ServiceDetail, report: CommandReport, showAll: boolean): void {
  const { run, service, actions, notices, error } = report;
  const isDone = run.outcome === 'done';
  if (terminal.quiet && isDone && !hasChanged(before, report)) return;
  terminal.line(describeOutcome(before, report));
  const { nextDueDate: due, panel } = service;
  if (due !== null && due !== before.nextDueDate && terminal.times.isPast(due, panel))
    terminal.line(terminal.colors.yellow(`  ${due} is in the past`));
  if (showAll) printService(terminal, service);
  if (showAll || run.dryRun || !isDone) printActions(terminal, actions);
  const failure = error ?? service.error;
  if (failure !== null && !showAll && (!isDone || run.dryRun))
    terminal.line(`  ${terminal.error(failure, { service: service.id })}`);
  if (!terminal.quiet) for (const notice of notices) terminal.line(`  ${terminal.notice(notice)}`);
}

/** Returns whether a command changed the service or its panel. */
function hasChanged(before: ServiceDetail, { run, service, actions }: CommandReport): boolean {
  if (run.dryRun) return false;
  const stated = ({ holds, lifecycle, product, nextDueDate, quotaReleasedUntil }: ServiceDetail): string =>
    JSON.stringify([holds, lifecycle, product, nextDueDate, quotaReleasedUntil]);
  return stated(before) !== stated(service) || actions.some(({ state }) => state === 'applied');
}
