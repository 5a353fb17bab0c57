import type { LazyCommand } from './command.js';

/** Declares `report`. */
export function declareReport(program: LazyCommand): void {
  program
    .command('report')
    .description('show all services, those nearest to their allowance first; from the store alone')
    .option('--client <id>', 'only the services of this client')
    .option('--html <file>', 'write a page with charts that needs no other file; an existing file is replaced')
    .examples('sluice report', 'sluice report --client 7 --html client-7.html')
    .runs(async () => (await import('./report.js')).report);
}
