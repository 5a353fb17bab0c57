import type { AgentDetail, AgentView, RestoreReport, Sluice } from '@sluice/engine';
import type { LedgerOpening } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import { gigabytesToBytes } from '@sluice/quota-core';
import { bytesCell, formatCount, type Terminal } from '@sluice/terminal';
import {
  AGENTS,
  printAccess,
  printActions,
  printAgent,
  printAgents,
  printCheck,
  printMessage,
  printSemantics,
  printSuspended,
  suspensionText,
} from '@sluice/terminal/reports';
import { readTable } from '@sluice/terminal/rows';
import { ExitCode, toRunExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import { confirm, type CommandHandler, type LockOptions } from './command.js';
import { STATUSES } from './statuses.js';
import { listCommand, type ListOptions } from './list.js';
import { parseWait } from './parse-wait.js';

/** Options of the commands about agents. */
export interface AgentOptions extends LockOptions {
  panel?: string;
  gb?: string;
  none?: boolean;
  from?: string;
  opening?: string;
  yes?: boolean;
  all?: boolean;
  allowMass?: boolean;
  dryRun?: boolean;
  detailedExitcode?: boolean;
  name?: string;
  days?: string;
  mode?: string;
  force?: boolean;
  message?: boolean;
}

const MODES: readonly string[] = ['no_reset', 'monthly', 'weekly', 'daily'];

function parseGigabytes(text: string | undefined, option: string): number {
  try {
    return gigabytesToBytes(text ?? '');
  } catch (error) {
    throw usageError('bad_option', `${option}: ${(error as Error).message}`);
  }
}

function parseOpening(text: string | undefined): LedgerOpening | undefined {
  if (text === undefined || text === 'current' || text === 'zero') return text;
  return { bytes: parseGigabytes(text, '--opening') };
}

/** `sluice agent list` */
export const agentList: CommandHandler<ListOptions> = listCommand<AgentView>(
  { key: 'agents', empty: 'No agents.', columns: AGENTS, statuses: STATUSES.agents },
  async ({ sluice }, _args, { panel }) => {
    const { agents, ...also } = await sluice.agents.list({ panel });
    return { rows: agents, also };
  },
  (terminal, agents, { csv }) => {
    if (csv === undefined) printSemantics(terminal, agents);
    if (csv === undefined) printSuspended(terminal, agents);
    return ExitCode.done;
  },
);

/** `sluice agent show AGENT` */
export const agentShow: CommandHandler<AgentOptions> = ([agent = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const detail = await sluice.agents.show(agent, options);
    terminal.document(detail);
    printAgent(terminal, detail);
    return ExitCode.done;
  });

/** `sluice agent limit AGENT (--gb N | --none)`, `sluice agent limit --from FILE.csv` */
export const agentLimit: CommandHandler<AgentOptions> = async ([agent], options, deps) => {
  const { panel, gb, none, from } = options;
  const common = {
    panel,
    opening: parseOpening(options.opening),
    dryRun: options.dryRun === true,
    confirm: (question: string) => confirm(deps, options, question),
  };
  if (from !== undefined) {
    if (agent !== undefined || gb !== undefined || none === true)
      throw usageError('bad_option', '--from reads agents and limits from the file; remove the agent, --gb and --none');
    const { rows } = await readTable(from, deps, 'csv');
    return withSluice(deps, options, async ({ sluice, terminal }) => {
      const agents = await sluice.agents.limits({ ...common, rows, file: from });
      terminal.document({ agents });
      if (!terminal.quiet) printAgents(terminal, agents);
      return ExitCode.done;
    });
  }
  if (agent === undefined) throw usageError('bad_option', 'Name the agent, or a file with --from');
  if ((gb === undefined) === (none !== true)) throw usageError('bad_option', 'Use either --gb NUMBER or --none');
  const limitBytes = none === true ? null : parseGigabytes(gb, '--gb');
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const before = await findStored(sluice, agent, panel);
    const detail = await sluice.agents.limit(agent, { ...common, limitBytes });
    terminal.document(detail);
    terminal.info(limitLine(before, detail, options.dryRun === true));
    if (options.verbose === true) printAgent(terminal, detail);
    return ExitCode.done;
  });
};

