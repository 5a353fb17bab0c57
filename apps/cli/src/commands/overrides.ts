import { formatBytes } from '@sluice/quota-core';
import { ExitCode } from '../exit-codes.js';
import type { CommandHandler, LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';
import { describeOverride } from '../output/outcome.js';
import { printDetail } from './services.js';
import { withSluice } from '../open-sluice.js';

interface SetOptions extends LockOptions {
  quota?: string;
  unlimited?: boolean;
  mode?: string;
  action?: string;
}

/** `sluice override set SERVICE` */
export const overrideSet: CommandHandler<SetOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { quota, unlimited, mode, action } = options;
    const before = await sluice.services.show(id);
    const detail = await sluice.overrides.set(id, { quota, unlimited, mode, action }, { waitMs: parseWait(options) });
    terminal.document(detail);
    terminal.info(describeOverride(before, detail));
    if (options.verbose === true) printDetail(terminal, detail);
    return ExitCode.done;
  });

/** `sluice override clear SERVICE` */
export const overrideClear: CommandHandler<LockOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const before = await sluice.services.show(id);
    const { service, ended } = await sluice.overrides.clear(id, { waitMs: parseWait(options) });
    terminal.document(service);
    terminal.info(ended ? describeOverride(before, service) : `${id} had no override`);
    return ExitCode.done;
  });

/** `sluice override list [SERVICE]` */
export const overrideList: CommandHandler = ([id], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { overrides } = await sluice.overrides.list({ service: id });
    terminal.document({ overrides });
    if (overrides.length === 0) terminal.line('No overrides.');
    else {
      terminal.table(
        ['service', '>quota', 'mode', 'action', 'since', 'until', 'note'],
        overrides.map((item) => [
          item.service,
          item.unlimited ? 'unlimited' : item.quotaBytes === null ? null : formatBytes(item.quotaBytes),
          item.mode,
          item.action,
          item.since,
          item.until,
          item.note,
        ]),
      );
    }
    return ExitCode.done;
  });
