import { isPanelError } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { checkChange, checkNewUser, checkUuid } from './check-user.js';
import { findDifferences, isMade, shows, toBody } from './compare-user.js';
import type { Connection } from './connection.js';
import { UserCreation } from './create-user.js';
import {
  isGivenUp,
  mayHaveHappened,
  mayStillHappen,
  readUntil,
  WAITS,
  WAITS_AFTER_GIVING_UP,
  withDoubt,
  withoutDoubt,
} from './lost-answers.js';
import { parseUserRow } from './read-rows.js';
import { type HiddifyAdmin, type HiddifyUser, SELF } from './records.js';
import { createRowCalls, type RowCalls } from './row-calls.js';
import type { CallOptions, HiddifyUserChange, HiddifyUsers } from './types.js';

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
    for (let attempt = 1; ; attempt += 1) {
      try {
        const user = await calls.patch(uuid, toBody(due, apiKey), options);
        if (isMade(user, due, usedBefore)) return { user, how: 'changed', usedBefore };
        throw notApplied(panel, Object.keys(findDifferences(user, due)));
      } catch (error) {
        if (!isPanelError(error)) throw error;
        // Also after a refusal: a proxy may refuse what the panel has done.
        const isShown = (row: HiddifyUser): boolean => isMade(row, due, usedBefore);
        const isDone = (row: HiddifyUser | null): boolean => row === null || isShown(row);
        const waits = isGivenUp(error) ? WAITS_AFTER_GIVING_UP : [0];
        const seen = await readUntil(clock, waits, () => calls.get(uuid, options), isDone).catch(() => {
          throw withDoubt(error);
        });
        if (seen !== null && isShown(seen)) return { user: seen, how: 'changed', usedBefore };
        if (!mayHaveHappened(error)) throw error;
        if (seen === null) throw unknownUser(panel, change);
        // After a restart of its database the panel fails once per connection before it writes anything.
        if (attempt === 2) throw withoutDoubt(error);
        usedBefore = seen.usedBytes;
      }
    }
  };
}

const isNone = (row: unknown): boolean => row === null;

async function removeUser(
  { panel, clock }: Pick<Connection, 'panel' | 'clock'>,
  calls: RowCalls<HiddifyUser>,
  uuid: string,
  options?: CallOptions,
): Promise<'removed' | 'gone'> {
  checkUuid(uuid, 'uuid');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await calls.send('DELETE', uuid, options);
      // Anything with a 200 may have answered.
      const left = await readUntil(clock, WAITS, () => calls.get(uuid, options), isNone).catch((error: unknown) => {
        throw isPanelError(error) ? withDoubt(error) : error;
      });
      if (left === null) return 'removed';
      throw stillThere(panel, left);
    } catch (error) {
      if (isPanelError(error) && error.panelCode === 'user_not_found') return attempt === 1 ? 'gone' : 'removed';
      if (!mayHaveHappened(error)) throw error;
      const waits = isGivenUp(error) ? WAITS_AFTER_GIVING_UP : [0];
      const seen = await readUntil(clock, waits, () => calls.get(uuid, options), isNone).catch(() => {
        throw withDoubt(error);
      });
      if (seen === null) return 'removed';
      if (attempt === 2) throw isGivenUp(error) ? mayStillHappen(error) : withoutDoubt(error);
    }
  }
}

function stillThere(panel: string, { name }: HiddifyUser): AgentTrafficError {
  return new AgentTrafficError(
    'change_not_applied',
    `Panel "${panel}" accepted the removal of user "${name}" but still shows it. Check the user on the panel.`,
    { outcomeUnknown: true },
  );
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
