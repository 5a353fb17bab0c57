import { readFileSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';
import type { SwitchReport } from '@sluice/engine';
import { ExitCode } from '../exit-codes.js';
import { formatOf, readRows } from '../files/rows.js';
import { printPlan } from '../output/plan-report.js';
import { bytesCell, Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { confirm } from './shared.js';
import { withSluice } from '../open-sluice.js';

interface SwitchOptions extends GlobalOptions {
  only?: string;
  yes?: boolean;
  asConfigured?: boolean;
}

function print(terminal: Terminal, report: SwitchReport): void {
  if (terminal.json) {
    terminal.document(report);
    return;
  }
  const what = report.product === null ? `panel ${report.panel}` : `product ${report.product} on panel ${report.panel}`;
  terminal.info(
    report.enforce === 'on'
      ? `${what} is enforced (by ${report.source})`
      : `OBSERVING ${what}: nothing is changed (by ${report.source})`,
  );
  if (report.underWay !== undefined) {
    terminal.info(`Still under way, sent to the panel before: ${report.underWay}. See "sluice log list".`);
  }
}

/** `sluice observe PANEL` */
export const observe: CommandHandler<SwitchOptions> = ([panel = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const report =
      options.asConfigured === true ? await sluice.panels.asConfigured(panel) : await sluice.panels.observe(panel);
    print(new Terminal(deps, options), report);
    return ExitCode.done;
  });

/** `sluice enforce PANEL [--only PRODUCT]` */
export const enforce: CommandHandler<SwitchOptions> = ([panel = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const terminal = new Terminal(deps, options);
    const product = options.only ?? null;
    if (options.asConfigured === true) {
      print(terminal, await sluice.panels.asConfigured(panel, { product }));
      return ExitCode.done;
    }
    const plan = await sluice.panels.planEnforcing(panel, { product });
    if (!terminal.json && !terminal.quiet) {
      terminal.line(`The first run on ${panel}${product === null ? '' : ` (${product})`} would do this:`);
      printPlan(terminal, plan);
    }
    await confirm(deps, options, `Enforce ${product ?? 'all products'} on panel "${panel}" from now on?`);
    print(terminal, { ...(await sluice.panels.enforce(panel, { product })), plan });
    return ExitCode.done;
  });

/** `sluice compare PANEL --with FILE` */
export const compare: CommandHandler<GlobalOptions & { with?: string }> = ([panel = ''], options, deps) => {
  const file = options.with;
  if (file === undefined)
    throw usageError('bad_option', "Name the other tool's figures: --with FILE (CSV service,used_gb,limited)");
  const rows = readRows(file === '-' ? '' : readText(path.resolve(deps.cwd, file)), formatOf(file), file);
  return withSluice(deps, options, async (sluice) => {
    const result = await sluice.usage.compare(panel, rows, { file });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(result);
    else {
      terminal.table(
        ['service', '>ours', '>theirs', 'we hold', 'they limit', 'agrees'],
        result.services.map((row) => [
          row.service,
          bytesCell(row.usedBytes),
          bytesCell(row.theirUsedBytes),
          word(row.held),
          word(row.theirHeld),
          row.agrees ? terminal.colors.green('yes') : terminal.colors.red('no'),
        ]),
      );
      const { agree, differ, onlyOurs, onlyTheirs } = result.totals;
      terminal.line(`${agree} agree, ${differ} differ, ${onlyOurs} only here, ${onlyTheirs} only there`);
    }
    return result.totals.differ > 0 ? ExitCode.changes : ExitCode.done;
  });
};

function word(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError('bad_import', `${file} can't be read (${(error as { code?: string }).code ?? 'unknown'})`);
  }
}
