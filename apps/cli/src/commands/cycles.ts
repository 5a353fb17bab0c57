import type { CycleView } from '@sluice/engine';
import { CYCLES } from '../terminal/lists/cycles.js';
import { ExitCode } from '../exit-codes.js';
import { listCommand, type ListOptions } from './list.js';
import type { CommandHandler } from './command.js';
import { parsePercentile, printRates } from './parse-percentile.js';

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
    const percentile = parsePercentile(options.percentile);
    const [{ cycles }, { panel }] = await Promise.all([
      sluice.usage.history(id, { percentile }),
      sluice.services.show(id),
    ]);
    return cycles.map((cycle) => ({ ...cycle, panel }));
  },
  ({ terminal }, cycles, { csv }) => {
    if (csv === undefined) printRates(terminal, 'cycles', cycles);
    return ExitCode.done;
  },
);
