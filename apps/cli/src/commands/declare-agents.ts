import type { Command } from 'commander';
import { lazily, type CommandContext } from './command.js';

const PANEL = ['--panel <name>', 'the Hiddify panel, where there are several'] as const;
const DRY_RUN = ['--dry-run', 'make no changing call and store nothing but the API log'] as const;
const DETAILED = ['--detailed-exitcode', 'with --dry-run: exit 4 when there is something to change'] as const;
const AGENT = 'uuid or unambiguous name of the agent';

/** `agent`: traffic limits of the agents of a Hiddify panel. */
export function declareAgents(program: Command, context: CommandContext): void {
  const agent = program.command('agent').description('traffic limits of the agents (resellers) of a Hiddify panel');
  declareLimits(agent, context);
  declareUsers(agent, context);
}

const load = () => import('./agents.js');

/** The agents, their limits, and the check that keeps these. */
function declareLimits(agent: Command, context: CommandContext): void {
  agent
    .command('list')
    .description('agents with their limits and what they use')
    .option(...PANEL)
    .addHelpText('after', '\nExample:\n  $ sluice agent list --panel vpn')
    .action(lazily(context, async () => (await load()).agentList));
  agent
    .command('show')
    .argument('<agent>', AGENT)
    .description('one agent: its period, what is promised, and who stands above it')
    .option(...PANEL)
    .addHelpText('after', '\nExample:\n  $ sluice agent show north')
    .action(lazily(context, async () => (await load()).agentShow));
  agent
    .command('limit')
    .argument('[agent]', AGENT)
    .description('set the traffic limit of an agent, or of many from a file')
    .option('--gb <number>', 'the limit in GB; 0 allows nothing')
    .option('--none', 'no limit')
    .option('--from <file>', 'CSV with agent,limit_gb (empty is none); all rows or none')
    .option(
      '--opening <what>',
      'where the ledger begins: current (default of the first limit), zero, or a number of GB',
    )
    .option('--yes', 'also where agents would be over at once')
    .option(...PANEL)
    .option(...DRY_RUN)
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice agent limit north --gb 500\n  $ sluice agent limit north --none\n  $ sluice agent limit --from limits.csv',
    )
    .action(lazily(context, async () => (await load()).agentLimit));
  agent
    .command('check')
    .argument('[agent]', AGENT)
    .description('disable the users of agents that are over, give back those of agents that are not any more')
    .option('--all', 'every agent: what cron runs every 5 minutes')
    .option('--allow-mass', 'go through although the mass-change brake would stop the run, or the list has shrunk')
    .option(...PANEL)
    .option(...DRY_RUN)
    .option(...DETAILED)
    .addHelpText('after', '\nExamples:\n  $ sluice agent check --all --quiet\n  $ sluice agent check north --dry-run')
    .action(lazily(context, async () => (await load()).agentCheck));
}

/** The users of an agent, and why they are as they are. */
function declareUsers(agent: Command, context: CommandContext): void {
  agent
    .command('can-create-user')
    .argument('<agent>', AGENT)
    .description('may the agent have one more user of this size? Exit 0 when it may, 1 when not')
    .requiredOption('--gb <number>', 'size of the user in GB')
    .option(...PANEL)
    .addHelpText('after', '\nExample:\n  $ sluice agent can-create-user north --gb 20')
    .action(lazily(context, async () => (await load()).agentCanCreateUser));
  agent
    .command('create-user')
    .argument('<agent>', AGENT)
    .description('create a user within the limits of its agent and everybody above')
    .requiredOption('--name <text>', 'name of the user')
    .requiredOption('--gb <number>', 'its size in GB')
    .option('--days <number>', 'days from the first use (default: 30)')
    .option('--mode <mode>', 'no_reset (default), monthly, weekly or daily')
    .option(...PANEL)
    .option(...DRY_RUN)
    .addHelpText('after', '\nExample:\n  $ sluice agent create-user north --name anna --gb 20 --days 30')
    .action(lazily(context, async () => (await load()).agentCreateUser));
  agent
    .command('restore')
    .argument('<agent>', AGENT)
    .description('give back the users that the check disabled, and nobody else')
    .option('--force', 'also while the agent is over its limit')
    .option('--wait-lock <duration>', 'wait so long for another run that works on the panel (default: 30s)')
    .option(...PANEL)
    .option(...DRY_RUN)
    .option(...DETAILED)
    .addHelpText('after', '\nExample:\n  $ sluice agent restore north')
    .action(lazily(context, async () => (await load()).agentRestore));
  agent
    .command('explain')
    .argument('<agent>', AGENT)
    .description('why an agent is in its state, from the store alone')
    .option(...PANEL)
    .addHelpText('after', '\nExample:\n  $ sluice agent explain north')
    .action(lazily(context, async () => (await load()).agentExplain));
}
