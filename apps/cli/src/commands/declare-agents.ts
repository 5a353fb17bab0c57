import type { LazyCommand } from './command.js';
import { listOptions } from './list-options.js';

const MODES = ['no_reset', 'monthly', 'weekly', 'daily'];
const AGENT = 'uuid or unambiguous name of the agent';

/** Declares `agent`: traffic limits of the agents of a Hiddify panel. */
export function declareAgents(program: LazyCommand): void {
  program
    .command('agent')
    .summary('traffic limits of the agents (resellers) of a Hiddify panel')
    .description(
      "traffic limits of the agents (resellers) of a Hiddify panel; a user made in the panel's own forms is not refused, but found by the next check",
    )
    .examples('sluice agent list', 'sluice agent check --all --quiet')
    .declares((agent) => {
      declareLimits(agent);
      declareUsers(agent);
    });
}

const load = () => import('./agents.js');

function declareLimits(agent: LazyCommand): void {
  listOptions(agent.command('list'), 'panel', 'status=agents', 'over')
    .description('list agents with their limits and usage')
    .examples('sluice agent list --panel vpn', 'sluice agent list --over 80% --sort -share')
    .runs(async () => (await load()).agentList);
  agent
    .command('show')
    .argument('<agent>', AGENT)
    .description('show an agent: its period, reserved traffic and ancestors')
    .ofPanel('Hiddify')
    .examples('sluice agent show north')
    .runs(async () => (await load()).agentShow);
  listOptions(agent.command('history').argument('<agent>', AGENT), 'panel', 'over')
    .description('list the periods of an agent: its limit, what was used of it, and when it was exceeded')
    .examples('sluice agent history north', 'sluice agent history north --over 90% --csv -')
    .runs(async () => (await import('./agent-history.js')).agentHistory);
  agent
    .command('limit')
    .argument('[agent]', AGENT)
    .description('set the traffic limit of an agent, or of many from a file')
    .option('--gb <number>', 'the limit in GB; 0 allows no traffic')
    .option('--none', 'remove the limit')
    .option(
      '--from <file>',
      'CSV with agent,limit_gb (empty: no limit),opening_gb (usage at the first limit); stores all rows or none',
    )
    .option('--opening <what>', 'usage at the start: current (default for the first limit), zero, or a number of GB')
    .option(
      '--yes',
      'do not ask, even if agents would immediately exceed their limits, or users stay disabled on a panel that is gone',
    )
    .ofPanel('Hiddify')
    .dryRun()
    .changes()
    .examples(
      'sluice agent limit north --gb 500',
      'sluice agent limit north --none',
      'sluice agent limit --from limits.csv',
    )
    .runs(async () => (await load()).agentLimit);
  agent
    .command('check')
    .argument('[agent]', AGENT)
    .description('disable the users of agents over their limit, and enable again the users of agents no longer over it')
    .option('--all', 'check every agent; schedule it every 5 minutes with cron')
    .option('--allow-mass', 'continue even if the mass-change brake would stop the run or the list has shrunk')
    .ofPanel('Hiddify')
    .previews()
    .changes()
    .examples('sluice agent check --all --quiet', 'sluice agent check north --dry-run')
    .runs(async () => (await load()).agentCheck);
}

function declareUsers(agent: LazyCommand): void {
  agent
    .command('can-create-user')
    .argument('<agent>', AGENT)
    .description(
      'check whether a new user with this traffic limit fits the limits of the agent and its ancestors: exit 0 if so, 1 if not',
    )
    .requiredOption('--gb <number>', 'traffic limit of the user in GB')
    .ofPanel('Hiddify')
    .examples('sluice agent can-create-user north --gb 20')
    .runs(async () => (await load()).agentCanCreateUser);
  agent
    .group('user', 'the users of an agent: list, create, extend, disable and enable', declareSingleUsers)
    .examples('sluice agent user list north', 'sluice agent user extend north anna --gb 10 --days 30');
  declareCreation(agent.command('create-user'), 'the same as "agent user create"').examples(
    'sluice agent create-user north --name anna --gb 20 --days 30',
  );
  const restore = agent.command('restore').argument('<agent>', AGENT);
  changing(restore.option('--force', 'even while the agent is over its limit'))
    .description('enable again only the users that the check disabled')
    .examples('sluice agent restore north')
    .runs(async () => (await load()).agentRestore);
  declareSuspension(agent);
  agent
    .command('explain')
    .argument('<agent>', AGENT)
    .description('show why an agent is in its state, using only the store')
    .ofPanel('Hiddify')
    .examples('sluice agent explain north')
    .runs(async () => (await load()).agentExplain);
}

function declareCreation(command: LazyCommand, about: string): LazyCommand {
  return command
    .argument('<agent>', AGENT)
    .description(about)
    .requiredOption('--name <text>', 'name of the user')
    .requiredOption('--gb <number>', 'traffic limit of the user in GB')
    .option('--days <number>', 'validity in days from the first use (default: 30)')
    .choice('--mode <mode>', 'when the usage is reset; default: no_reset', MODES)
    .option('--ref <key>', 'create one user only, however often the command is repeated with this reference')
    .option('--message', 'print the text of a mail to the customer, and everything else on stderr')
    .ofPanel('Hiddify')
    .dryRun()
    .changes()
    .runs(async () => (await load()).agentCreateUser);
}

