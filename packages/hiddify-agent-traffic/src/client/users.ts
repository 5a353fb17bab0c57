import { isPanelError } from '@sluice/panel-http';
import { checkChange, checkNewUser, checkUuid } from './check-user.js';
import { bodyOf, differencesOf, hasDifferences } from './compare-user.js';
import type { Connection } from './connection.js';
import { UserCreation } from './create-user.js';
import { type HiddifyAdmin, SELF } from './records.js';
import { mayHaveHappened, withoutDoubt } from './lost-answers.js';
import type { CallOptions, HiddifyUserChange, HiddifyUsers } from './types.js';
import { createUserCalls, type UserCalls } from './user-calls.js';
import { AgentTrafficError } from '../errors.js';

/** Users of one panel: bare calls made safe against what the panel does with them (docs/panels/hiddify.md, 4 and H4). */
export function createUsers(
  connection: Connection,
  newUuid: () => string,
  adminOf: (uuid: string, options?: CallOptions) => Promise<HiddifyAdmin | null>,
): HiddifyUsers {
  const calls = createUserCalls(connection);
  const update = createUserUpdate(connection, calls);

  return {
    list: (options) => calls.list(options),
    async get(uuid, options) {
      checkUuid(uuid, 'uuid');
      return calls.get(uuid, options);
    },

    async create(user, { ownerKnown = false, ...options } = {}) {
      checkNewUser(user);
      const { owner } = user;
      // The panel makes an admin, with the unknown uuid as its key, for an owner that it does not know.
      if (owner !== undefined && owner !== SELF && !ownerKnown && (await adminOf(owner, options)) === null) {
        throw new AgentTrafficError(
          'unknown_owner',
          `The owner given for user "${user.name}" is no account of panel "${connection.panel}". Nothing was made.`,
          { details: { owner } },
        );
      }
      const wanted = { ...user, uuid: user.uuid ?? newUuid() };
      return new UserCreation(calls, connection, wanted, options).run();
    },

    update,
    disable: (uuid, options) => update(uuid, { enabled: false }, options),
    enable: (uuid, options) => update(uuid, { enabled: true }, options),

    remove: (uuid, options) => removeUser(calls, uuid, options),
  };
}

async function removeUser(calls: UserCalls, uuid: string, options?: CallOptions): Promise<'removed' | 'gone'> {
  checkUuid(uuid, 'uuid');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await calls.delete(uuid, options);
      return 'removed';
    } catch (error) {
      if (isPanelError(error) && error.panelCode === 'user_not_found') return attempt === 1 ? 'gone' : 'removed';
      if (!mayHaveHappened(error)) throw error;
      const seen = await calls.get(uuid, options).catch(() => {
        throw error;
      });
      if (seen === null) return 'removed';
      if (attempt === 2) throw withoutDoubt(error);
    }
  }
}

/** Creates the `update` of users, which writes only what differs and proves the result by what the panel shows. */
export function createUserUpdate(connection: Connection, calls: UserCalls): HiddifyUsers['update'] {
  const { panel, apiKey } = connection;

  return async (uuid, change, { seen: given, ...options } = {}) => {
    checkUuid(uuid, 'uuid');
    checkChange(change);
    const before = given?.uuid === uuid ? given : await calls.get(uuid, options);
    if (before === null) throw unknownUser(panel, change);
    const due = differencesOf(before, change);
    // Every write starts an apply run and may lose traffic not yet counted, so none is made for nothing.
    if (!hasDifferences(due)) return { user: before, how: 'unneeded' };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const user = await calls.patch(uuid, bodyOf(due, apiKey), options);
        if (!hasDifferences(differencesOf(user, due))) return { user, how: 'changed' };
        throw notApplied(panel, Object.keys(differencesOf(user, due)));
      } catch (error) {
        if (!isPanelError(error)) throw error;
        // Also after a refusal: what stands before the panel may refuse what the panel has done.
        const seen = await calls.get(uuid, options).catch(() => {
          throw error;
        });
        if (seen !== null && !hasDifferences(differencesOf(seen, due))) return { user: seen, how: 'changed' };
        if (!mayHaveHappened(error)) throw error;
        if (seen === null) throw unknownUser(panel, change);
        // A database that was restarted fails once per connection, before anything is written: one repeat, now that we know.
        if (attempt === 2) throw withoutDoubt(error);
      }
    }
  };
}

function unknownUser(panel: string, change: HiddifyUserChange): AgentTrafficError {
  return new AgentTrafficError(
    'unknown_user',
    `Panel "${panel}" has no such user any more; ${Object.keys(change).join(', ')} was not changed.`,
  );
}

function notApplied(panel: string, fields: string[]): AgentTrafficError {
  return new AgentTrafficError(
    'change_not_applied',
    `Panel "${panel}" answered yes to a change of a user and shows something else in: ${fields.join(', ')}. Look at the user in the panel.`,
    { details: { fields } },
  );
}
