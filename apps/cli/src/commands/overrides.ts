import { OVERRIDES } from '../terminal/lists/services.js';
import { describeOverride } from '../terminal/reports/outcome.js';
import { printService } from '../terminal/reports/service.js';
import { answer } from './answer.js';
import type { CommandHandler, LockOptions } from './command.js';
import { STATUSES } from './statuses.js';
import { listCommand, type ListOptions } from './list.js';
import { parseWait } from './parse-wait.js';

interface SetOptions extends LockOptions {
  quota?: string;
  unlimited?: boolean;
  mode?: string;
  action?: string;
}

/** `sluice override set SERVICE` */
export const overrideSet: CommandHandler<SetOptions> = ([id = ''], options, deps) => {
  const { quota, unlimited, mode, action } = options;
  const how = { waitMs: parseWait(options) };
  return answer(
    deps,
    options,
    async ({ sluice }) => ({
      before: await sluice.services.show(id),
      service: await sluice.overrides.set(id, { quota, unlimited, mode, action }, how),
    }),
    {
      document: ({ service }) => service,
      info: ({ before, service }) => describeOverride(before, service),
      print: (terminal, { service }) => {
        if (options.verbose === true) printService(terminal, service);
      },
    },
  );
};

/** `sluice override clear SERVICE` */
export const overrideClear: CommandHandler<LockOptions> = ([id = ''], options, deps) => {
  const how = { waitMs: parseWait(options) };
  return answer(
    deps,
    options,
    async ({ sluice }) => ({
      before: await sluice.services.show(id),
      ...(await sluice.overrides.clear(id, how)),
    }),
    {
      document: ({ service }) => service,
      info: ({ before, service, ended }) => (ended ? describeOverride(before, service) : `${id} had no override`),
    },
  );
};

/** `sluice override list [SERVICE]` */
export const overrideList: CommandHandler<ListOptions> = listCommand(
  { key: 'overrides', statuses: STATUSES.records, empty: 'No overrides.', columns: OVERRIDES },
  async ({ sluice }, [service]) => (await sluice.overrides.list({ service })).overrides,
);
