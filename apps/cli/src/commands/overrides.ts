import type { OverrideView } from '@sluice/engine';
import { bytesCell, text, time } from '@sluice/terminal';
import { describeOverride, printService } from '@sluice/terminal/reports';
import { ExitCode } from '../exit-codes.js';
import type { CommandHandler, LockOptions } from './command.js';
import { STATUSES } from './statuses.js';
import { type List, listCommand, type ListOptions } from './list.js';
import { parseWait } from './parse-wait.js';
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
    if (options.verbose === true) printService(terminal, detail);
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

const OVERRIDES: List<OverrideView> = {
  key: 'overrides',
  statuses: STATUSES.records,
  empty: 'No overrides.',
  columns: [
    text('service', ({ service }) => service),
    text('panel', ({ panel }) => panel, { extra: true, priority: 8 }),
    text('product', ({ product }) => product, { extra: true, priority: 9 }),
    text('client', ({ client }) => client, { extra: true, priority: 9 }),
    {
      name: 'quota',
      align: 'right',
      value: ({ unlimited, quotaBytes }) => (unlimited ? 'unlimited' : quotaBytes),
      cell: ({ unlimited, quotaBytes }) => (unlimited ? 'unlimited' : bytesCell(quotaBytes)),
    },
    text('mode', ({ mode }) => mode),
    text('action', ({ action }) => action),
    text('status', ({ until }) => (until === null ? 'open' : 'past'), { extra: true, priority: 7 }),
    time('since', ({ since }) => since, { priority: 2 }),
    time('until', ({ until }) => until, { priority: 1 }),
    text('note', ({ note }) => note, { priority: 1 }),
  ],
};

/** `sluice override list [SERVICE]` */
export const overrideList: CommandHandler<ListOptions> = listCommand(
  OVERRIDES,
  async ({ sluice }, [service]) => (await sluice.overrides.list({ service })).overrides,
);
