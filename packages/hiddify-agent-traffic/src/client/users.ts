import { isPanelError } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { checkNewUser, checkUuid } from './check-user.js';
import type { Connection } from './connection.js';
import { UserCreation } from './create-user.js';
import { SELF, type HiddifyAdmin } from './records.js';
import { mayHaveHappened, withoutDoubt } from './settle.js';
import type { CallOptions, HiddifyUsers } from './types.js';
import { createUserUpdate } from './update-user.js';
import { createUserCalls, type UserCalls } from './user-calls.js';

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
