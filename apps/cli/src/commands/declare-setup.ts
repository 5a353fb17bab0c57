import type { LazyCommand } from './command.js';
import { listOptions } from './list-options.js';

/** Declares `config`, `panel`, `doctor`, `log`, `db`, `observe`, `enforce`, `compare`, `notice`, `notify`, `metrics` and `demo`. */
export function declareSetup(program: LazyCommand): void {
  program.group('config', 'the config file', declareConfig).examples('sluice config check');
  program.group('panel', 'the configured panels', declarePanels).examples('sluice panel test');
  declareDoctor(program);
  program.group('log', 'runs, changes and calls', declareLog).examples('sluice log list --actions --since 1h');
  program.group('db', 'the state store', declareStore).examples('sluice db backup sluice-2026-11-20.db.gz');
  declareSwitches(program);
  program.group('notice', 'alarms: what is wrong since an earlier run', declareAlarms).examples('sluice notice list');
  program.group('notify', 'notices to channels', declareNotices).examples('sluice notify test');
  program
    .command('metrics')
    .description('print figures for Prometheus, from the store; calls no panel')
    .option(
      '--textfile <file>',
      "replace this file in one step, for the textfile collector of Prometheus' node_exporter",
    )
    .examples('sluice metrics', 'sluice metrics --textfile /var/lib/prometheus/node-exporter/sluice.prom')
    .runs(async () => (await import('./metrics.js')).metrics);
  program
    .command('demo')
    .description('show metering, enforcing and releasing on a fake panel; leaves nothing behind')
    .option('--moving-in', 'show how a shop with 300 servers moves in from the EasyDCIM module of WHMCS')
    .examples('sluice demo', 'sluice demo --moving-in')
    .runs(async () => (await import('../demo/story.js')).demoWith(program.context.run));
}

function declareConfig(config: LazyCommand): void {
  config
    .command('check')
    .description('check the config file; calls no panel')
    .examples('sluice config check')
    .runs(async () => (await import('./config.js')).configCheck);
  config
    .command('schema')
    .description('print the JSON Schema of the config file')
    .examples('sluice config schema > sluice.schema.json')
    .runs(async () => (await import('./config.js')).configSchema);
}

function declarePanels(panel: LazyCommand): void {
  listOptions(panel.command('list'), 'panel')
    .description('list panels and what each kind supports')
    .examples('sluice panel list')
    .runs(async () => (await import('./panels.js')).panelList);
  panel
    .command('test [panels...]')
    .description('test each panel with an authenticated read')
    .examples('sluice panel test dcim')
    .runs(async () => (await import('./panels.js')).panelTest);
  listOptions(panel.command('unassigned <panel>'), 'over')
    .description('read what a panel has, and list what no service names: services, orders, users, lines, numbers')
    .examples('sluice panel unassigned dcim', 'sluice panel unassigned vpn --columns name,refs --csv users.csv')
    .runs(async () => (await import('./unassigned.js')).panelUnassigned);
}

function declareDoctor(program: LazyCommand): void {
  program
    .command('doctor')
    .description('check config, store, clock, leases, panels and last runs, with a remedy for each failure')
    .option('--contract', "also read every endpoint, show what Sluice reads from it, and check every service's mapping")
    .option('--panel <name>', 'only this panel')
    .option('--accept-clock', 'confirm the clock of this machine if no panel reports the time')
    .option(
      '--take-over',
      'let this store change the panels that a copy of it changes, and charge a billing system at a new address',
    )
    .changes()
    .examples('sluice doctor --contract')
    .runs(async () => (await import('./doctor.js')).doctor);
}

function declareLog(log: LazyCommand): void {
  const shown = (command: LazyCommand): LazyCommand =>
    command
      .option('--api', 'calls to panels')
      .option('--actions', 'changes to panels')
      .option('--runs', 'runs')
      .option('--service <id>', 'only this service')
      .option('--since <time>', 'only entries since a time: 1h, 2d, yesterday, 2026-11-20, "2026-11-20 23:44"');
  listOptions(shown(log.command('list').description('list entries, newest first; all kinds by default')), 'panel')
    .option('--limit <count>', 'maximum number of entries (default: 200)')
    .option('--follow', 'keep printing new entries until interrupted; with --json one per line')
    .examples('sluice log list --actions --service svc-1', 'sluice log list --api --follow')
    .runs(async () => (await import('./log.js')).logList);
  shown(log.command('export'))
    .argument('<file>', 'a new file (0600); - is standard output')
    .description('write the log, oldest first, one JSON object per line')
    .examples('sluice log export sluice-log.jsonl --since 2026-11-01')
    .runs(async () => (await import('./log.js')).logExport);
}

