import { printPass, type PassDocument } from './pass-report.js';
import type { Terminal } from './terminal.js';

const ADDS = /^(disable|suspend|create|pause|redirect|assign)/;

/** Prints a plan as a diff: `+` restricts or makes, `-` gives back or removes, `~` changes. */
export function printPlan(terminal: Terminal, report: PassDocument): void {
  const { colors } = terminal;
  for (const service of report.services) {
    // What the whole run failed of is said once, at the end.
    const error = service.error?.message === report.error?.message ? null : service.error;
    const drift = service.drift ?? [];
    if (service.actions.length + drift.length === 0 && error === null) continue;
    const holds = service.holds.map((hold) => hold.reason).join(', ') || 'none';
    terminal.line(
      `${colors.bold(service.id)} on ${service.panel} (holds: ${holds})${service.observing ? colors.yellow(' OBSERVING') : ''}`,
    );
    for (const action of service.actions) {
      const sign = ADDS.test(action.type) ? '+' : /^update/.test(action.type) ? '~' : '-';
      const text = `  ${sign} ${action.type} ${action.target}`;
      terminal.line(sign === '+' ? colors.yellow(text) : colors.green(text));
    }
    for (const line of drift) terminal.line(colors.dim(`    ${line}`));
    if (error) terminal.line(`  ${terminal.error(error, { service: service.id })}`);
  }
  if (report.totals.actions === 0) terminal.line('Nothing to change.');
  printPass(terminal, { ...report, services: [] }, false);
}
