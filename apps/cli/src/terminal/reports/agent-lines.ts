import type { AgentDetail, AgentExplained, CreatedUserReport, RestoreReport } from '@sluice/engine';
import type { Agents } from '@sluice/engine/options';
import { BYTES_PER_GB } from '@sluice/quota-core';
import { bytesCell, type Terminal } from '../terminal.js';
import { formatCount } from '../words.js';
import { printAgent, suspensionText } from './agent-report.js';
import { foldAlike, MOST_ALIKE, printFirst } from './fold.js';
import { printActions } from './outcome.js';

function bytesText(bytes: number | null): string {
  return bytesCell(bytes) ?? '';
}

/** Returns a size that was typed as a number of GB so that it is recognised: `1500 GB (1.46 TB)`. */
function typedText(bytes: number | null): string {
  const text = bytesText(bytes);
  return bytes === null || bytes < TB ? text : `${Number((bytes / BYTES_PER_GB).toFixed(2))} GB (${text})`;
}

const TB = 1024 * BYTES_PER_GB;

/** Returns what became of an agent's limit, as one line; `before` is null for an agent that was never read. */
export function describeAgentLimit(before: AgentDetail | null, after: AgentDetail, dryRun: boolean): string {
  const text = ({ limitBytes }: AgentDetail): string => (limitBytes === null ? 'none' : typedText(limitBytes));
  const was = before === null || before.limitBytes === after.limitBytes ? '' : ` (was ${text(before)})`;
  const line = `${after.name}: limit ${text(after)}${was}, ${bytesText(after.usedBytes)} used${dryRun ? ' (dry run)' : ''}`;
  if (after.rule !== 'panel-removed' || !after.usersDisabledByUs) return line;
  const users = formatCount(after.usersDisabledByUs, 'user stays', 'users stay');
  return `${line}; ${users} disabled on panel "${after.panel}", which is not in the config`;
}

/** Prints whether a new user fits the limits of an agent. */
export function printRoom(terminal: Terminal, room: Awaited<ReturnType<Agents['canCreateUser']>>): void {
  const { allowed, reason, remainingBytes } = room;
  if (!allowed) terminal.line(reason ?? 'no');
  else terminal.info(remainingBytes === null ? 'yes, without a limit' : `yes, ${bytesText(remainingBytes)} left`);
}

/** Returns a new user as one line. */
export function describeNewUser({ name, uuid, limitBytes }: CreatedUserReport['user']): string {
  return `user "${name}" ${uuid ?? '(dry run)'}, ${typedText(limitBytes)}`;
}

/** Prints how a command about the users of an agent ended: one line, what it left, and all details with `showAll`. */
export function printUsersChanged(
  terminal: Terminal,
  before: AgentDetail | null,
  report: RestoreReport,
  showAll: boolean,
): void {
  const isDone = report.run.outcome === 'done';
  if (terminal.quiet && isDone) return;
  terminal.line(`${report.name}: ${describeUsersChanged(before, report, terminal)}`);
  if (showAll) printAgent(terminal, report);
  if (showAll || !isDone) printActions(terminal, report.actions);
  for (const { name, outcome } of report.left) terminal.line(`  user "${name}" is unchanged: ${outcome}`);
  for (const notice of report.notices) terminal.line(`  ${terminal.notice(notice)}`);
  if (report.error) terminal.line(terminal.error(report.error));
}

function describeUsersChanged(before: AgentDetail | null, { run, actions }: RestoreReport, terminal: Terminal): string {
  const suspended = before?.suspended ?? null;
  const since = suspended === null ? '' : ` ${suspensionText(suspended, terminal.times, before?.panel)}`;
  const isSuspending = run.command === 'agent suspend';
  if (actions.length === 0 && isSuspending && suspended !== null) return `already suspended${since}, nothing changed`;
  if (actions.length === 0 && run.command === 'agent unsuspend' && suspended === null)
    return 'not suspended, nothing changed';
  const count = (...states: string[]): number => actions.filter(({ state }) => states.includes(state)).length;
  const users = formatCount(count(run.dryRun ? 'planned' : 'applied'), 'user');
  const done = isSuspending ? 'disabled' : 'enabled again';
  const state = toState(run, suspended === null ? null : since);
  if (run.dryRun) return `${state}${users} would be ${done}, nothing changed`;
  const failed = count('failed', 'in-doubt');
  return `${state}${users} ${done}${failed === 0 ? '' : `, ${failed} failed or in doubt`}`;
}

/** Returns what a command did to the suspension of an agent; `since` is null for one that was not suspended. */
function toState({ command, dryRun }: RestoreReport['run'], since: string | null): string {
  if (command === 'agent restore') return '';
  if (command === 'agent unsuspend') return dryRun ? 'would no longer be suspended, ' : 'no longer suspended, ';
  if (since !== null) return `already suspended${since}, `;
  return dryRun ? 'would be suspended, ' : 'suspended, ';
}

const RESERVED_FOR = { creation: 'a new user', raise: 'a raised user', order: 'an ordered package' } as const;

/** Prints why an agent is in its state. */
export function printAgentExplained(terminal: Terminal, explained: AgentExplained, showAll: boolean): void {
  const { times } = terminal;
  const { panel } = explained;
  const on = (instant: string): string => times.at(instant, panel) ?? '';
  terminal.line(times.text(explained.sentence, panel));
  printAgent(terminal, explained);
  for (const { at, allocatedBytes, currentBytes, consumedBytes, users } of explained.readings) {
    const sold = `${formatCount(users, 'user')}, ${bytesText(allocatedBytes)} allocated, ${bytesText(currentBytes)} reported by the panel`;
    const consumed = consumedBytes === null ? '' : `, ${bytesText(consumedBytes)} consumed`;
    terminal.line(`  read ${on(at)}: ${sold}${consumed}`);
  }
  for (const { kind, bytes, leftBytes, state, createdAt } of explained.reservations)
    terminal.line(
      `  reserved ${on(createdAt)} for ${RESERVED_FOR[kind]}: ${bytesText(bytes)}, ${bytesText(leftBytes)} left (${state})`,
    );
  const entries = explained.actions.map(({ type, name, state, at, outcome }) => {
    const ended = outcome === null ? '' : ` (${outcome})`;
    const kind = `${on(at)} ${type.replaceAll('-', ' ')}`;
    return { what: `${kind} "${name}"`, kind, state: ` ${state}${ended}` };
  });
  const lines = foldAlike(entries, showAll ? Infinity : MOST_ALIKE);
  const others = (count: number): string => formatCount(count, 'other change');
  printFirst(terminal, lines, { all: showAll, print: (line) => `  ${line}`, others });
}