/** `sluice agent check [AGENT | --all]` */
export const agentCheck: CommandHandler<AgentOptions> = ([agent], options, deps) => {
  if ((agent === undefined) === (options.all !== true))
    throw usageError('bad_option', 'Name an agent, or use --all; no panel was called');
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const report = await sluice.agents.check({
      agent,
      panel: options.panel,
      dryRun: options.dryRun === true,
      allowMass: options.allowMass === true,
    });
    const [only] = report.agents;
    const { run, notices, error, panels } = report;
    terminal.document(
      agent === undefined ? report : { ...only, run, notices, panels, error: error ?? only?.error ?? null },
    );
    printCheck(terminal, report, options.verbose === true);
    return toRunExitCode(report.run, options);
  });
};

/** `sluice agent can-create-user AGENT --gb N` */
export const agentCanCreateUser: CommandHandler<AgentOptions> = ([agent = ''], options, deps) => {
  const newBytes = parseGigabytes(options.gb, '--gb');
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const check = await sluice.agents.canCreateUser(agent, newBytes, options);
    terminal.document(check);
    const { allowed, reason, remainingBytes } = check;
    if (!allowed) terminal.line(reason ?? 'no');
    else terminal.info(remainingBytes === null ? 'yes, without a limit' : `yes, ${bytesText(remainingBytes)} left`);
    return allowed ? ExitCode.done : ExitCode.failed;
  });
};

/** `sluice agent create-user AGENT --name N --gb G` */
export const agentCreateUser: CommandHandler<AgentOptions> = ([agent = ''], options, deps) => {
  const limitBytes = parseGigabytes(options.gb, '--gb');
  const mode = MODES.find((known) => known === options.mode);
  if (options.mode !== undefined && mode === undefined)
    throw usageError('bad_option', `--mode: "${options.mode}" is not one of ${MODES.join(', ')}`);
  if (limitBytes === 0) throw usageError('bad_option', '--gb: 0 is not allowed for a user; use a number above 0');
  const { name = '', panel, days } = options;
  if (days !== undefined && !/^\d{1,6}$/.test(days))
    throw usageError('bad_option', `--days: "${days}" is not a whole number of days`);
  return withSluice(deps, options, async ({ sluice, terminal, outcome }) => {
    const report = await sluice.agents.createUser({
      panel,
      agent,
      name,
      limitBytes,
      days: days === undefined ? undefined : Number(days),
      mode,
      dryRun: options.dryRun === true,
    });
    terminal.document(report);
    const { user, access } = report;
    outcome.info(`user "${user.name}" ${user.uuid ?? '(dry run)'}, ${bytesText(user.limitBytes)}`);
    if (access !== null) {
      const account = { service: user.name, panel: panel ?? null, access, credentials: null, hasPassword: false };
      if (options.message === true) printMessage(terminal, account, undefined);
      else printAccess(terminal, account);
    }
    return ExitCode.done;
  });
};

/** `sluice agent restore AGENT` */
export const agentRestore: CommandHandler<AgentOptions> = ([agent = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const report = await sluice.agents.restore(agent, {
      panel: options.panel,
      force: options.force === true,
      dryRun: options.dryRun === true,
      waitMs: parseWait(options),
    });
    terminal.document(report);
    printUsersChanged(terminal, report, restoreLine(report), options.verbose === true);
    return toRunExitCode(report.run, options);
  });

/** Returns an agent as stored; null for one that was never read, which has no limit and is not suspended. */
async function findStored(sluice: Sluice, agent: string, panel: string | undefined): Promise<AgentDetail | null> {
  // What else is wrong is an error of the command that follows.
  return sluice.agents.explain(agent, { panel }).catch(() => null);
}

/** Changes the suspension of an agent, and prints what changed in one line. */
function changeSuspension(
  verb: 'suspend' | 'unsuspend',
  toLine: (before: AgentDetail | null, report: RestoreReport, terminal: Terminal) => string,
): CommandHandler<AgentOptions> {
  return ([agent = ''], options, deps) =>
    withSluice(deps, options, async ({ sluice, terminal }) => {
      const { panel } = options;
      const before = await findStored(sluice, agent, panel);
      const how = { panel, dryRun: options.dryRun === true, waitMs: parseWait(options) };
      const report = await sluice.agents[verb](agent, how);
      terminal.document(report);
      printUsersChanged(terminal, report, toLine(before, report, terminal), options.verbose === true);
      return toRunExitCode(report.run, options);
    });
}

/** `sluice agent suspend AGENT` */
export const agentSuspend = changeSuspension('suspend', suspendLine);

/** `sluice agent unsuspend AGENT` */
export const agentUnsuspend = changeSuspension('unsuspend', unsuspendLine);

