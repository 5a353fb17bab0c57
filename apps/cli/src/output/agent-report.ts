import type { AgentDetail, AgentView, ChangedAgent, CheckReport } from '@sluice/engine';
import { printObserving } from './run-report.js';
import { countOf } from './words.js';
import { bytesCell, type Terminal } from './terminal.js';

/** Prints agents in a table. */
export function printAgents(terminal: Terminal, agents: readonly AgentView[]): void {
  if (agents.length === 0) {
    terminal.line('No agents.');
    return;
  }
  terminal.table(
    ['agent', 'uuid', '>limit', '>used', '>remaining', '>users', '>disabled', 'state'],
    agents.map((agent) => [
      agent.name,
      agent.uuid,
      agent.limitBytes === null ? 'none' : bytesCell(agent.limitBytes),
      bytesCell(agent.usedBytes),
      bytesCell(agent.remainingBytes),
      String(agent.users),
      agent.usersDisabledByUs === null ? null : String(agent.usersDisabledByUs),
      agent.rule === 'missing' ? 'missing' : terminal.status(agent.exceeded ? 'held' : 'ok'),
    ]),
  );
  if (agents.some(({ backend }) => backend === 'addon')) {
    terminal.line(
      'The add-on enforces these limits: it counts the usage that the panel reports, which falls on resets; 0 means no limit; users are not enabled again.',
    );
  }
}

/** Prints one agent with its period and its ancestors. */
export function printAgent(terminal: Terminal, agent: AgentDetail): void {
  const { name, uuid, accounting, period, ancestors, reservedBytes, rule, heldSince } = agent;
  printAgents(terminal, [agent]);
  const since = period === null ? '' : ` since ${period.start}${period.end === null ? '' : `, until ${period.end}`}`;
  terminal.line(`  ${name} (${uuid}): counted by ${accounting}${since}`);
  if (reservedBytes !== null && reservedBytes > 0) terminal.line(`  reserved: ${bytesCell(reservedBytes) ?? ''}`);
  if (rule !== null) terminal.line(`  rule: ${rule}${heldSince === null ? '' : `, held since ${heldSince}`}`);
  for (const above of ancestors) {
    terminal.line(
      `  ancestor ${above.name}, limit ${above.limitBytes === null ? 'none' : (bytesCell(above.limitBytes) ?? '')}`,
    );
  }
}

/** Prints the agents of a `reconcile` that changed, would change, or failed. */
export function printChangedAgents(terminal: Terminal, agents: ChangedAgent[] | undefined): void {
  const shown = (agents ?? []).filter(({ actions, error }) => actions.length > 0 || error !== null);
  const isQuiet = terminal.quiet && !shown.some(hasChanged);
  if (shown.length > 0 && !isQuiet) printActions(terminal, shown);
}

/** Returns whether a run changed the users of an agent, or failed to. */
function hasChanged({ actions, error }: ChangedAgent): boolean {
  return error !== null || actions.some(({ state }) => state !== 'planned' && state !== 'unneeded');
}

function printActions(terminal: Terminal, agents: ChangedAgent[]): void {
  printAgents(terminal, agents);
  for (const { name, actions, error } of agents) {
    for (const action of actions) terminal.line(`  ${name}: ${action.name} ${terminal.status(action.state)}`);
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
  if (shown.length > 0) printActions(terminal, shown);
  for (const { panel, error } of report.panels) terminal.line(`${panel}: ${terminal.error(error)}`);
  if (!terminal.quiet) for (const notice of report.notices) terminal.line(terminal.notice(notice));
  if (report.error) terminal.line(terminal.error(report.error));
  if (!terminal.quiet) terminal.line(checkSummary(report));
}

function checkSummary({ run, totals, agents }: CheckReport): string {
  const { exceeded, disabled, restored, failed, skipped } = totals;
  const parts = [countOf(totals.agents, 'agent'), `${exceeded} over ${exceeded === 1 ? 'its' : 'their'} limit`];
  const planned = agents.flatMap(({ actions }) => actions).filter(({ state }) => state === 'planned').length;
  if (planned > 0) parts.push(`${countOf(planned, 'change')} planned, none made`);
  else parts.push(`${countOf(disabled, 'user')} disabled`, `${restored} enabled again`);
  return `agent check${run.dryRun ? ' (dry run)' : ''}: ${[...parts, `${failed} failed`, `${skipped} skipped`].join(', ')}`;
}
