import { isPanelError, PanelUnreadableError, type PanelAnswer } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { readAnswer } from './answers.js';
import { checkUuid } from './check-user.js';
import type { Connection } from './connection.js';
import { readAdminRow } from './read-admin.js';
import { ListReader } from './read-list.js';
import { SELF, type HiddifyAdmin } from './records.js';
import { mayHaveHappened, withoutDoubt } from './settle.js';
import type { HiddifyAdminChange, HiddifyAdmins } from './types.js';

const all = '/api/v2/admin/admin_user/';
const single = '/api/v2/admin/admin_user/{uuid}/';
const one = (uuid: string): string => `/api/v2/admin/admin_user/${uuid}/`;

/** Accounts of one panel. An admin's uuid is a key: what is read here is never logged. */
export function createAdmins(connection: Connection, newUuid: () => string): HiddifyAdmins {
  const { panel, apiKey } = connection;
  const uuidOf = (id: string): string => {
    if (id === SELF) return apiKey;
    checkUuid(id, 'uuid');
    return id;
  };
  const rowOf = (answer: PanelAnswer<unknown>, endpoint: string, changing: boolean): HiddifyAdmin =>
    readAnswer({ panel, endpoint, status: answer.status, changing }, () => readAdminRow(answer.body, apiKey));

  const get: HiddifyAdmins['get'] = async (id, options = {}) => {
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
  };

  const existing = async (id: string, options: Parameters<HiddifyAdmins['get']>[1]): Promise<HiddifyAdmin> => {
    const admin = await get(id, options);
    if (admin !== null) return admin;
    throw new AgentTrafficError('unknown_agent', `Panel "${panel}" has no such account; nothing was changed.`);
  };

  return {
    get,

    async list(options = {}) {
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
    },

    async create(admin, options = {}) {
      const endpoint = `POST ${all}`;
      const uuid = admin.uuid ?? newUuid();
      checkUuid(uuid, 'uuid');
      // An unknown parent would be invented by the panel, and the new account put below it.
      if (admin.parent !== undefined && admin.parent !== SELF) await existing(admin.parent, options);
      const { name, role, parent = SELF, canAddAdmin = false, lang = 'en', comment, maxUsers, maxActiveUsers } = admin;
      const json = withoutUndefined({
        uuid,
        name,
        mode: role,
        can_add_admin: canAddAdmin,
        lang,
        parent_admin_uuid: uuidOf(parent),
        comment,
        max_users: maxUsers,
        max_active_users: maxActiveUsers,
      });
      try {
        const made = rowOf(
          await connection.request({ ...options, method: 'POST', path: all, endpoint, json }),
          endpoint,
          true,
        );
        if (made.uuid !== uuid) throw replaced(name);
      } catch (error) {
        const exists = isPanelError(error) && error.panelCode === 'exists';
        if (!exists && !mayHaveHappened(error)) throw error;
        const seen = await get(uuid, options);
        if (seen === null && isPanelError(error)) throw withoutDoubt(error);
        if (seen?.name !== name || seen.role !== role || seen.parent !== parent) throw error;
      }
      return existing(uuid, options);
    },

    async update(id, change, options = {}) {
      const before = await existing(id, options);
      // Without it the panel moves the account under the caller.
      const parent = change.parent ?? before.parent ?? SELF;
      if (change.parent !== undefined && change.parent !== SELF) await existing(change.parent, options);
      const json = withoutUndefined({
        name: change.name,
        mode: change.role,
        can_add_admin: change.canAddAdmin,
        comment: change.comment,
        max_users: change.maxUsers,
        max_active_users: change.maxActiveUsers,
        parent_admin_uuid: uuidOf(parent),
      });
      try {
        await connection.request({
          ...options,
          method: 'PATCH',
          path: one(uuidOf(id)),
          endpoint: `PATCH ${single}`,
          json,
        });
      } catch (error) {
        // The panel commits and then always fails: only a look tells.
        if (!mayHaveHappened(error)) throw error;
        const seen = await existing(id, options);
        if (!shows(seen, { ...change, parent })) throw withoutDoubt(error);
        return seen;
      }
      const seen = await existing(id, options);
      if (shows(seen, { ...change, parent })) return seen;
      throw new AgentTrafficError(
        'change_not_applied',
        `Panel "${panel}" answered yes to a change of account "${before.name}" and shows something else. Look at it in the panel.`,
      );
    },

    async remove(id, options = {}) {
      try {
        await connection.request({ ...options, method: 'DELETE', path: one(uuidOf(id)), endpoint: `DELETE ${single}` });
        return 'removed';
      } catch (error) {
        if (isPanelError(error) && error.panelCode === 'admin_not_found') return 'gone';
        if (!mayHaveHappened(error)) throw error;
        if ((await get(id, options)) === null) return 'removed';
        throw withoutDoubt(error);
      }
    },
  };

  function replaced(name: string): AgentTrafficError {
    return new AgentTrafficError(
      'change_not_applied',
      `The panel made account "${name}" under another uuid. Remove it in the panel and repeat with a new uuid.`,
      { outcomeUnknown: true },
    );
  }
}

function shows(admin: HiddifyAdmin, change: HiddifyAdminChange): boolean {
  const { name, role, parent, canAddAdmin, comment, maxUsers, maxActiveUsers } = change;
  const pairs: [unknown, unknown][] = [
    [name, admin.name],
    [role, admin.role],
    [parent, admin.parent],
    [canAddAdmin, admin.canAddAdmin],
    [comment, admin.comment],
    [maxUsers, admin.maxUsers],
    [maxActiveUsers, admin.maxActiveUsers],
  ];
  return pairs.every(([wanted, shown]) => wanted === undefined || wanted === shown);
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