/** Prints how a command about the users of an agent ended: one line, what it left, and all details with `--verbose`. */
function printUsersChanged(terminal: Terminal, report: RestoreReport, line: string, showAll: boolean): void {
  if (terminal.quiet && report.run.outcome === 'done') return;
  terminal.line(line);
  if (showAll) printAgent(terminal, report);
  if (showAll || report.run.outcome !== 'done') printActions(terminal, report.actions);
  for (const { name, outcome } of report.left) terminal.line(`  user "${name}" is unchanged: ${outcome}`);
  for (const notice of report.notices) terminal.line(`  ${terminal.notice(notice)}`);
  if (report.error) terminal.line(terminal.error(report.error));
}

/** `sluice agent explain AGENT` */
export const agentExplain: CommandHandler<AgentOptions> = ([agent = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const explained = await sluice.agents.explain(agent, options);
    terminal.document(explained);
    const { times } = terminal;
    const { panel } = explained;
    terminal.line(times.text(explained.sentence, panel));
    printAgent(terminal, explained);
    for (const { at, allocatedBytes, currentBytes, consumedBytes, users } of explained.readings) {
      const sold = `${formatCount(users, 'user')}, ${bytesText(allocatedBytes)} allocated, ${bytesText(currentBytes)} reported by the panel`;
      const consumed = consumedBytes === null ? '' : `, ${bytesText(consumedBytes)} consumed`;
      terminal.line(`  read ${times.at(at, panel) ?? ''}: ${sold}${consumed}`);
    }
    for (const { bytes, leftBytes, state, createdAt } of explained.reservations)
      terminal.line(
        `  reserved ${times.at(createdAt, panel) ?? ''}: ${bytesText(bytes)}, ${bytesText(leftBytes)} left (${state})`,
      );
    for (const { type, name, state, at, outcome } of explained.actions)
      terminal.line(
        `  ${times.at(at, panel) ?? ''} ${type.replaceAll('-', ' ')} "${name}" ${state}${outcome === null ? '' : ` (${outcome})`}`,
      );
    return ExitCode.done;
  });

function limitLine(before: AgentDetail | null, after: AgentDetail, dryRun: boolean): string {
  const text = ({ limitBytes }: AgentDetail): string => (limitBytes === null ? 'none' : bytesText(limitBytes));
  const was = before === null || before.limitBytes === after.limitBytes ? '' : ` (was ${text(before)})`;
  return `${after.name}: limit ${text(after)}${was}, ${bytesText(after.usedBytes)} used${dryRun ? ' (dry run)' : ''}`;
}

function restoreLine({ name, run, actions }: RestoreReport): string {
  if (run.dryRun) return `${name}: ${changedUsers(actions, run)} be enabled again, nothing changed`;
  return `${name}: ${changedUsers(actions, run)} enabled again${failedChanges(actions)}`;
}

function suspendLine(before: AgentDetail | null, { name, run, actions }: RestoreReport, { times }: Terminal): string {
  const users = changedUsers(actions, run);
  const held = before?.suspended ?? null;
  if (held !== null && actions.length === 0)
    return `${name}: already suspended ${suspensionText(held, times, before?.panel)}, nothing changed`;
  const still = held === null ? 'suspended' : `already suspended ${suspensionText(held, times, before?.panel)}`;
  if (run.dryRun) {
    const what = held === null ? 'would be suspended' : still;
    return `${name}: ${what}, ${users} be disabled, nothing changed`;
  }
  return `${name}: ${still}, ${users} disabled${failedChanges(actions)}`;
}

function unsuspendLine(before: AgentDetail | null, { name, run, actions }: RestoreReport): string {
  const isSuspended = (before?.suspended ?? null) !== null;
  if (!isSuspended && actions.length === 0) return `${name}: not suspended, nothing changed`;
  const users = changedUsers(actions, run);
  if (run.dryRun) return `${name}: would no longer be suspended, ${users} be enabled again, nothing changed`;
  return `${name}: no longer suspended, ${users} enabled again${failedChanges(actions)}`;
}

/** Returns how many users were changed, or (a dry run) `would`. */
function changedUsers(actions: RestoreReport['actions'], run: RestoreReport['run']): string {
  const count = actions.filter(({ state }) => state === (run.dryRun ? 'planned' : 'applied')).length;
  return `${formatCount(count, 'user')}${run.dryRun ? ' would' : ''}`;
}

function failedChanges(actions: RestoreReport['actions']): string {
  const failed = actions.filter(({ state }) => state === 'failed' || state === 'in-doubt').length;
  return failed === 0 ? '' : `, ${failed} failed or in doubt`;
}

function bytesText(bytes: number | null): string {
  return bytesCell(bytes) ?? '';
}
