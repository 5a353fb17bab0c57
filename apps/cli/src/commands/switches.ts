import type { Config, SwitchReport } from '@sluice/engine';
import { isPanelRemoved } from '@sluice/engine/words';
import { describeSource } from '../terminal/words.js';
import type { Terminal } from '../terminal/terminal.js';
import { printChangedAgents } from '../terminal/reports/agent-report.js';
import { printPlan } from '../terminal/reports/plan-report.js';
import { ExitCode } from '../exit-codes.js';
import { confirm, type CommandHandler, type GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';

interface SwitchOptions extends GlobalOptions {
  only?: string;
  yes?: boolean;
  asConfigured?: boolean;
}

function named({ product, productName }: SwitchReport): string {
  return productName === null || productName === product ? String(product) : `${productName} (${product})`;
}

function print(terminal: Terminal, config: Pick<Config, 'panels'>, report: SwitchReport): void {
  terminal.document(report);
  if (isPanelRemoved(config, report.panel)) {
    terminal.info(
      `panel ${report.panel}: what was set with a command is removed; it is not in the config, so no run reads it`,
    );
    return;
  }
  const what = report.product === null ? `panel ${report.panel}` : `product ${named(report)} on panel ${report.panel}`;
  terminal.info(
    report.enforce === 'on'
      ? `${what} is enforced (set ${describeSource(report.source)})`
      : `OBSERVING ${what}: nothing is changed (set ${describeSource(report.source)})`,
  );
  if (report.underWay !== undefined) {
    terminal.info(
      `Changes already sent to the panel and not finished: ${report.underWay}. See "sluice log list --actions".`,
    );
  }
}

/** `sluice observe PANEL` */
export const observe: CommandHandler<SwitchOptions> = ([panel = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const report =
      options.asConfigured === true ? await sluice.panels.asConfigured(panel) : await sluice.panels.observe(panel);
    print(terminal, config, report);
    return ExitCode.done;
  });

/** `sluice enforce PANEL [--only PRODUCT]` */
export const enforce: CommandHandler<SwitchOptions> = ([panel = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const product = options.only ?? null;
    if (options.asConfigured === true) {
      print(terminal, config, await sluice.panels.asConfigured(panel, { product }));
      return ExitCode.done;
    }
    const plan = await sluice.panels.planEnforcing(panel, { product });
    if (!terminal.json && !terminal.quiet) {
      const { totals, agents = [] } = plan;
      const none = totals.planned === 0 && agents.every(({ actions }) => actions.length === 0);
      const what = none ? 'change nothing.' : 'make these changes:';
      terminal.line(`The first run on ${panel}${product === null ? '' : ` (${product})`} would ${what}`);
      printPlan(terminal, plan, options.verbose === true);
      printChangedAgents(terminal, agents, options.verbose === true);
    }
    await confirm(deps, options, `Enforce ${product ?? 'all products'} on panel "${panel}" from now on?`);
    print(terminal, config, { ...(await sluice.panels.enforce(panel, { product })), plan });
    return ExitCode.done;
  });
