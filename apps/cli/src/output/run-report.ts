import type { RunReport, ServiceView } from '@sluice/engine';
import { withRemedy } from '../remedies.js';
import { usedBytes } from './columns.js';
import { allowedCell, bytesCell, type Terminal } from './terminal.js';

/** Returns the used bytes of the direction that counts. */
export function usedCell({ usage, mode }: Pick<ServiceView, 'usage' | 'mode'>): string | null {
  return bytesCell(usedBytes({ usage, mode }));
}

/** Prints a run: services that need attention or changed, and all services with `--verbose`. */
export function printRun(terminal: Terminal, report: RunReport, showAll: boolean): void {
  if (terminal.json) return;
  const shown = report.services.filter((service) => showAll || service.status !== 'ok' || service.actions.length > 0);
  const isClean =
    report.error === null && report.panels.length === 0 && shown.every((service) => service.error === null);
  if (terminal.quiet && isClean) return;
  printObserving(terminal, report.run.observing);
  if (shown.length > 0) {
    terminal.table(
      ['service', 'panel', 'status', '>used', '>allowed', 'holds', 'actions'],
      shown.map((service) => [
        service.id,
        service.panel,
        terminal.status(service.status) + (service.observing ? terminal.colors.dim(' (observing)') : ''),
        usedCell(service),
        allowedCell(service.allowance),
        service.holds.map((hold) => hold.reason).join(', ') || null,
        service.actions.length === 0
          ? null
          : service.actions.map((action) => `${action.type} ${action.target} ${terminal.status(action.state)}`),
      ]),
    );
    terminal.line();
  }
  const groups = groupFailures([
    ...shown.map(({ id, error }) => ({ object: id, error })),
    ...report.panels.map(({ panel, error }) => ({ object: panel, error })),
  ]);
  // A failure of the whole run is printed once, at the end.
  const common = groups.find(({ error }) => error.message === report.error?.message);
  for (const { objects, error, details } of groups) {
    if (error !== common?.error) terminal.line(`${objects}: ${terminal.error(error, details)}`);
  }
  for (const notice of report.notices) terminal.line(terminal.notice(notice));
  if (report.error)
    terminal.warn(`sluice: ${withRemedy({ ...(common?.error ?? report.error), details: common?.details })}`);
  terminal.line(summary(report));
}

/** Prints which panels are only observed. */
export function printObserving(terminal: Terminal, observing: string[]): void {
  if (observing.length === 0) return;
  const text = `OBSERVING ${observing.join(', ')}: decisions are recorded, nothing is changed`;
  terminal.line(terminal.colors.yellow(text));
}

const NAMED = 3;

interface Failure {
  code: string;
  message: string;
}

/** Groups failures with the same message: `svc-1, svc-2, svc-3 and 37 others`. */
function groupFailures(
  failures: { object: string; error: Failure | null }[],
): { objects: string; error: Failure; details: Record<string, string> }[] {
  const groups = new Map<string, { names: string[]; error: Failure }>();
  for (const { object, error } of failures) {
    if (!error) continue;
    const group = groups.get(`${error.code} ${error.message}`);
    if (group) group.names.push(object);
    else groups.set(`${error.code} ${error.message}`, { names: [object], error });
  }
  return [...groups.values()].map(({ names, error }) => {
    const others = names.length - NAMED;
    const rest = others > 0 ? ` and ${others} ${others === 1 ? 'other' : 'others'}` : '';
    const [only] = names;
    const details = names.length === 1 && only !== undefined ? { service: only } : {};
    return { objects: `${names.slice(0, NAMED).join(', ')}${rest}`, error, details };
  });
}

function summary({ run, totals }: RunReport): string {
  const parts = [`${totals.services} services`, `${totals.read} read`];
  const add = (count: number, word: string): void => {
    if (count > 0) parts.push(`${count} ${word}`);
  };
  add(totals.unreadable, 'unreadable');
  add(totals.failed, 'failed');
  add(totals.held, 'held');
  add(totals.released, 'released');
  add(totals.purchased, 'packages bought');
  add(totals.actions, run.dryRun ? 'changes to make' : 'actions');
  return `${run.command}${run.dryRun ? ' (dry run)' : ''}: ${parts.join(', ')}`;
}

const RESTRICTS = /^(disable|suspend|create|pause|redirect|assign)/;

/** Prints a plan as a diff: `+` restricts or creates, `-` lifts or removes, `~` changes. */
export function printPlan(terminal: Terminal, report: RunReport): void {
  const { colors } = terminal;
  for (const service of report.services) {
    // A failure of the whole run is printed once, at the end.
    const error = service.error?.message === report.error?.message ? null : service.error;
    const drift = service.drift ?? [];
    if (service.actions.length + drift.length === 0 && error === null) continue;
    const holds = service.holds.map((hold) => hold.reason).join(', ') || 'none';
    terminal.line(
      `${colors.bold(service.id)} on ${service.panel} (holds: ${holds})${service.observing ? colors.yellow(' OBSERVING') : ''}`,
    );
    for (const action of service.actions) {
      const sign = RESTRICTS.test(action.type) ? '+' : /^update/.test(action.type) ? '~' : '-';
      const text = `  ${sign} ${action.type} ${action.target}`;
      terminal.line(sign === '+' ? colors.yellow(text) : colors.green(text));
    }
    for (const line of drift) terminal.line(colors.dim(`    ${terminal.times.text(line, service.panel)}`));
    if (error) terminal.line(`  ${terminal.error(error, { service: service.id })}`);
  }
  if (report.totals.actions === 0) terminal.line('Nothing to change.');
  printRun(terminal, { ...report, services: [] }, false);
}
