import { nameFew, type RunReport, type ServiceView } from '@sluice/engine';
import { withRemedy } from '../remedies.js';
import { allowedCell, bytesCell, type Terminal } from './terminal.js';

/** Returns the used bytes of the direction that counts. */
export function usedCell({ usage, mode }: Pick<ServiceView, 'usage' | 'mode'>): string | null {
  if (!usage) return null;
  return bytesCell(mode === 'IN' ? usage.inBytes : mode === 'OUT' ? usage.outBytes : usage.totalBytes);
}

/** Prints a run: services that need attention or changed, and all services with `--verbose`. */
export function printRun(terminal: Terminal, report: RunReport, showAll: boolean): void {
  if (terminal.json) return;
  const shown = report.services.filter((service) => showAll || service.status !== 'ok' || service.actions.length > 0);
  if (terminal.quiet && isClean(report)) return;
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
  printEnd(terminal, report);
}

function isClean({ error, panels, services }: RunReport): boolean {
  return error === null && panels.length === 0 && services.every((service) => service.error === null);
}

/** Prints failures, notices and totals. */
function printEnd(terminal: Terminal, report: RunReport): void {
  const groups = groupFailures([
    ...report.services.map(({ id, error }) => ({ object: id, error })),
    ...report.panels.map(({ panel, error }) => ({ object: panel, error })),
  ]);
  // A failure of the whole run is printed once, at the end.
  const common = groups.find(({ error }) => error.message === report.error?.message);
  for (const { objects, error, details } of groups) {
    if (error !== common?.error) terminal.line(`${objects}: ${terminal.error(error, details)}`);
  }
  for (const notice of report.notices) terminal.line(terminal.notice(notice));
  if (report.error) {
    const who = common !== undefined && common.count > 1 ? `${common.objects}: ` : '';
    terminal.warn(`sluice: ${who}${withRemedy({ ...(common?.error ?? report.error), details: common?.details })}`);
  }
  terminal.line(summary(report));
}

/** Prints which panels are only observed. */
export function printObserving(terminal: Terminal, observing: string[]): void {
  if (observing.length === 0) return;
  const text = `OBSERVING ${observing.join(', ')}: decisions are recorded, nothing is changed`;
  terminal.line(terminal.colors.yellow(text));
}

interface Failure {
  code: string;
  message: string;
}

/** Groups failures with the same message: `svc-1, svc-2, svc-3 and 37 others`. */
function groupFailures(
  failures: { object: string; error: Failure | null }[],
): { objects: string; count: number; error: Failure; details: Record<string, string> }[] {
  const groups = new Map<string, { names: string[]; error: Failure }>();
  for (const { object, error } of failures) {
    if (!error) continue;
    const group = groups.get(`${error.code} ${error.message}`);
    if (group) group.names.push(object);
    else groups.set(`${error.code} ${error.message}`, { names: [object], error });
  }
  return [...groups.values()].map(({ names, error }) => {
    const [only] = names;
    const details = names.length === 1 && only !== undefined ? { service: only } : {};
    return { objects: nameFew(names), count: names.length, error, details };
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
  if (terminal.json) return;
  const { colors } = terminal;
  for (const service of report.services) {
    const drift = service.drift ?? [];
    if (service.actions.length + drift.length === 0) continue;
    const holds = service.holds.map((hold) => hold.reason).join(', ') || 'none';
    terminal.line(
      `${colors.bold(service.id)} on ${service.panel} (holds: ${holds})${service.observing ? colors.yellow(' OBSERVING') : ''}`,
    );
    for (const action of service.actions) {
      const sign = RESTRICTS.test(action.type) ? '+' : /^update/.test(action.type) ? '~' : '-';
      const text = `  ${sign} ${action.type} ${action.target}`;
      terminal.line(sign === '+' ? colors.yellow(text) : colors.green(text));
    }
    for (const line of drift) terminal.line(colors.dim(`    ${line}`));
  }
  if (report.totals.actions === 0) terminal.line('Nothing to change.');
  if (terminal.quiet && isClean(report)) return;
  printObserving(terminal, report.run.observing);
  printEnd(terminal, report);
}
