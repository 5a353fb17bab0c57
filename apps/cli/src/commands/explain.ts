import { parseTime } from '@sluice/engine';
import { describeUnused } from '@sluice/engine/words';
import { explainState } from '../terminal/reports/state.js';
import { printAlarms, printBasis } from '../terminal/reports/explanation.js';
import { printService } from '../terminal/reports/service.js';
import { ExitCode } from '../exit-codes.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printLate } from './observed.js';
import { withSluice } from '../open-sluice.js';

/** `sluice explain SERVICE` */
export const explain: CommandHandler<GlobalOptions & { at?: string }> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const { timeZone } = config;
    const reading = { timeZone, option: '--at', now: deps.clock.now() };
    const at = options.at === undefined ? null : parseTime(options.at, reading);
    const found = await sluice.explain(id, { at });
    terminal.document(found);
    for (const sentence of explainState(found, terminal.times)) terminal.line(sentence);
    const unused = describeUnused(found);
    if (unused !== null) terminal.line(`${unused}; see below.`);
    if (at === null && !terminal.json) {
      printLate(terminal, await sluice.standing(), found.service.panel);
      printAlarms(terminal, found, (await sluice.notices.alarms({ service: id })).alarms);
    }
    terminal.line();
    printService(terminal, found.service);
    printBasis(terminal, found, 'none yet: run "sluice poll"');
    return ExitCode.done;
  });
