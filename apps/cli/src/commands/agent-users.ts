import type { AgentUserList, AgentUserReport, AgentUserView, Sluice } from '@sluice/engine';
import { AGENT_USER_SORTS } from '@sluice/contract';
import { sortAgentUsers } from '@sluice/engine/words';
import { usageError } from '@sluice/panel-kind/errors';
import { printAgentUser, USERS } from '../terminal/reports/agent-users.js';
import { toRunExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import { type AgentOptions, parseDays, parseGigabytes } from './agents.js';
import { toHow } from './change-options.js';
import type { CommandHandler } from './command.js';
import { listCommand, type ListOptions } from './list.js';
import { parseRef } from './parse-ref.js';
import { STATUSES } from './statuses.js';

/** `sluice agent user list AGENT` */
export const agentUserList: CommandHandler<ListOptions> = listCommand<
  AgentUserView,
  ListOptions,
  Omit<AgentUserList, 'users'>
>(
  {
    key: 'users',
    empty: 'No users.',
    columns: USERS,
    statuses: STATUSES.users,
    sort: (rows, by) => {
      const sort = AGENT_USER_SORTS.find((each) => each === by);
      return sort === undefined ? null : sortAgentUsers(rows, sort);
    },
  },
  async ({ sluice }, [agent = ''], { panel }) => {
    const { users, ...also } = await sluice.agents.users(agent, { panel });
    return { rows: users, also };
  },
);

/** Returns the handler of a command that changes one user of an agent. */
function changingUser(
  change: (
    sluice: Sluice,
    named: [agent: string, user: string],
    how: ReturnType<typeof toHow>,
  ) => Promise<AgentUserReport>,
): CommandHandler<AgentOptions> {
  return ([agent = '', user = ''], options, deps) =>
    answer(deps, options, ({ sluice }) => change(sluice, [agent, user], toHow(options)), {
      print: printAgentUser,
      exitCode: ({ run }) => toRunExitCode(run, options),
    });
}

/** `sluice agent user extend AGENT USER` */
export const agentUserExtend: CommandHandler<AgentOptions> = (named, options, deps) => {
  const { gb, days } = options;
  if (gb === undefined && days === undefined) throw usageError('bad_option', 'Use --gb NUMBER, --days NUMBER or both');
  const by = { bytes: gb === undefined ? 0 : parseGigabytes(gb, '--gb'), days: parseDays(days) ?? 0 };
  const ref = parseRef(options.ref, 'changed');
  const extend = changingUser(({ agents }, [agent, user], how) =>
    agents.extendUser(agent, user, { ...how, ...by, ref }),
  );
  return extend(named, options, deps);
};

/** `sluice agent user disable AGENT USER` */
export const agentUserDisable = changingUser(({ agents }, [agent, user], how) => agents.disableUser(agent, user, how));

/** `sluice agent user enable AGENT USER` */
export const agentUserEnable = changingUser(({ agents }, [agent, user], how) => agents.enableUser(agent, user, how));
