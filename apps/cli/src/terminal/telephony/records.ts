import type { DidReport, RecordChange, TelephonyDocument } from '@sluice/engine';
import { printActions } from '../reports/outcome.js';
import type { Terminal } from '../terminal.js';
import { describeValue } from '../words.js';

/** Prints a record, one field a line. */
export function printRecord(terminal: Terminal, record: TelephonyDocument): void {
  for (const [name, value] of Object.entries(record)) {
    const words = /_at$/.test(name) && typeof value === 'string' ? terminal.times.at(value) : describeValue(value);
    if (words !== null && words !== '') terminal.line(`${name.padEnd(26)} ${words}`);
  }
}

/** Prints what became of a record. */
export function printRecordChange(
  terminal: Terminal,
  noun: string,
  { run, panel, record, changed, warnings }: RecordChange,
  verb: 'created' | 'changed' | 'removed',
): void {
  const done = verb === 'changed' ? `changed: ${changed.join(', ')}` : verb;
  const what = `${noun} ${describeValue(record['id'] ?? record['name'])}`.trim();
  const outcome = changed.length === 0 ? 'was so before' : run.dryRun ? `would be ${done}` : done;
  terminal.info(`${what} on ${panel}: ${outcome}`);
  for (const warning of warnings) terminal.warn(warning);
}

/** Prints what became of a number; `done` says what was changed. */
export function printNumberChange(terminal: Terminal, number: string, report: DidReport, done: string): void {
  const { run, service, dids, actions, notices, error } = report;
  const [did] = dids;
  const shown = did === undefined ? number : describeValue(did['number']);
  const made = actions.some(({ state }) => state === 'applied');
  const outcome = run.dryRun ? 'previewed' : run.outcome !== 'done' ? 'not finished' : made ? done : 'was so before';
  const whose = service === null ? '' : ` of ${service}`;
  if (actions.length > 0 || !terminal.quiet) terminal.line(`${shown}${whose}: ${outcome}`);
  printActions(terminal, actions);
  for (const notice of notices) terminal.line(`  ${terminal.notice(notice)}`);
  if (error !== null) terminal.line(`  ${terminal.error(error, service === null ? {} : { service })}`);
}
