import type { AgentTotals } from '@sluice/engine';
import { bytesCell, type Terminal } from './terminal.js';

/** What of an agent the table needs. */
export interface AgentLine {
  uuid: string;
  name: string;
  limitBytes: number | null;
  usedBytes: number;
  remainingBytes: number | null;
  exceeded: boolean;
  users: number;
  usersDisabledByUs: number | null;
  backend: 'sluice' | 'addon';
  rule?: string | null;
}

/** What is shown of one agent beside that. */
export interface AgentDocument extends AgentLine {
  accounting: string;
  period: { start: string; end: string | null } | null;
  reservedBytes: number | null;
  rule: string | null;
  heldSince: string | null;
  ancestors: { name: string; limitBytes: number | null }[];
}

type Failure = { code: string; message: string } | null;

/** What of a check's document is printed. */
export interface CheckDocument {
  run: { dryRun: boolean; observing: string[] };
  totals: AgentTotals;
  agents: (AgentLine & { actions: { type: string; target: string; state: string }[]; error: Failure })[];
  notices: { code: string; message: string }[];
  error: Failure;
  panels: { panel: string; error: { code: string; message: string } }[];
}

/** Agents in a table. */
export function printAgents(terminal: Terminal, agents: readonly AgentLine[]): void {
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
      'Through the add-on: the usage shown counts (it falls on resets), 0 is no limit, nobody is given back.',
    );
  }
}

/** One agent. */
export function printAgent(terminal: Terminal, agent: AgentDocument): void {
  const { name, uuid, accounting, period, ancestors, reservedBytes, rule, heldSince } = agent;
  printAgents(terminal, [agent]);
  const since = period === null ? '' : ` since ${period.start}${period.end === null ? '' : `, until ${period.end}`}`;
  terminal.line(`  ${name} (${uuid}): counted by ${accounting}${since}`);
  if (reservedBytes !== null && reservedBytes > 0) terminal.line(`  promised: ${bytesCell(reservedBytes) ?? ''}`);
  if (rule !== null) terminal.line(`  rule: ${rule}${heldSince === null ? '' : `, held since ${heldSince}`}`);
  for (const above of ancestors) {
    terminal.line(
      `  below ${above.name}, limit ${above.limitBytes === null ? 'none' : (bytesCell(above.limitBytes) ?? '')}`,
    );
  }
}

/** The agents of a run over services: those for which something was done, or would be. */
export function printSwept(terminal: Terminal, agents: CheckDocument['agents'] | undefined): void {
  const shown = (agents ?? []).filter(({ actions, error }) => actions.length > 0 || error !== null);
  const quietly = terminal.quiet && shown.every(({ error }) => error === null);
  if (shown.length > 0 && !quietly) printActions(terminal, shown);
}

function printActions(terminal: Terminal, agents: CheckDocument['agents']): void {
  printAgents(terminal, agents);
  for (const { name, actions, error } of agents) {
    for (const { type, target, state } of actions)
      terminal.line(`  ${name}: ${type} ${target} ${terminal.status(state)}`);
    if (error) terminal.line(`  ${name}: ${terminal.error(error)}`);
  }
}

/** A sweep for people: what is out of the ordinary, all agents with `--verbose`. */
export function printCheck(terminal: Terminal, report: CheckDocument, showAll: boolean): void {
  const { colors } = terminal;
  const shown = report.agents.filter(
    ({ exceeded, actions, error }) => showAll || exceeded || actions.length > 0 || error !== null,
  );
  const quietly =
    terminal.quiet && report.error === null && report.panels.length === 0 && shown.every(({ error }) => error === null);
  if (quietly) return;
  if (report.run.observing.length > 0) {
    terminal.line(
      colors.yellow(`OBSERVING ${report.run.observing.join(', ')}: decisions are recorded, nothing is changed`),
    );
  }
  if (shown.length > 0) printActions(terminal, shown);
  for (const { panel, error } of report.panels) terminal.line(`${panel}: ${terminal.error(error)}`);
  for (const notice of report.notices) terminal.line(terminal.notice(notice));
  if (report.error) terminal.line(terminal.error(report.error));
  const { agents, exceeded, disabled, restored, failed, skipped } = report.totals;
  terminal.line(
    `agent check${report.run.dryRun ? ' (dry run)' : ''}: ${agents} agents, ${exceeded} over, ${disabled} users disabled, ${restored} given back, ${failed} failed, ${skipped} left out`,
  );
}
