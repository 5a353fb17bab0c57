import { formatBytes } from '@sluice/quota-core';
import { ExitCode } from '../exit-codes.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printDetail } from './services.js';
import { waitOf } from './shared.js';
import { withSluice } from '../open-sluice.js';

interface SetOptions extends GlobalOptions {
  quota?: string;
  unlimited?: boolean;
  mode?: string;
  action?: string;
  waitLock?: string;
}

/** `sluice override set SERVICE` */
export const overrideSet: CommandHandler<SetOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const { quota, unlimited, mode, action } = options;
    const detail = await sluice.overrides.set(id, { quota, unlimited, mode, action }, { waitMs: waitOf(options) });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(detail);
    else if (!terminal.quiet) {
      printDetail(terminal, detail);
      terminal.line('  The override takes effect at the next poll.');
    }
    return ExitCode.done;
  });

/** `sluice override clear SERVICE` */
export const overrideClear: CommandHandler<GlobalOptions & { waitLock?: string }> = ([id = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const { service, ended } = await sluice.overrides.clear(id, { waitMs: waitOf(options) });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(service);
    else terminal.info(ended ? `${id}: the override ends with the next poll` : `${id} had no override`);
    return ExitCode.done;
  });

/** `sluice override list [SERVICE]` */
export const overrideList: CommandHandler = ([id], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const { overrides } = await sluice.overrides.list({ service: id });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ overrides });
    else if (overrides.length === 0) terminal.line('No overrides.');
    else {
      terminal.table(
        ['service', '>quota', 'mode', 'action', 'since', 'until'],
        overrides.map((item) => [
          item.service,
          item.unlimited ? 'unlimited' : item.quotaBytes === null ? null : formatBytes(item.quotaBytes),
          item.mode,
          item.action,
          item.since,
          item.until,
        ]),
      );
    }
    return ExitCode.done;
  });
