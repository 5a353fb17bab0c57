import { ALARMS } from '../terminal/lists/log.js';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { listCommand, type ListOptions } from './list.js';
import { printStanding } from './observed.js';
import { STATUSES } from './statuses.js';

/** `sluice notice list` */
export const noticeList: CommandHandler<ListOptions> = listCommand(
  {
    key: 'alarms',
    keepsOrder: true,
    statuses: STATUSES.alarms,
    status: 'open',
    empty: 'No alarm waits for an acknowledgement.',
    columns: ALARMS,
  },
  async ({ sluice }) => {
    const { alarms } = await sluice.notices.alarms();
    return { rows: alarms, also: { acknowledged: alarms.filter(({ acknowledged }) => acknowledged !== null).length } };
  },
  async (opened, _rows, { status = 'open', csv, panel }, also) => {
    const { terminal } = opened;
    if (csv === undefined && status === 'open') await printStanding(opened, panel);
    const known = also?.acknowledged ?? 0;
    if (known > 0 && status === 'open')
      terminal.info(`${known} acknowledged: sluice notice list --status acknowledged`);
    return ExitCode.done;
  },
);

interface AckOptions extends GlobalOptions {
  undo?: boolean;
}

/** `sluice notice ack` */
export const noticeAck: CommandHandler<AckOptions> = ([id = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.notices.acknowledge(id, { undo: options.undo === true }), {
    info: ({ alarm: { service, panel, message } }, { times }) => {
      // One about billing or the queue has neither.
      const subject = service ?? panel;
      const text = times.text(message.replace(`${subject}: `, ''), panel);
      const what = subject === '' ? text : `${subject}: ${text}`;
      return options.undo === true
        ? `Not acknowledged any more: ${what}`
        : `Acknowledged until it ends or changes: ${what}`;
    },
  });
