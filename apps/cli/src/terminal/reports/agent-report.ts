import type { AgentDetail, AgentView, ChangedAgent, CheckReport } from '@sluice/engine';
import { isStopError, listDisabledAbove, toAgentStatus } from '@sluice/engine/words';
import { printFirst } from './fold.js';
import { listActions, LONG, printObserving } from './run-report.js';
import { bytes, type Column, printRows, shares, state, text } from '../columns.js';
import { formatCount } from '../words.js';
import { bytesCell, type Terminal } from '../terminal.js';

/** The columns of agents. */
export const AGENTS: Column<AgentView>[] = [
  text('agent', ({ name }) => name, { least: 24 }),
  text('uuid', ({ uuid }) => uuid, { priority: 5 }),
  text('panel', ({ panel }) => panel, { extra: true, priority: 8 }),
  {
    name: 'limit',
    align: 'right',
    value: ({ limitBytes }) => limitBytes,
    cell: ({ limitBytes }) => (limitBytes === null ? 'none' : bytesCell(limitBytes)),
  },
  bytes('used', ({ usedBytes }) => usedBytes),
  ...shares<AgentView>(
    ({ usedBytes }) => usedBytes,
    ({ limitBytes }) => limitBytes,
    { extra: true, priority: 7 },
  ),
  bytes('remaining', ({ remainingBytes }) => remainingBytes, { priority: 3 }),
  text('users', ({ users }) => users, { align: 'right', priority: 2 }),
  text('disabled', ({ usersDisabledByUs }) => usersDisabledByUs, { align: 'right', priority: 1 }),
  state('status', toAgentStatus),
];

/** Prints agents in a table. */
export function printAgents(terminal: Terminal, agents: readonly AgentView[]): void {
  if (agents.length === 0) {
    terminal.line('No agents.');
    return;
  }
  printRows(terminal, AGENTS, agents);
  printSemantics(terminal, agents);
  printSuspended(terminal, agents);
}

/** Prints since when, by whom and why agents are suspended, and whose users are disabled for an agent above. */
export function printSuspended(terminal: Terminal, agents: readonly AgentView[]): void {
  for (const agent of agents) {
    const { name, panel, suspended } = agent;
    if (suspended !== null) terminal.line(`${name}: suspended ${suspensionText(suspended, terminal.times, panel)}`);
    for (const above of listDisabledAbove(agent)) {
      const why = above.reason === 'limit' ? 'held by its limit' : 'suspended';
      terminal.line(`${name}: ${formatCount(above.users, 'user')} disabled for ${above.name} above it (${why})`);
    }
  }
}

/** Returns since when and by whom an agent is suspended, with the note. */
export function suspensionText(
  { since, by, note }: NonNullable<AgentView['suspended']>,
  times: Terminal['times'],
  panel: string | undefined,
): string {
  const who = by === null ? '' : ` by ${by}`;
  return `since ${times.at(since, panel) ?? since}${who}${note === null ? '' : ` (${note})`}`;
}

/** Prints how the limits count where the add-on enforces them. */
export function printSemantics(terminal: Terminal, agents: readonly AgentView[]): void {
  if (agents.some(({ backend }) => backend === 'addon')) {
    terminal.line(
      'The add-on enforces these limits: it counts the usage that the panel reports, which falls on resets; 0 means no limit; users are not enabled again.',
    );
  }
}

/** Why an agent is in its state, by the code of its rule. */
const RULES: Readonly<Record<string, string>> = {
  'no-limit': 'it has no limit',
  'below-limit': 'its usage is below its limit',
  full: 'its limit is used up exactly, which is allowed',
  'at-or-over-limit': 'its limit is used up',
  'over-limit': 'it is over its limit',
  'within-release-margin': 'its usage is only just below its limit, which releases nothing',
  exempt: 'it is exempt from its limit',
  dormant: 'the account is not an agent any more',
  missing: "it is not in the panel's list",
  'panel-removed': 'its panel is not in the config',
  unknown: "the panel's list could not be read",
  doubted: 'its usage would exceed its limit by one jump, and waits for the next check',
};

