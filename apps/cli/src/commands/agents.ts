import type { AgentDetail, AgentList, AgentView, PanelView, Sluice } from '@sluice/engine';
import type { LedgerOpening } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import { parseTraffic } from '@sluice/quota-core';
import {
  AGENTS,
  printAgent,
  printAgents,
  printCheck,
  printSemantics,
  printSuspended,
} from '../terminal/reports/agent-report.js';
import {
  describeAgentLimit,
  describeNewUser,
  printAgentExplained,
  printRoom,
  printUsersChanged,
} from '../terminal/reports/agent-lines.js';
import { printAccess, printMessage } from '../terminal/reports/customer.js';
import { readTable } from '../terminal/rows/rows.js';
import { ExitCode, toRunExitCode } from '../exit-codes.js';
import { type Opened, withSluice } from '../open-sluice.js';
import { answer } from './answer.js';
import { type ChangeOptions, toHow } from './change-options.js';
import { confirm, type CommandHandler } from './command.js';
import { printPanels } from './observed.js';
import { STATUSES } from './statuses.js';
import { listCommand, type ListOptions } from './list.js';
import { parseRef } from './parse-ref.js';

/** Options of the commands about agents. */
export interface AgentOptions extends ChangeOptions {
  gb?: string;
  none?: boolean;
  from?: string;
  opening?: string;
  all?: boolean;
  allowMass?: boolean;
  name?: string;
  days?: string;
  mode?: string;
  ref?: string;
  force?: boolean;
  message?: boolean;
}

const MODES: readonly string[] = ['no_reset', 'monthly', 'weekly', 'daily'];

/** Returns a whole number of days; undefined where it is not named. */
export function parseDays(days: string | undefined): number | undefined {
  if (days === undefined) return undefined;
  if (!/^\d{1,6}$/.test(days)) throw usageError('bad_option', `--days: "${days}" is not a whole number of days`);
  return Number(days);
}

/** Returns traffic in bytes: a number of GB, or a size with its unit. */
export function parseGigabytes(text: string | undefined, option: string): number {
  try {
    return parseTraffic(text ?? '');
  } catch (error) {
    throw usageError('bad_option', `${option}: ${(error as Error).message}`);
  }
}

function parseOpening(text: string | undefined): LedgerOpening | undefined {
  if (text === undefined || text === 'current' || text === 'zero') return text;
  return { bytes: parseGigabytes(text, '--opening') };
}

/** `sluice agent list` */
export const agentList: CommandHandler<ListOptions> = listCommand<AgentView, ListOptions, Omit<AgentList, 'agents'>>(
  { key: 'agents', empty: 'No agents.', columns: AGENTS, statuses: STATUSES.agents },
  async ({ sluice }, _args, { panel }) => {
    const { agents, ...also } = await sluice.agents.list({ panel });
    return { rows: agents, also };
  },
  async (opened, agents, { csv, panel: only }, also) => {
    const { terminal } = opened;
    const panels = also?.panels ?? [];
    if (csv === undefined) {
      printSemantics(terminal, agents);
      printSuspended(terminal, agents);
      const left = panels.map(({ panel }) => panel);
      await printAgentPanels(opened, ({ name }) => (only === undefined || name === only) && !left.includes(name), only);
    }
    for (const { panel, error } of panels) terminal.warn(`panel "${panel}" is not listed: ${terminal.error(error)}`);
    return panels.length === 0 ? ExitCode.done : ExitCode.partial;
  },
);

/** Prints what keeps the limits of agents from being enforced or shown as they are, on those panels with agents. */
async function printAgentPanels(
  opened: Opened,
  isShown: (panel: PanelView) => boolean,
  only: string | undefined,
): Promise<void> {
  const { panels } = await opened.sluice.panels.list();
  const own = panels.filter((panel) => panel.capabilities.includes('agents') && isShown(panel));
  await printPanels(opened, own, only);
}

const printOwnPanel = (opened: Opened, { panel }: Pick<AgentView, 'panel'>): Promise<void> =>
  printAgentPanels(opened, ({ name }) => name === panel, panel);

