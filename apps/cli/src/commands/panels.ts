import { ExitCode } from '../exit-codes.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler } from './command.js';
import { withSluice } from '../open-sluice.js';

/** `sluice panel list` */
export const panelList: CommandHandler = (_args, options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const { panels } = await sluice.panels.list();
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ panels });
    else {
      terminal.table(
        ['panel', 'kind', 'address', 'can'],
        panels.map((panel) => [panel.name, panel.kind, panel.url, panel.capabilities.join(', ')]),
      );
    }
    return ExitCode.done;
  });

/** `sluice panel test [NAME…]` */
export const panelTest: CommandHandler = (names, options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const { panels } = await sluice.panels.test(names);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ panels });
    else {
      for (const panel of panels) {
        const outcome = panel.error
          ? terminal.error(panel.error)
          : `${terminal.status('ok')} in ${String(panel.latencyMs)} ms`;
        if (panel.error || !terminal.quiet) terminal.line(`${panel.name} (${panel.kind}, ${panel.url}): ${outcome}`);
      }
    }
    const ok = panels.filter((panel) => panel.ok).length;
    if (ok === panels.length) return ExitCode.done;
    return ok === 0 ? ExitCode.failed : ExitCode.partial;
  });
