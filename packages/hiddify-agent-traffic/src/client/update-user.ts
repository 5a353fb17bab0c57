import { isPanelError } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { checkChange, checkUuid } from './check-user.js';
import { bodyOf, differencesOf, hasDifferences } from './compare-user.js';
import type { Connection } from './connection.js';
import { mayHaveHappened, withoutDoubt } from './settle.js';
import type { HiddifyUserChange, HiddifyUsers } from './types.js';
import type { UserCalls } from './user-calls.js';

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
