import { isPanelError, PanelUnreadableError, type PanelAnswer } from '@sluice/panel-http';
import { readAnswer } from './answers.js';
import type { Connection } from './connection.js';
import { ListReader } from './read-list.js';
import { readUserRow } from './read-rows.js';
import type { HiddifyUser, HiddifyUserList } from './records.js';
import type { CallOptions } from './types.js';

const all = '/api/v2/admin/user/';
const one = (uuid: string): string => `/api/v2/admin/user/${uuid}/`;

/** The five bare calls on users; what they mean together is `createUsers`. */
export interface UserCalls {
  list(options?: CallOptions): Promise<HiddifyUserList>;
  get(uuid: string, options?: CallOptions): Promise<HiddifyUser | null>;
  post(body: Record<string, unknown>, options?: CallOptions): Promise<HiddifyUser>;
  patch(uuid: string, body: Record<string, unknown>, options?: CallOptions): Promise<HiddifyUser>;
  delete(uuid: string, options?: CallOptions): Promise<void>;
}

export function createUserCalls(connection: Connection): UserCalls {
  const { panel, apiKey } = connection;

  const rowOf = (answer: PanelAnswer<unknown>, endpoint: string, changing: boolean): HiddifyUser =>
    readAnswer({ panel, endpoint, status: answer.status, changing }, () => readUserRow(answer.body, apiKey));

  return {
    list: (options) => listUsers(connection, options),

    async get(uuid, options = {}) {
      const endpoint = 'GET /api/v2/admin/user/{uuid}/';
      try {
        const answer = await connection.request({ ...options, method: 'GET', path: one(uuid), endpoint });
        const user = rowOf(answer, endpoint, false);
        if (user.uuid === uuid) return user;
        throw new PanelUnreadableError(
          `Panel "${panel}" answered ${endpoint} with another user than the one asked for. Nothing was concluded from it.`,
          { panel, endpoint, status: answer.status },
        );
      } catch (error) {
        if (isPanelError(error) && error.panelCode === 'user_not_found') return null;
        throw error;
      }
    },

    async post(body, options = {}) {
      const endpoint = `POST ${all}`;
      return rowOf(
        await connection.request({ ...options, method: 'POST', path: all, endpoint, json: body }),
        endpoint,
        true,
      );
    },

    async patch(uuid, body, options = {}) {
      const endpoint = 'PATCH /api/v2/admin/user/{uuid}/';
      return rowOf(
        await connection.request({ ...options, method: 'PATCH', path: one(uuid), endpoint, json: body }),
        endpoint,
        true,
      );
    },

    async delete(uuid, options = {}) {
      await connection.request({
        ...options,
        method: 'DELETE',
        path: one(uuid),
        endpoint: 'DELETE /api/v2/admin/user/{uuid}/',
      });
    },
  };
}

async function listUsers(connection: Connection, options: CallOptions = {}): Promise<HiddifyUserList> {
  const { panel, apiKey } = connection;
  const endpoint = `GET ${all}`;
  const requestedAt = new Date(connection.clock.now()).toISOString();
  let reader = newReader(apiKey);
  try {
    const { status, receivedAt } = await connection.request<Buffer>({
      ...options,
      method: 'GET',
      path: all,
      endpoint,
      accept: 'bytes',
      timeouts: { attemptMs: connection.listTimeoutMs, totalMs: connection.listTimeoutMs * 2 },
      sink: () => {
        reader = newReader(apiKey);
        return (chunk) => {
          reader.push(chunk);
        };
      },
    });
    const list = readAnswer({ panel, endpoint, status, changing: false }, () => reader.end());
    const { rows: users, unreadable, unreadableRows, bytes } = list;
    return {
      users,
      unreadable,
      unreadableRows,
      requestedAt,
      receivedAt: new Date(receivedAt).toISOString(),
      bytes,
    };
  } catch (error) {
    // The one way in which this panel says that a list is empty.
    if (!isPanelError(error) || error.panelCode !== 'no_users') throw error;
    const receivedAt = new Date(connection.clock.now()).toISOString();
    return { users: [], unreadable: 0, unreadableRows: [], requestedAt, receivedAt, bytes: 0 };
  }
}

function newReader(self: string): ListReader<HiddifyUser> {
  const owners = new Map<string, string>();
  return new ListReader((row) => {
    const user = readUserRow(row, self);
    // Thousands of users share an owner; one copy of the text does.
    if (user.owner !== null) {
      const known = owners.get(user.owner);
      if (known === undefined) owners.set(user.owner, user.owner);
      else user.owner = known;
    }
    return user;
  });
}
