import { isPanelError, PanelUnreadableError, type PanelAnswer } from '@sluice/panel-http';
import { readAnswer } from './answers.js';
import { checkUuid } from './check-user.js';
import type { Connection } from './connection.js';
import { readAdminRow } from './read-rows.js';
import { ListReader } from './read-list.js';
import { SELF, type HiddifyAdmin, type HiddifyAdminList } from './records.js';
import type { CallOptions } from './types.js';

const all = '/api/v2/admin/admin_user/';
const single = '/api/v2/admin/admin_user/{uuid}/';
const one = (uuid: string): string => `/api/v2/admin/admin_user/${uuid}/`;

/** The five bare calls on accounts; what they mean together is `createAdmins`. */
export interface AdminCalls {
  readonly panel: string;
  /** The uuid as the panel knows it: `SELF` is the key. */
  uuidOf(id: string): string;
  list(options?: CallOptions): Promise<HiddifyAdminList>;
  get(id: string, options?: CallOptions): Promise<HiddifyAdmin | null>;
  post(body: Record<string, unknown>, options?: CallOptions): Promise<HiddifyAdmin>;
  patch(id: string, body: Record<string, unknown>, options?: CallOptions): Promise<void>;
  delete(id: string, options?: CallOptions): Promise<void>;
}

export function createAdminCalls(connection: Connection): AdminCalls {
  const { panel, apiKey } = connection;

  const uuidOf = (id: string): string => {
    if (id === SELF) return apiKey;
    checkUuid(id, 'uuid');
    return id;
  };
  const rowOf = (answer: PanelAnswer<unknown>, endpoint: string, changing: boolean): HiddifyAdmin =>
    readAnswer({ panel, endpoint, status: answer.status, changing }, () => readAdminRow(answer.body, apiKey));

  return {
    panel,
    uuidOf,
    list: (options) => listAdmins(connection, options),

    async get(id, options = {}) {
      const endpoint = `GET ${single}`;
      try {
        const answer = await connection.request({ ...options, method: 'GET', path: one(uuidOf(id)), endpoint });
        const admin = rowOf(answer, endpoint, false);
        if (admin.uuid === (uuidOf(id) === apiKey ? SELF : id)) return admin;
        throw new PanelUnreadableError(
          `Panel "${panel}" answered ${endpoint} with another account than the one asked for. Nothing was concluded from it.`,
          { panel, endpoint, status: answer.status },
        );
      } catch (error) {
        if (isPanelError(error) && error.panelCode === 'admin_not_found') return null;
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

    async patch(id, body, options = {}) {
      const path = one(uuidOf(id));
      await connection.request({ ...options, method: 'PATCH', path, endpoint: `PATCH ${single}`, json: body });
    },

    async delete(id, options = {}) {
      await connection.request({ ...options, method: 'DELETE', path: one(uuidOf(id)), endpoint: `DELETE ${single}` });
    },
  };
}

async function listAdmins(connection: Connection, options: CallOptions = {}): Promise<HiddifyAdminList> {
  const { panel, apiKey } = connection;
  const endpoint = `GET ${all}`;
  const requestedAt = new Date(connection.clock.now()).toISOString();
  const answer = await connection.request<Buffer>({
    ...options,
    method: 'GET',
    path: all,
    endpoint,
    accept: 'bytes',
  });
  const reader = new ListReader((row) => readAdminRow(row, apiKey));
  reader.push(answer.body);
  const { rows, unreadable, unreadableRows } = readAnswer(
    { panel, endpoint, status: answer.status, changing: false },
    () => reader.end(),
  );
  const receivedAt = new Date(answer.receivedAt).toISOString();
  return { admins: rows, unreadable, unreadableRows, requestedAt, receivedAt };
}
