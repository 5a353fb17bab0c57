import { type Explanation, parseTime } from '@sluice/engine';
import { formatBytes } from '@sluice/quota-core';
import { ExitCode } from '../exit-codes.js';
import { bytesCell, type Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printDetail } from './services.js';
import { withSluice } from '../open-sluice.js';

/** `sluice explain SERVICE` */
export const explain: CommandHandler<GlobalOptions & { at?: string }> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const at =
      options.at === undefined
        ? null
        : parseTime(options.at, { timeZone: config.timeZone, option: '--at', now: deps.clock.now() });
    const explanation = await sluice.explain(id, { at });
    terminal.document(explanation);
    print(terminal, explanation);
    return ExitCode.done;
  });

function heading(terminal: Terminal, text: string): void {
  terminal.line();
  terminal.line(terminal.colors.bold(text));
}

function print(terminal: Terminal, found: Explanation): void {
  const { colors, times } = terminal;
  const { panel } = found.service;
  printDetail(terminal, found.service);
  heading(terminal, 'Decision');
  if (found.decision) {
    const { rule, status, at, run, observing, wouldHold } = found.decision;
    terminal.line(
      `  ${terminal.status(status)} by rule ${colors.bold(rule)}, at ${times.at(at, panel) ?? ''} in ${run}${observing ? colors.yellow(' (observing)') : ''}`,
    );
    if (wouldHold.length > 0) terminal.line(`  would hold: ${wouldHold.join(', ')}`);
    // The panel's full answer is in `--json` only; readings and evidence follow below.
    const { reading: _reading, ...inputs } = found.decision.inputs as Record<string, unknown>;
    terminal.line(`  based on ${JSON.stringify(inputs)}`);
  } else terminal.line('  none yet: run "sluice poll"');
  heading(terminal, 'Allowance');
  for (const { source, bytes } of found.allowance.parts)
    terminal.line(`  ${source.padEnd(30)} ${bytes === null ? 'unlimited' : `${formatBytes(bytes)} (${bytes})`}`);
  if (found.allowance.parts.length === 0) terminal.line('  no quota configured');
  heading(terminal, 'Readings in the cycle');
  if (found.readings.length === 0) terminal.line('  none');
  else {
    terminal.table(
      ['at', '>in', '>out', '>total'],
      found.readings
        .slice(-10)
        .map((item) => [
          times.at(item.at, panel),
          bytesCell(item.inBytes),
          bytesCell(item.outBytes),
          bytesCell(item.totalBytes),
        ]),
    );
  }
  heading(terminal, 'Holds');
  for (const hold of found.holds) {
    terminal.line(
      `  ${hold.reason} since ${times.at(hold.since, panel) ?? ''}${hold.until === null ? '' : ` until ${times.at(hold.until, panel) ?? ''}`}${hold.note === null ? '' : `: ${hold.note}`}`,
    );
    for (const item of hold.evidence) {
      terminal.line(
        `    ${item.kind} ${item.target}${item.adopted ? ' (adopted)' : ''}, before: ${JSON.stringify(item.prior)}${item.outcome === null ? '' : `, ${item.outcome} ${times.at(item.until, panel) ?? ''}`}`,
      );
    }
  }
  if (found.holds.length === 0) terminal.line('  none');
  heading(terminal, 'Actions');
  for (const action of found.actions.slice(0, 20)) {
    terminal.line(
      `  ${times.at(action.at, panel) ?? ''} ${action.type} ${action.target} ${terminal.status(action.state)}${action.state === 'in-doubt' ? ` ${action.id}` : ''}${action.error ? ` ${terminal.error(action.error)}` : ''}`,
    );
  }
  if (found.actions.length === 0) terminal.line('  none');
}
