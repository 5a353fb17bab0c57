import path from 'node:path';
import { replaceFile } from '../terminal/files/new-file.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';

/** Options of `metrics`. */
interface MetricsOptions extends GlobalOptions {
  textfile?: string;
}

/** `sluice metrics` */
export const metrics: CommandHandler<MetricsOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { metricsText } = await import('@sluice/dashboard/metrics');
    const report = await sluice.metrics();
    const text = await metricsText(report.metrics);
    terminal.document(report);
    if (options.textfile !== undefined) {
      const file = path.resolve(deps.cwd, options.textfile);
      replaceFile(file, text, 0o644);
      terminal.info(`Wrote ${file}.`);
    } else if (!terminal.json) deps.stdout.write(text);
    return ExitCode.done;
  });
