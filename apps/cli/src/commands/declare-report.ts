import type { LazyCommand } from './command.js';
import { withShareOptions } from './share-options.js';

/** Declares `report`. */
export function declareReport(program: LazyCommand): void {
  const command = program
    .command('report')
    .description('show all services, those nearest to their allowance first; from the store alone')
    .option('--client <id>', 'only the services of this client')
    .option('--html <file>', 'write a page with charts that needs no other file; an existing file is replaced');
  withShareOptions(command)
    .examples('sluice report', 'sluice report --client 7 --html client-7.html', 'sluice report --client 7 --share 7d')
    .runs(async () => (await import('./report.js')).report);
}