const USER = 'uuid or exact name of a user of the agent, or of an agent below it';

function declareSingleUsers(users: LazyCommand): void {
  const loadUsers = () => import('./agent-users.js');
  listOptions(users.command('list').argument('<agent>', AGENT), 'panel', 'status=users', 'over')
    .description('list the users of an agent and of its sub-agents, with what the panel shows of them now')
    .examples('sluice agent user list north', 'sluice agent user list north --status expired --csv -')
    .runs(async () => (await loadUsers()).agentUserList);
  declareCreation(
    users.command('create'),
    "create a user within the limits of its agent and of all ancestors; a user made in the panel's own forms is not refused, but found by the next check",
  ).examples('sluice agent user create north --name anna --gb 20 --days 30');
  const extend = users.command('extend').argument('<agent>', AGENT).argument('<user>', USER);
  changing(
    extend
      .option('--gb <number>', 'how much more traffic, in GB')
      .option('--days <number>', 'how many more days')
      .option('--ref <key>', 'extend only once, however often the command is repeated with this reference'),
  )
    .description(
      'give a user more traffic or more days, within the limits of its agent and of all ancestors; days of one whose last day is over count from today',
    )
    .examples('sluice agent user extend north anna --gb 10 --days 30')
    .runs(async () => (await loadUsers()).agentUserExtend);
  changing(users.command('disable').argument('<agent>', AGENT).argument('<user>', USER))
    .description('disable a user until "agent user enable": no check enables it before')
    .examples('sluice agent user disable north anna --note "did not pay"')
    .runs(async () => (await loadUsers()).agentUserDisable);
  changing(users.command('enable').argument('<agent>', AGENT).argument('<user>', USER))
    .description('enable a user that "agent user disable" disabled; what else keeps it disabled is said')
    .examples('sluice agent user enable north anna')
    .runs(async () => (await loadUsers()).agentUserEnable);
}

/** Adds the options of a command that changes users of an agent. */
function changing(command: LazyCommand): LazyCommand {
  return command.waits('the panel').ofPanel('Hiddify').previews().changes();
}

function declareSuspension(agent: LazyCommand): void {
  changing(agent.command('suspend').argument('<agent>', AGENT))
    .description('disable all users of an agent and of its sub-agents, whatever its limit, until "agent unsuspend"')
    .examples('sluice agent suspend north --note "invoice 1042 unpaid"', 'sluice agent suspend north --dry-run')
    .runs(async () => (await load()).agentSuspend);
  changing(agent.command('unsuspend').argument('<agent>', AGENT))
    .description('end the suspension, and enable again exactly the users that it disabled')
    .examples('sluice agent unsuspend north')
    .runs(async () => (await load()).agentUnsuspend);
}

/** Declares `tunnel` and `relay`, which only FLVX panels have. */
export function declareRelay(program: LazyCommand): void {
  program.group('tunnel', 'tunnels of an FLVX panel', declareTunnels).examples('sluice tunnel list --panel relay');
  program
    .group('relay', 'accounts, speed limits and tunnel groups of an FLVX panel', declareAccounts)
    .examples('sluice relay users --sort -used', 'sluice relay speed-limits');
}

function declareTunnels(tunnel: LazyCommand): void {
  listOptions(tunnel.command('list'), 'status=panels')
    .description('list tunnels with the factor by which traffic counts on each')
    .ofPanel('FLVX')
    .examples('sluice tunnel list --panel relay')
    .runs(async () => (await import('./panels.js')).tunnelList);
}

function declareAccounts(relay: LazyCommand): void {
  listOptions(relay.command('users'), 'status=panels', 'over')
    .description('list all accounts except administrators, and the service of each')
    .ofPanel('FLVX')
    .examples('sluice relay users --panel relay')
    .runs(async () => (await import('./panels.js')).relayUsers);
  listOptions(relay.command('speed-limits [speed-limit]'))
    .description('list speed limits with their Mbit/s, and the products that name each; or one, by id or name')
    .ofPanel('FLVX')
    .examples('sluice relay speed-limits --panel relay', 'sluice relay speed-limits 3')
    .runs(async () => (await import('./panels.js')).relaySpeedLimits);
  listOptions(relay.command('tunnel-groups [tunnel-group]'))
    .description('list tunnel groups with their tunnels, and the products that name each; or one, by id or name')
    .ofPanel('FLVX')
    .examples('sluice relay tunnel-groups --panel relay')
    .runs(async () => (await import('./panels.js')).relayTunnelGroups);
  relay
    .command('login-link <service>')
    .description('show the login address and username of the customer of a service; there is no single sign-on')
    .examples('sluice relay login-link svc-1')
    .runs(async () => (await import('./panels.js')).relayLoginLink);
}
