import { formatCount } from '../terminal/words.js';
import { DELIVERIES } from '../terminal/lists/log.js';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import type { CommandHandler } from './command.js';
import { listCommand, type ListOptions } from './list.js';
import { STATUSES } from './statuses.js';

/** `sluice notify test [NAME]` */
export const notifyTest: CommandHandler = ([name], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.notices.test(name ?? null), {
    print: (terminal, { channels }) => {
      for (const { channel, kind, error } of channels) {
        if (error !== null) terminal.line(`${channel} (${kind}): ${terminal.error(error)}`);
        else if (!terminal.quiet) terminal.line(`${channel} (${kind}): ${terminal.status('ok')}, acknowledged`);
      }
    },
    exitCode: ({ channels }) => {
      const failed = channels.filter(({ ok }) => !ok).length;
      if (failed === 0) return ExitCode.done;
      return failed === channels.length ? ExitCode.failed : ExitCode.partial;
    },
  });

/** `sluice notify list` */
export const notifyList: CommandHandler<ListOptions> = listCommand(
  {
    key: 'deliveries',
    keepsOrder: true,
    statuses: STATUSES.deliveries,
    empty: 'No notices were sent.',
    columns: DELIVERIES,
  },
  async ({ sluice }) => (await sluice.notices.list({ limit: 1000 })).deliveries,
);

/** `sluice notify send` */
export const notifySend: CommandHandler = (_args, options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.notices.send(), {
    print: (terminal, { sent, failed, givenUp, busy }) => {
      if (busy) terminal.line('Another process is sending notices.');
      else terminal.info(`${formatCount(sent, 'notice')} sent.`);
      if (failed > 0 || givenUp > 0) terminal.line(`${formatCount(failed, 'attempt')} failed; ${givenUp} given up.`);
    },
    exitCode: ({ sent, failed, busy }) => {
      if (busy) return ExitCode.busy;
      return failed === 0 ? ExitCode.done : sent > 0 ? ExitCode.partial : ExitCode.failed;
    },
  });
