import type { LazyCommand } from './command.js';
import { listOptions } from './list-options.js';

/** Declares `poll`, `reconcile`, `plan`, `explain`, `usage` and `report`. */
export function declareRuns(program: LazyCommand): void {
  const runs: [string, string][] = [
    ['poll', 'read usage, decide and enforce'],
    ['reconcile', 'poll every service, repair drift, roll over cycles, resolve actions in doubt and prune old records'],
  ];
  for (const [name, description] of runs) {
    const command = program
      .command(name)
      .description(description)
      .option('--panel <name>', 'only this panel')
      .option('--service <id>', 'only this service');
    if (name === 'poll')
      command.option('--due', 'only services whose next reading is due, by poll.maxOvershoot of the config');
    command
      .previews()
      .option('--allow-mass', 'continue even if the mass-change brake would stop the run, and believe doubted readings')
      .changes()
      .examples(`sluice ${name} --quiet`)
      .runs(async () => (name === 'poll' ? (await import('./runs.js')).poll : (await import('./runs.js')).reconcile));
  }
  program
    .command('plan')
    .description('show what reconcile would change, as a diff; exit 4 if there is something to change')
    .option('--panel <name>', 'only this panel')
    .option('--service <id>', 'only this service')
    .examples('sluice plan --panel dcim')
    .runs(async () => (await import('./runs.js')).plan);
  program
    .command('explain <service>')
    .description('show why a service is in its state, using only the store')
    .option('--at <time>', 'its state at a time: 1h (ago), yesterday, 2026-11-20, "2026-11-20 23:44"')
    .examples('sluice explain svc-1 --at 2026-11-01')
    .runs(async () => (await import('./explain.js')).explain);
  listOptions(program.command('usage [service]'), 'panel', 'product', 'client', 'status=services', 'over')
    .description('show the last reading of each service')
    .option('--refresh', 'read the panel now; changes nothing')
    .examples('sluice usage --over 80% --sort -share', 'sluice usage svc-1 --refresh', 'sluice usage history svc-1')
    .declares(declareUsage)
    .runs(async () => (await import('./usage.js')).usage);
  declareReport(program);
}

function declareReport(program: LazyCommand): void {
  program
    .command('report')
    .description('show all services, those with the fullest limit first; from the store alone')
    .option('--client <id>', 'only the services of this client')
    .option('--html <file>', 'write a page with charts that needs no other file; an existing file is replaced')
    .option('--share <time>', "make a link to the client's own pages that ends after this time, such as 7d")
    .option(
      '--agent <agent>',
      'with --share: make the link for this agent, by uuid or unambiguous name, instead of a client',
    )
    .option('--may-buy', 'with the link, packages on offer can be bought and automatic purchases set')
    .option('--max-amount <amount>', 'with --may-buy: what can be spent with the link in total')
    .option('--may-manage', 'with the link, the fields that the product lists can be changed (customerMay)')
    .option('--may-change-password', 'with the link, a new password can be made')
    .examples(
      'sluice report',
      'sluice report --client 7 --html client-7.html',
      'sluice report --client 7 --share 7d',
      'sluice report --agent north --share 7d',
    )
    .runs(async () => (await import('./report.js')).report);
}

const GROUPS = ['service', 'panel', 'product', 'client'];

function declareUsage(usage: LazyCommand): void {
  listOptions(usage.command('top'), 'panel', 'product', 'client')
    .description('show who used most in a time, with mean rates, from the stored readings')
    .choice('--since <time>', 'cycle, or the last hours or days such as 24h or 7d (default: 24h)', [
      '24h',
      '7d',
      'cycle',
    ])
    .choice('--by <group>', 'sum by service, panel, product or client (default: service)', GROUPS)
    .option('--top <count>', 'at most so many, the largest first (default: 20)')
    .option('--percentile <percent>', 'of services, also the rates that so much of the time did not exceed, such as 95')
    .examples(
      'sluice usage top',
      'sluice usage top --by client --since 7d',
      'sluice usage top --by panel --since cycle',
      'sluice usage top --since cycle --top 500 --percentile 95',
    )
    .runs(async () => (await import('./top.js')).usageTop);
  usage
    .command('traffic')
    .description('draw the traffic of services together over time, from the stored readings')
    .choice('--since <time>', 'the last hours or days such as 24h or 30d (default: 7d)', ['24h', '7d', '30d'])
    .choice('--by <group>', 'split by service, panel, product or client: the 5 largest, and all others', GROUPS)
    .option('--panel <name>', 'only services of this panel')
    .option('--product <name>', 'only services of this product')
    .option('--client <id>', 'only services of this client')
    .examples(
      'sluice usage traffic',
      'sluice usage traffic --panel dcim --since 30d',
      'sluice usage traffic --by client',
    )
    .runs(async () => (await import('./traffic.js')).usageTraffic);
  listOptions(usage.command('history <service>'))
    .description('show usage and allowance of each cycle')
    .option('--percentile <percent>', 'also the rates that so much of the time did not exceed, such as 95')
    .examples('sluice usage history svc-1', 'sluice usage history svc-1 --percentile 95')
    .runs(async () => (await import('./cycles.js')).usageHistory);
  usage
    .command('graph <service>')
    .description('draw usage as a chart in the terminal, or as an SVG file')
    .choice('--range <range>', 'cycle, or hours or days such as 24h or 30d (default: cycle)', [
      'cycle',
      '24h',
      '7d',
      '30d',
    ])
    .option('--svg <file>', 'write an SVG file instead; an existing file is replaced')
    .option('--from-panel', "draw the panel's own graph, cached for graphCache; stored readings where the panel fails")
    .examples('sluice usage graph svc-1', 'sluice usage graph svc-1 --range 7d --svg svc-1.svg')
    .runs(async () => (await import('./graph.js')).usageGraph);
}
