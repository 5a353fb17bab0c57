import type { CycleView } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { CYCLES } from '../terminal/lists/cycles.js';
import { ExitCode } from '../exit-codes.js';
import { listCommand, type ListOptions } from './list.js';
import type { CommandHandler } from './command.js';

type HistoryOptions = ListOptions & { percentile?: string };

/** `sluice usage history SERVICE` */
export const usageHistory: CommandHandler<HistoryOptions> = listCommand<CycleView & { panel: string }, HistoryOptions>(
  {
    key: 'cycles',
    empty: 'No cycle has been metered yet.',
    keepsOrder: true,
    document: ({ panel: _panel, ...cycle }) => cycle,
    columns: CYCLES,
  },
  async ({ sluice }, [id = ''], options) => {
    const percentile = options.percentile === undefined ? undefined : parsePercentile(options.percentile);
    const [{ cycles }, { panel }] = await Promise.all([
      sluice.usage.history(id, { percentile }),
      sluice.services.show(id),
    ]);
    return cycles.map((cycle) => ({ ...cycle, panel }));
  },
  ({ terminal }, cycles, { percentile, csv }) => {
    const known = cycles.flatMap(({ rates }) => rates?.intervalSeconds ?? []);
    const [shortest, longest] = [Math.min(...known), Math.max(...known)].map((seconds) => `${seconds / 60}`);
    if (percentile === undefined || csv !== undefined) return ExitCode.done;
    if (known.length === 0) terminal.line('The readings of these cycles say nothing of rates.');
    else
      terminal.line(
        `Rates: ${parsePercentile(percentile)}% of the known intervals of ${shortest === longest ? shortest : `${shortest} to ${longest}`} minutes had at most so much (nearest rank)`,
      );
    return ExitCode.done;
  },
);

function parsePercentile(text: string): number {
  const figure = /^\d{1,3}(\.\d{1,3})?%?$/.test(text) ? Number(text.replace('%', '')) : NaN;
  if (figure > 0 && figure <= 100) return figure;
  throw usageError('bad_option', `--percentile: "${text}" is not a percentage above 0 and at most 100, such as 95`);
}
