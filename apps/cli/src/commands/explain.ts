import { parseTime } from '@sluice/engine';
import { ExitCode } from '../exit-codes.js';
import { explainState } from '../output/explain-state.js';
import { printBasis } from '../output/explanation.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printDetail } from './services.js';
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
    terminal.line();
    printDetail(terminal, found.service);
    printBasis(terminal, found);
    return ExitCode.done;
  });
