import type { DeliveryView } from '@sluice/engine';
import { formatCount, state, text, time } from '@sluice/terminal';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler } from './command.js';
import { type List, listCommand, type ListOptions } from './list.js';
import { STATUSES } from './statuses.js';

/** `sluice notify test [NAME]` */
export const notifyTest: CommandHandler = ([name], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { channels } = await sluice.notices.test(name ?? null);
    terminal.document({ channels });
    for (const { channel, kind, error } of channels) {
      if (error !== null) terminal.line(`${channel} (${kind}): ${terminal.error(error)}`);
      else if (!terminal.quiet) terminal.line(`${channel} (${kind}): ${terminal.status('ok')}, acknowledged`);
    }
    const failed = channels.filter(({ ok }) => !ok).length;
    if (failed === 0) return ExitCode.done;
    return failed === channels.length ? ExitCode.failed : ExitCode.partial;
  });

const DELIVERIES: List<DeliveryView> = {
  key: 'deliveries',
  keepsOrder: true,
  statuses: STATUSES.deliveries,
  empty: 'No notices were sent.',
  columns: [
    time('at', ({ at }) => at),
    text('panel', ({ panel }) => panel, { priority: 3 }),
    text('channel', ({ channel }) => channel),
    text('event', ({ event }) => event),
    state('status', (row) => row.state),
    text('message', ({ message }) => message, { priority: 1 }),
    text('attempts', ({ attempts }) => attempts, { align: 'right', priority: 2 }),
    time('next', ({ nextAt }) => nextAt, { priority: 2 }),
    text('error', ({ lastError }) => lastError, { priority: 2 }),
  ],
};

/** `sluice notify list` */
export const notifyList: CommandHandler<ListOptions> = listCommand(
  DELIVERIES,
  async ({ sluice }) => (await sluice.notices.list({ limit: 1000 })).deliveries,
);

/** `sluice notify send` */
export const notifySend: CommandHandler = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const report = await sluice.notices.send();
    terminal.document(report);
    const { sent, failed, givenUp, busy } = report;
    if (busy) terminal.line('Another process is sending notices.');
    else terminal.info(`${formatCount(sent, 'notice')} sent.`);
    if (failed > 0 || givenUp > 0) terminal.line(`${formatCount(failed, 'attempt')} failed; ${givenUp} given up.`);
    if (busy) return ExitCode.busy;
    return failed === 0 ? ExitCode.done : sent > 0 ? ExitCode.partial : ExitCode.failed;
  });
