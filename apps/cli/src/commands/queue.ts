import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import { printQueue } from '../terminal/reports/queue.js';
import type { CommandHandler } from './command.js';

/** `sluice queue show` */
export const queueShow: CommandHandler = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const report = await sluice.queue();
    terminal.document(report);
    printQueue(terminal, report);
    return report.state === 'unreachable' || report.state === 'idle' ? ExitCode.failed : ExitCode.done;
  });
