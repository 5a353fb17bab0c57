import type { LazyCommand } from './command.js';
import { listOptions } from './list-options.js';

/** Declares `notify`. */
export function declareNotices(program: LazyCommand): void {
  program.command('notify').description('notices to channels').examples('sluice notify test').declares(declareCommands);
}

function declareCommands(notify: LazyCommand): void {
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
}
