import { isPanelError } from '@sluice/panel-http';
import { performChange } from '@sluice/panel-kind';
import { AgentTrafficError } from '../errors.js';
import { checkChange, checkNewUser, checkUuid } from './check-user.js';
import { findDifferences, isMade, shows, toBody } from './compare-user.js';
import type { Connection } from './connection.js';
import { UserCreation } from './create-user.js';
import { mayHaveHappened, toWaits, withDoubt, withoutDoubt } from './lost-answers.js';
import { parseUserRow } from './read-rows.js';
import { type HiddifyAdmin, type HiddifyUser, SELF } from './records.js';
import { removeUser } from './remove-user.js';
import { createRowCalls, type RowCalls } from './row-calls.js';
import type { CallOptions, ChangedUser, HiddifyUserChange, HiddifyUsers } from './types.js';

/** Creates the calls on users, each safe to repeat (docs/panels/hiddify.md, 4 and H4). */
export function createUsers(
  connection: Connection,
  newUuid: () => string,
  getAdmin: (uuid: string, options?: CallOptions) => Promise<HiddifyAdmin | null>,
): HiddifyUsers {
  const { apiKey, panel, listTimeoutMs } = connection;
  const calls = createRowCalls<HiddifyUser>(connection, {
    path: '/api/v2/admin/user/',
    noun: 'user',
    missing: 'user_not_found',
    createParser: () => createUserParser(apiKey),
    timeouts: { attemptMs: listTimeoutMs, totalMs: listTimeoutMs * 2 },
  });
  // For an unknown owner the panel creates an admin, with that uuid as its key.
  const checkOwner: CheckOwner = async (owner, what, options) => {
    if (owner === SELF || (await getAdmin(owner, options)) !== null) return;
    throw new AgentTrafficError(
      'unknown_owner',
      `The owner of user "${what.name}" is not an account of panel "${panel}". The user was not ${what.not}.`,
      { details: { owner } },
    );
  };
  const update = createUserUpdate(connection, calls, checkOwner);

  return {
    async list(options) {
      const { rows: users, ...list } = await calls.list(options);
      return { users, ...list };
    },

    async get(uuid, options) {
      checkUuid(uuid, 'uuid');
      return calls.get(uuid, options);
    },

    async create(user, { ownerKnown = false, ...options } = {}) {
      checkNewUser(user);
      const { owner, name } = user;
      if (owner !== undefined && !ownerKnown) await checkOwner(owner, { name, not: 'created' }, options);
      const wanted = { ...user, uuid: user.uuid ?? newUuid() };
      return new UserCreation(calls, connection, wanted, options).run();
    },

    update,
    disable: (uuid, options) => update(uuid, { enabled: false }, options),
    enable: (uuid, options) => update(uuid, { enabled: true }, options),

    remove: (uuid, options) => removeUser(connection, calls, uuid, options),
  };
}

/** Thousands of users have the same owner; all of them share one string. */
function createUserParser(self: string): (row: unknown) => HiddifyUser {
  const owners = new Map<string, string>();
  return (row) => {
    const user = parseUserRow(row, self);
    if (user.owner === null) return user;
    const known = owners.get(user.owner);
    if (known === undefined) owners.set(user.owner, user.owner);
    else user.owner = known;
    return user;
  };
}

type CheckOwner = (owner: string, what: { name: string; not: string }, options?: CallOptions) => Promise<void>;

function createUserUpdate(
  { panel, apiKey, clock }: Connection,
  calls: RowCalls<HiddifyUser>,
  checkOwner: CheckOwner,
): HiddifyUsers['update'] {
  return async (uuid, change, { seen: given, ...options } = {}) => {
    checkUuid(uuid, 'uuid');
    checkChange(change);
    const before = given?.uuid === uuid ? given : await calls.get(uuid, options);
    if (before === null) throw unknownUser(panel, change);
    let usedBefore = before.usedBytes;
    // A write starts an apply run and may lose traffic that was not counted yet.
    if (shows(before, change)) return { user: before, how: 'unneeded', usedBefore };
    const due = findDifferences(before, change);
    if (due.owner !== undefined) await checkOwner(due.owner, { name: before.name, not: 'changed' }, options);
    const isShown = (row: HiddifyUser | null): boolean => row !== null && isMade(row, due, usedBefore);
    return performChange<HiddifyUser | null, ChangedUser>(
      {
        call: async (show) => show(await calls.patch(uuid, toBody(due, apiKey), options)),
        read: () => calls.get(uuid, options),
        isDone: isShown,
        isFinal: (row) => row === null || isShown(row),
        // Also after a refusal: a proxy may refuse what the panel has done.
        waitsMs: ({ failure }) => toWaits(failure),
        endsUnread: true,
        end: ({ attempt, failure, unreadable, seen = null, isDone }) => {
          if (isDone && seen !== null) return { user: seen, how: 'changed', usedBefore };
          if (failure === null && seen !== null) throw notApplied(panel, Object.keys(findDifferences(seen, due)));
          if (unreadable !== null && isPanelError(failure)) throw withDoubt(failure);
          if (!mayHaveHappened(failure)) throw failure as Error;
          if (seen === null) throw unknownUser(panel, change);
          // After a restart of its database the panel fails once per connection before it writes anything.
          if (attempt === 2) throw withoutDoubt(failure);
          usedBefore = seen.usedBytes;
          return null;
        },
      },
      { clock },
    );
  };
}

function unknownUser(panel: string, change: HiddifyUserChange): AgentTrafficError {
  const fields = Object.keys(change).join(', ');
  return new AgentTrafficError(
    'unknown_user',
    `Panel "${panel}" does not have this user any more; not changed: ${fields}.`,
  );
}

function notApplied(panel: string, fields: string[]): AgentTrafficError {
  return new AgentTrafficError(
    'change_not_applied',
    `Panel "${panel}" accepted a change of a user but shows other values of ${fields.join(', ')}. Check the user on the panel.`,
    { details: { fields } },
  );
}
