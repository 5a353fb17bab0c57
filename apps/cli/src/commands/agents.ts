import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LedgerOpening } from '@sluice/panel-kind';
import { gigabytesToBytes } from '@sluice/quota-core';
import type { Deps } from '../context.js';
import { usageError } from '@sluice/panel-kind/errors';
import { ExitCode, exitCodeOfRun } from '../exit-codes.js';
import { readRows } from '../files/rows.js';
import { printAgent, printAgents, printCheck } from '../output/agent-report.js';
import { bytesCell, Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { confirm, waitOf } from './shared.js';
import { withSluice } from '../open-sluice.js';

/** Options of the commands about agents. */
export interface AgentOptions extends GlobalOptions {
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
  waitLock?: string;
}

const MODES: readonly string[] = ['no_reset', 'monthly', 'weekly', 'daily'];

function bytesOf(text: string | undefined, option: string): number {
  try {
    return gigabytesToBytes(text ?? '');
  } catch (error) {
    throw usageError('bad_option', `${option}: ${(error as Error).message}`);
  }
}

function openingOf(text: string | undefined): LedgerOpening | undefined {
  if (text === undefined || text === 'current' || text === 'zero') return text;
  return { bytes: bytesOf(text, '--opening') };
}

/** `sluice agent list` */
export const agentList: CommandHandler<AgentOptions> = (_args, options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const list = await sluice.agents.list(options);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(list);
    else printAgents(terminal, list.agents);
    return ExitCode.done;
  });

/** `sluice agent show AGENT` */
export const agentShow: CommandHandler<AgentOptions> = ([agent = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const detail = await sluice.agents.show(agent, options);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(detail);
    else printAgent(terminal, detail);
    return ExitCode.done;
  });

/** `sluice agent limit AGENT (--gb N | --none)`, `sluice agent limit --from FILE.csv` */
export const agentLimit: CommandHandler<AgentOptions> = ([agent], options, deps) => {
  const { panel, gb, none, from } = options;
  const opening = openingOf(options.opening);
  const dryRun = options.dryRun === true;
  const ask = (question: string): Promise<void> => confirm(deps, options, question);
  if (from !== undefined) {
    if (agent !== undefined || gb !== undefined || none === true)
      throw usageError('bad_option', '--from takes agents and limits from the file: name neither beside it');
    return withFile(from, deps, (text) =>
      withSluice(deps, options, async (sluice) => {
        const rows = readRows(text, 'csv', from);
        const agents = await sluice.agents.limits({ panel, rows, file: from, opening, dryRun, confirm: ask });
        const terminal = new Terminal(deps, options);
        if (terminal.json) terminal.document({ agents });
        else if (!terminal.quiet) printAgents(terminal, agents);
        return ExitCode.done;
      }),
    );
  }
  if (agent === undefined) throw usageError('bad_option', 'Name the agent, or a file with --from');
  if ((gb === undefined) === (none !== true))
    throw usageError('bad_option', 'Say --gb NUMBER or --none, one of the two');
  const limitBytes = none === true ? null : bytesOf(gb, '--gb');
  return withSluice(deps, options, async (sluice) => {
    const detail = await sluice.agents.limit(agent, { panel, limitBytes, opening, dryRun, confirm: ask });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(detail);
    else if (!terminal.quiet) printAgent(terminal, detail);
    return ExitCode.done;
  });
};

async function withFile<T>(file: string, deps: Deps, work: (text: string) => Promise<T>): Promise<T> {
  if (file === '-') return work(await deps.readStdin());
  let text: string;
  try {
    text = readFileSync(path.resolve(deps.cwd, file), 'utf8');
  } catch (error) {
    throw usageError('bad_import', `${file} can't be read (${(error as { code?: string }).code ?? 'unknown'})`);
  }
  return work(text);
}

/** `sluice agent check [AGENT | --all]` */
export const agentCheck: CommandHandler<AgentOptions> = ([agent], options, deps) => {
  if ((agent === undefined) === (options.all !== true))
    throw usageError('bad_option', 'Name an agent, or say --all; nothing was called');
  return withSluice(deps, options, async (sluice) => {
    const report = await sluice.agents.check({
      agent,
      panel: options.panel,
      dryRun: options.dryRun === true,
      allowMass: options.allowMass === true,
    });
    const terminal = new Terminal(deps, options);
    if (terminal.json) {
      const [only] = report.agents;
      const { run, notices, error, panels } = report;
      terminal.document(
        agent === undefined ? report : { ...only, run, notices, panels, error: error ?? only?.error ?? null },
      );
    } else printCheck(terminal, report, options.verbose === true);
    return exitCodeOfRun(report.run, options);
  });
};