function declareStore(db: LazyCommand): void {
  db.command('check')
    .description('check integrity, schema version and invariants')
    .examples('sluice db check')
    .runs(async () => (await import('./db.js')).dbCheck);
  db.command('migrate')
    .description('update the store to the schema of this version')
    .examples('sluice db migrate')
    .runs(async () => (await import('./db.js')).dbMigrate);
  db.command('backup <file>')
    .description('copy the store, compressed (gzip), to a new file, also during runs')
    .examples('sluice db backup sluice-2026-11-20.db.gz')
    .runs(async () => (await import('./db.js')).dbBackup);
  db.command('restore <file>')
    .description('replace the store with a backup, compressed or not; the replaced store is kept beside it')
    .option('--yes', 'do not ask')
    .examples('sluice db restore sluice-2026-11-20.db.gz --yes')
    .runs(async () => (await import('./db.js')).dbRestore);
  db.command('copy')
    .description(
      'copy the store to an empty PostgreSQL database or a new file, verify each row, and mark the store as moved: only the copy is written to from then on',
    )
    .option('--to <url|file>', "where to: a path, an address, or a reference to one such as '${env:STATE_URL}'")
    .option('--replace-nul', 'store U+FFFD in the place of NUL, which PostgreSQL can not store in texts')
    .option('--dry-run', 'only check whether it can be copied')
    .option('--undo', 'take the mark back, so that the store is used again, and the copy no more')
    .option('--discard-newer', 'with --undo: also where the copy has changed since, which is lost, or can not be read')
    .examples(
      "sluice db copy --to '${env:STATE_URL}'",
      'sluice db copy --to ./sluice.db',
      "sluice db copy --undo --to '${env:STATE_URL}'",
    )
    .runs(async () => (await import('./db-copy.js')).dbCopy);
}

function declareSwitches(program: LazyCommand): void {
  const load = () => import('./switches.js');
  program
    .command('observe <panel>')
    .description(
      'stop changing a panel immediately, regardless of the config; continue reading and deciding; only commands that name a service or an agent still change it',
    )
    .option('--as-configured', 'remove what "observe" or "enforce" set, so that the config applies again')
    .changes()
    .examples('sluice observe dcim')
    .runs(async () => (await load()).observe);
  program
    .command('enforce <panel>')
    .description('start (or resume) changing a panel, after showing what the first run would change')
    .option('--only <product>', 'only the services of this product')
    .option(
      '--as-configured',
      'remove what "observe" or "enforce" set, or "enforce --only", so that the config applies again',
    )
    .option('--yes', 'do not ask')
    .changes()
    .examples('sluice enforce dcim --only ded-100')
    .runs(async () => (await load()).enforce);
  program
    .command('compare <panel>')
    .description("compare usage and holds with another tool's figures; exit 4 if some differ")
    .requiredOption('--with <file>', 'CSV with the columns service, used_gb, limited')
    .examples('sluice compare dcim --with old-tool.csv')
    .runs(async () => (await import('./usage.js')).compare);
}

function declareAlarms(alarms: LazyCommand): void {
  const load = () => import('./notice.js');
  listOptions(alarms.command('list'), 'panel', 'status=alarms')
    .description('list what is wrong since an earlier run and is not acknowledged')
    .examples('sluice notice list', 'sluice notice list --status acknowledged')
    .runs(async () => (await load()).noticeList);
  alarms
    .command('ack <id>')
    .description('acknowledge an alarm: no notice of it is sent until it ends or changes')
    .option('--undo', 'take the acknowledgement back')
    .changes()
    .examples('sluice notice ack alarm-0mwozl0g0-4ae2064e0d --note "the client pays by hand"')
    .runs(async () => (await load()).noticeAck);
}

function declareNotices(notify: LazyCommand): void {
  const load = () => import('./notify.js');
  notify
    .command('test [name]')
    .description('send a test notice through each channel, or through this one')
    .examples('sluice notify test', 'sluice notify test webhook')
    .runs(async () => (await load()).notifyTest);
  listOptions(notify.command('list'), 'panel', 'status=deliveries')
    .description('list the notices that were sent or are to be sent, newest first')
    .examples('sluice notify list --status pending')
    .runs(async () => (await load()).notifyList);
  notify
    .command('send')
    .description('send the notices that are due; every run does so at its end')
    .examples('sluice notify send')
    .runs(async () => (await load()).notifySend);
  notify
    .command('client <client>')
    .description('show which mails a client gets, and where; with options, change that for the client')
    .option('--on <events>', 'start mails of these events, such as threshold,hold')
    .option('--off <events>', 'stop mails of these events')
    .option('--address <address>', 'send a mail that asks for the confirmation of this address')
    .option('--drop-address', 'use the address that is known of the client again')
    .changes()
    .examples('sluice notify client 42', 'sluice notify client 42 --off threshold,hold')
    .runs(async () => (await load()).notifyClient);
}