/** `sluice agent show AGENT` */
export const agentShow: CommandHandler<AgentOptions> = ([agent = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.agents.show(agent, { panel: options.panel }), {
    print: printAgent,
    after: printOwnPanel,
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
    return answer(deps, options, ({ sluice }) => sluice.agents.limits({ ...common, rows, file: from }), {
      document: (agents) => ({ agents }),
      print: (terminal, agents) => {
        if (!terminal.quiet) printAgents(terminal, agents);
      },
    });
  }
  if (agent === undefined) throw usageError('bad_option', 'Name the agent, or a file with --from');
  if ((gb === undefined) === (none !== true)) throw usageError('bad_option', 'Use either --gb NUMBER or --none');
  const limitBytes = none === true ? null : parseGigabytes(gb, '--gb');
  return answer(
    deps,
    options,
    async ({ sluice }) => ({
      before: await findStored(sluice, agent, panel),
      detail: await sluice.agents.limit(agent, { ...common, limitBytes }),
    }),
    {
      document: ({ detail }) => detail,
      info: ({ before, detail }) => describeAgentLimit(before, detail, common.dryRun),
      print: (terminal, { detail }) => {
        if (options.verbose === true) printAgent(terminal, detail);
      },
    },
  );
};

/** `sluice agent check [AGENT | --all]` */
export const agentCheck: CommandHandler<AgentOptions> = ([agent], options, deps) => {
  if ((agent === undefined) === (options.all !== true))
    throw usageError('bad_option', 'Name an agent, or use --all; no panel was called');
  const { panel, dryRun, allowMass, verbose } = options;
  const scheduled = agent === undefined && panel === undefined && dryRun !== true;
  return answer(
    deps,
    { ...options, scheduled },
    ({ sluice }) => sluice.agents.check({ agent, panel, dryRun, allowMass }),
    {
      document: (report) => {
        if (agent === undefined) return report;
        const { run, notices, error, panels, agents } = report;
        const [only] = agents;
        return { ...only, run, notices, panels, error: error ?? only?.error ?? null };
      },
      print: (terminal, report) => {
        printCheck(terminal, report, verbose === true);
      },
      exitCode: ({ run }) => toRunExitCode(run, options),
    },
  );
};

/** `sluice agent can-create-user AGENT --gb N` */
export const agentCanCreateUser: CommandHandler<AgentOptions> = ([agent = ''], options, deps) => {
  const newBytes = parseGigabytes(options.gb, '--gb');
  return answer(deps, options, ({ sluice }) => sluice.agents.canCreateUser(agent, newBytes, { panel: options.panel }), {
    print: printRoom,
    exitCode: ({ allowed }) => (allowed ? ExitCode.done : ExitCode.failed),
  });
};

/** `sluice agent user create AGENT --name N --gb G`, `sluice agent create-user AGENT …` */
export const agentCreateUser: CommandHandler<AgentOptions> = ([agent = ''], options, deps) => {
  const limitBytes = parseGigabytes(options.gb, '--gb');
  const mode = MODES.find((known) => known === options.mode);
  if (options.mode !== undefined && mode === undefined)
    throw usageError('bad_option', `--mode: "${options.mode}" is not one of ${MODES.join(', ')}`);
  if (limitBytes === 0) throw usageError('bad_option', '--gb: 0 is not allowed for a user; use a number above 0');
  const { name = '', panel } = options;
  const days = parseDays(options.days);
  return withSluice(deps, options, async ({ sluice, terminal, outcome }) => {
    const report = await sluice.agents.createUser({
      panel,
      agent,
      name,
      limitBytes,
      days,
      mode,
      ref: parseRef(options.ref, 'created'),
      dryRun: options.dryRun === true,
    });
    terminal.document(report);
    const { user, access } = report;
    outcome.info(describeNewUser(user));
    if (access !== null) {
      const account = { service: user.name, panel: panel ?? null, access, credentials: null, hasPassword: false };
      if (options.message === true) printMessage(terminal, account, undefined);
      else printAccess(terminal, account);
    }
    return ExitCode.done;
  });
};

/** `sluice agent restore AGENT` */
export const agentRestore: CommandHandler<AgentOptions> = ([agent = ''], options, deps) => {
  const how = { ...toHow(options), force: options.force };
  return answer(deps, options, ({ sluice }) => sluice.agents.restore(agent, how), {
    print: (terminal, report) => {
      printUsersChanged(terminal, null, report, options.verbose === true);
    },
    exitCode: ({ run }) => toRunExitCode(run, options),
  });
};

/** Returns an agent as stored; null for one that was never read, which has no limit and is not suspended. */
async function findStored(sluice: Sluice, agent: string, panel: string | undefined): Promise<AgentDetail | null> {
  // What else is wrong is an error of the command that follows.
  return sluice.agents.explain(agent, { panel }).catch(() => null);
}

/** Returns the handler of a command that changes the suspension of an agent. */
function changingSuspension(verb: 'suspend' | 'unsuspend'): CommandHandler<AgentOptions> {
  return ([agent = ''], options, deps) =>
    answer(
      deps,
      options,
      async ({ sluice }) => ({
        before: await findStored(sluice, agent, options.panel),
        report: await sluice.agents[verb](agent, toHow(options)),
      }),
      {
        document: ({ report }) => report,
        print: (terminal, { before, report }) => {
          printUsersChanged(terminal, before, report, options.verbose === true);
        },
        exitCode: ({ report }) => toRunExitCode(report.run, options),
      },
    );
}

/** `sluice agent suspend AGENT` */
export const agentSuspend = changingSuspension('suspend');

/** `sluice agent unsuspend AGENT` */
export const agentUnsuspend = changingSuspension('unsuspend');

/** `sluice agent explain AGENT` */
export const agentExplain: CommandHandler<AgentOptions> = ([agent = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.agents.explain(agent, { panel: options.panel }), {
    print: (terminal, explained) => {
      printAgentExplained(terminal, explained, options.verbose === true);
    },
    after: printOwnPanel,
  });