/** `sluice agent can-create-user AGENT --gb N` */
export const agentCanCreateUser: CommandHandler<AgentOptions> = ([agent = ''], options, deps) => {
  const newBytes = bytesOf(options.gb, '--gb');
  return withSluice(deps, options, async (sluice) => {
    const check = await sluice.agents.canCreateUser(agent, newBytes, options);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(check);
    else if (!check.allowed) terminal.line(check.reason ?? 'no');
    else
      terminal.info(
        check.remainingBytes === null
          ? 'yes, without a limit'
          : `yes, ${bytesCell(check.remainingBytes) ?? ''} are left`,
      );
    return check.allowed ? ExitCode.done : ExitCode.failed;
  });
};

/** `sluice agent create-user AGENT --name N --gb G` */
export const agentCreateUser: CommandHandler<AgentOptions> = ([agent = ''], options, deps) => {
  const limitBytes = bytesOf(options.gb, '--gb');
  const mode = MODES.find((known) => known === options.mode);
  if (options.mode !== undefined && mode === undefined)
    throw usageError('bad_option', `--mode: "${options.mode}" is none of ${MODES.join(', ')}`);
  if (limitBytes === 0) throw usageError('bad_option', '--gb: the panel has no user without traffic');
  const { name = '', panel, days } = options;
  if (days !== undefined && !/^\d{1,6}$/.test(days))
    throw usageError('bad_option', `--days: "${days}" is no number of days`);
  return withSluice(deps, options, async (sluice) => {
    const report = await sluice.agents.createUser({
      panel,
      agent,
      name,
      limitBytes,
      days: days === undefined ? undefined : Number(days),
      mode,
      dryRun: options.dryRun === true,
    });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(report);
    else
      terminal.info(
        `user "${report.user.name}" ${report.user.uuid ?? '(dry run)'}, ${bytesCell(report.user.limitBytes) ?? ''}`,
      );
    return ExitCode.done;
  });
};

/** `sluice agent restore AGENT` */
export const agentRestore: CommandHandler<AgentOptions> = ([agent = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const report = await sluice.agents.restore(agent, {
      panel: options.panel,
      force: options.force === true,
      dryRun: options.dryRun === true,
      waitMs: waitOf(options),
    });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(report);
    else if (!terminal.quiet || report.run.outcome !== 'done') {
      printAgent(terminal, report);
      for (const { type, target, state } of report.actions)
        terminal.line(`  ${type} ${target} ${terminal.status(state)}`);
      for (const { name, outcome } of report.left) terminal.line(`  user "${name}" stays as it is: ${outcome}`);
      if (report.error) terminal.line(terminal.error(report.error));
    }
    return exitCodeOfRun(report.run, options);
  });

/** `sluice agent explain AGENT` */
export const agentExplain: CommandHandler<AgentOptions> = ([agent = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const told = await sluice.agents.explain(agent, options);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(told);
    else {
      terminal.line(told.sentence);
      printAgent(terminal, told);
      for (const { at, allocatedBytes, currentBytes, consumedBytes, users } of told.readings) {
        const parts = [
          `${users} users`,
          `${bytesCell(allocatedBytes) ?? ''} sold`,
          `${bytesCell(currentBytes) ?? ''} shown`,
        ];
        terminal.line(`  read ${at}: ${[...parts, `${bytesCell(consumedBytes) ?? '-'} consumed`].join(', ')}`);
      }
      for (const { bytes, leftBytes, state, createdAt } of told.reservations)
        terminal.line(
          `  promised ${createdAt}: ${bytesCell(bytes) ?? ''}, ${bytesCell(leftBytes) ?? ''} left (${state})`,
        );
      for (const { type, name, state, at, outcome } of told.actions)
        terminal.line(`  ${at} ${type} "${name}" ${state}${outcome === null ? '' : ` (${outcome})`}`);
    }
    return ExitCode.done;
  });
