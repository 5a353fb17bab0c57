import { formatBytes } from '@sluice/quota-core';
import { ExitCode } from '../exit-codes.js';
import { clearOverride, requireService, serviceDetail, setOverride } from '@sluice/engine';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printDetail } from './services.js';
import { waitOf } from './shared.js';
import { withSession } from '../session.js';

interface SetOptions extends GlobalOptions {
  quota?: string;
  unlimited?: boolean;
  mode?: string;
  action?: string;
  waitLock?: string;
}

/** `sluice override set SERVICE` */
export const overrideSet: CommandHandler<SetOptions> = ([id = ''], options, deps) =>
  withSession(deps, options, async (session) => {
    const { quota, unlimited, mode, action } = options;
    await setOverride(session, id, { quota, unlimited, mode, action }, waitOf(options));
    const detail = await serviceDetail(session, await requireService(session, id));
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
  withSession(deps, options, async (session) => {
    const ended = await clearOverride(session, id, waitOf(options));
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(await serviceDetail(session, await requireService(session, id)));
    else terminal.info(ended ? `${id}: the override ends with the next poll` : `${id} had no override`);
    return ExitCode.done;
  });

/** `sluice override list [SERVICE]` */
export const overrideList: CommandHandler = ([id], options, deps) =>
  withSession(deps, options, async (session) => {
    if (id !== undefined) await requireService(session, id);
    const overrides = (await session.store.overrides.all(id)).map(
      ({ service, quotaBytes, unlimited, mode, action, since, until }) => ({
        service,
        quotaBytes,
        unlimited,
        mode,
        action,
        since,
        until,
      }),
    );
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
