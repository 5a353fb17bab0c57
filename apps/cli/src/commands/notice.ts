import { ALARMS } from '@sluice/terminal/lists';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import type { CommandHandler } from './command.js';
import { listCommand, type ListOptions } from './list.js';
import { STATUSES } from './statuses.js';

/** `sluice notice list` */
export const noticeList: CommandHandler<ListOptions> = listCommand(
  {
    key: 'alarms',
    keepsOrder: true,
    statuses: STATUSES.alarms,
    status: 'open',
    empty: 'Nothing is wrong that is not acknowledged.',
    columns: ALARMS,
  },
  async ({ sluice }) => {
    const { alarms } = await sluice.notices.alarms();
    return { rows: alarms, also: { acknowledged: alarms.filter(({ acknowledged }) => acknowledged !== null).length } };
  },
  ({ terminal }, _rows, { status = 'open' }, also) => {
    const known = also?.acknowledged ?? 0;
    if (known > 0 && status === 'open')
      terminal.info(`${known} acknowledged: sluice notice list --status acknowledged`);
    return ExitCode.done;
  },
);

/** `sluice notice ack` */
export const noticeAck: CommandHandler = ([id = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.notices.acknowledge(id), {
    info: ({ alarm: { service, message } }) =>
      `Acknowledged until it ends or changes: ${service}: ${message.replace(`${service}: `, '')}`,
  });