/** Prints one agent with its period and its ancestors. */
export function printAgent(terminal: Terminal, agent: AgentDetail): void {
  const { times } = terminal;
  const { panel, name, uuid, accounting, period, ancestors, reservedBytes, rule, heldSince } = agent;
  printAgents(terminal, [agent]);
  const since =
    period === null
      ? ''
      : ` since ${times.bound(period.start, panel) ?? ''}${period.end === null ? '' : `, until ${times.bound(period.end, panel) ?? ''}`}`;
  terminal.line(`  ${name} (${uuid}): counted by ${accounting}${since}`);
  if (reservedBytes !== null && reservedBytes > 0) terminal.line(`  reserved: ${bytesCell(reservedBytes) ?? ''}`);
  const because = rule === null ? null : (RULES[rule] ?? null);
  const held = heldSince === null ? null : `held since ${times.at(heldSince, panel) ?? ''}`;
  const why = [because, held].filter((part) => part !== null);
  if (why.length > 0) terminal.line(`  ${why.join('; ')}`);
  for (const above of ancestors) {
    terminal.line(
      `  ancestor ${above.name}, limit ${above.limitBytes === null ? 'none' : (bytesCell(above.limitBytes) ?? '')}`,
    );
  }
}

/** Prints the agents of a `reconcile` that changed, would change, or failed. */
export function printChangedAgents(terminal: Terminal, agents: ChangedAgent[] | undefined, showAll: boolean): void {
  const shown = (agents ?? []).filter(({ actions, error }) => actions.length > 0 || error !== null);
  const isQuiet = terminal.quiet && !shown.some(hasChanged);
  if (shown.length > 0 && !isQuiet) printActions(terminal, shown, showAll);
}

/** Returns whether a run changed the users of an agent, or failed to. */
function hasChanged({ actions, error }: ChangedAgent): boolean {
  return error !== null || actions.some(({ state }) => state !== 'planned' && state !== 'unneeded');
}

/** Prints the agents and what became of their users; many users of one agent are counted. */
function printActions(terminal: Terminal, agents: ChangedAgent[], showAll: boolean): void {
  printAgents(terminal, agents);
  for (const { name, actions, error } of agents) {
    for (const line of listActions(terminal, actions, showAll)) terminal.line(`  ${name}: ${line}`);
    if (error) terminal.line(`  ${name}: ${terminal.error(error)}`);
  }
}

/** Prints a check of agents: those over their limit, changed or failed, and all agents with `--verbose`. */
export function printCheck(terminal: Terminal, report: CheckReport, showAll: boolean): void {
  const shown = report.agents.filter((agent) =>
    terminal.quiet ? hasChanged(agent) : showAll || agent.exceeded || agent.actions.length > 0 || agent.error !== null,
  );
  const isClean = report.error === null && report.panels.length === 0 && !shown.some(hasChanged);
  if (terminal.quiet && isClean) return;
  if (!terminal.quiet) printObserving(terminal, report.run.observing);
  if (shown.length > LONG && !terminal.quiet && report.error !== null && isStopError(report.error))
    terminal.line(terminal.error(report.error));
  if (shown.length > 0) printActions(terminal, shown, showAll);
  for (const { panel, error } of report.panels) terminal.line(`${panel}: ${terminal.error(error)}`);
  // The error of the run says what the brake's notice does.
  const told = report.panels.map(({ error }) => error.message);
  const notices = report.notices.filter(
    (notice) => (!isStopError(notice) || report.error === null) && !told.includes(notice.message),
  );
  const others = (count: number): string => formatCount(count, 'other notice');
  if (!terminal.quiet)
    printFirst(terminal, notices, { all: showAll, print: (notice) => terminal.notice(notice), others });
  if (report.error && !told.includes(report.error.message)) terminal.line(terminal.error(report.error));
  if (!terminal.quiet) terminal.line(checkSummary(report));
}

function checkSummary({ run, totals, agents, panels }: CheckReport): string {
  const { exceeded, disabled, restored, failed, skipped } = totals;
  const left = agents.filter(({ panel }) => panels.some((skippedPanel) => skippedPanel.panel === panel)).length;
  const names = [...new Set(panels.map(({ panel }) => panel))].join(', ');
  const isWhole = names !== '' && left === totals.agents;
  if (isWhole) return `agent check${run.dryRun ? ' (dry run)' : ''}: no agent of panel ${names} was checked`;
  const parts = [formatCount(totals.agents, 'agent'), `${exceeded} over ${exceeded === 1 ? 'its' : 'their'} limit`];
  const planned = agents.flatMap(({ actions }) => actions).filter(({ state }) => state === 'planned').length;
  if (planned > 0) parts.push(`${formatCount(planned, 'change')} planned, none made`);
  else parts.push(`${formatCount(disabled, 'user')} disabled`, `${restored} enabled again`);
  return `agent check${run.dryRun ? ' (dry run)' : ''}: ${[...parts, `${failed} failed`, `${skipped} skipped`].join(', ')}${names === '' ? '' : `; not checked: panel ${names}`}`;
}
