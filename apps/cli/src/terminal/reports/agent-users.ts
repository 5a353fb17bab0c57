import type { AgentUserReport, AgentUserView } from '@sluice/engine';
import { bytes, type Column, shares, state, text, time } from '../columns.js';
import { bytesCell, type Terminal } from '../terminal.js';
import { formatCount } from '../words.js';
import { printActions } from './outcome.js';

/** The columns of users of agents. */
export const USERS: Column<AgentUserView>[] = [
  text('user', ({ name }) => name, { least: 20 }),
  text('uuid', ({ uuid }) => uuid, { extra: true, priority: 8 }),
  text('agent', ({ agent }) => agent.name, { priority: 5 }),
  state('status', ({ state: own }) => own),
  bytes('used', ({ usedBytes }) => usedBytes),
  bytes('limit', ({ limitBytes }) => limitBytes),
  ...shares<AgentUserView>(
    ({ usedBytes }) => usedBytes,
    ({ limitBytes }) => limitBytes,
    { extra: true, priority: 7 },
  ),
  text('days', ({ daysLeft }) => daysLeft, { title: 'days left', align: 'right' }),
  text('end', ({ lastDay }) => lastDay, { title: 'last day', extra: true, priority: 6 }),
  time('online', ({ lastOnlineAt }) => lastOnlineAt, { title: 'last online', priority: 3 }),
  text('why', ({ disabledFor, pending }) => (pending === null ? disabledFor.join(', ') || null : toDo(pending)), {
    priority: 2,
  }),
  text('link', ({ access }) => access.links[0]?.url ?? null, { extra: true, priority: 9 }),
];

const toDo = (pending: 'disable' | 'enable'): string => `to be ${pending}d`;

/** Why a user stays as it is. */
const LEFT: Readonly<Record<string, string>> = {
  'still-over': 'an agent above it is over its limit',
  suspended: 'an agent above it is suspended',
  'disabled-by-others': 'it was disabled before, by hand or by another tool',
  touched: 'it was changed by another tool since',
  moved: 'it belongs to another agent now',
  gone: 'it does not exist any more',
  'enabled-by-others': 'it was enabled by another tool',
};

/** Prints how a command about one user of an agent ended. */
export function printAgentUser(
  terminal: Terminal,
  { run, user, actions, left, notices, error }: AgentUserReport,
): void {
  const isDone = run.outcome === 'done';
  if (terminal.quiet && isDone && left.length === 0) return;
  const { name, state: own, limitBytes, daysLeft, pending } = user;
  const days = daysLeft === null ? '' : `, ${formatCount(daysLeft, 'day')} left`;
  const dry = run.dryRun ? ' (dry run)' : run.changes ? '' : ', nothing changed';
  terminal.line(`user "${name}": ${own}, ${bytesCell(limitBytes) ?? ''}${days}${dry}`);
  if (!isDone) printActions(terminal, actions);
  for (const { outcome } of left) terminal.line(`  it stays as it is: ${LEFT[outcome] ?? outcome}`);
  for (const notice of notices) terminal.line(`  ${terminal.notice(notice)}`);
  if (error) terminal.line(terminal.error(error));
  if (pending !== null && !run.dryRun)
    terminal.line(
      `  it is still to be ${pending}d: by this command again, or by the next check of the agents, unless under observe`,
    );
}
