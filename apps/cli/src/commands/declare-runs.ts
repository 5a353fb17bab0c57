import { choice, type LazyCommand } from './command.js';
import { listOptions } from './list-options.js';

/** Declares `poll`, `reconcile`, `plan`, `explain` and `usage`. */
export function declareRuns(program: LazyCommand): void {
  const runs: [string, string][] = [
    ['poll', 'read usage, decide and enforce'],
    ['reconcile', 'poll every service, repair drift, roll over cycles, resolve actions in doubt and prune old records'],
  ];
  for (const [name, description] of runs) {
    program
      .command(name)
      .description(description)
      .option('--panel <name>', 'only this panel')
      .option('--service <id>', 'only this service')
      .option('--dry-run', 'change nothing on the panel, and store only the API log')
      .option('--detailed-exitcode', 'with --dry-run: exit 4 if there is something to change')
      .option('--allow-mass', 'continue even if the mass-change brake would stop the run')
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
}

function declareUsage(usage: LazyCommand): void {
  listOptions(usage.command('history <service>'))
    .description('show usage and allowance of each cycle')
    .examples('sluice usage history svc-1')
    .runs(async () => (await import('./usage.js')).usageHistory);
  usage
    .command('graph <service>')
    .description('draw usage as a chart in the terminal, or as an SVG file')
    .addOption(
      choice('--range <range>', 'cycle, or hours or days such as 24h or 30d (default: cycle)', [
        'cycle',
        '24h',
        '7d',
        '30d',
      ]),
    )
    .option('--svg <file>', 'write an SVG file instead; an existing file is replaced')
    .option('--from-panel', "draw the panel's own graph, cached for graphCache; stored readings where the panel fails")
    .examples('sluice usage graph svc-1', 'sluice usage graph svc-1 --range 7d --svg svc-1.svg')
    .runs(async () => (await import('./graph.js')).usageGraph);
}
