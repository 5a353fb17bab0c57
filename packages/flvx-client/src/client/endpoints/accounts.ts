import { createPanelError, isPanelError } from '@sluice/panel-http';
import * as z from 'zod';
import type { FlvxBatchCounts, FlvxCallOptions, FlvxClient } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import { type FlvxQuotaValues, type FlvxUser, type FlvxUserValues, FlvxValueError } from '../records.js';
import { forwardRows, userRows, listedPermissionRows, permissionRows } from '../row-list.js';
import { readCreated } from './created.js';
import { readWrites } from './site.js';

// Null for a user without groups (docs/panels/flvx.md, 3.4).
const groupIds = z.union([z.array(z.int()), z.null().transform((): number[] => [])]);

const counts = z
  .object({ successCount: z.int(), failCount: z.int() })
  .transform((raw): FlvxBatchCounts => ({ succeeded: raw.successCount, failed: raw.failCount }));

/** Names without anything that a search could read as a pattern. */
export const plainName = /^[\w.-]+$/;

/** The endpoints of users (docs/panels/flvx.md, 3). */
export function userEndpoints(api: FlvxApi, mutex: Mutex): FlvxClient['users'] {
  return {
    list: (filter = {}, options = {}) => listUsers(api, filter, options),
    create(values, password, options = {}) {
      checkPassword(password);
      // The panel checks names and inserts them in two steps: two creates at once could both pass (docs/panels/flvx.md, 3.1).
      const body = { ...toUserFields(values), pwd: password };
      return mutex.run('create', async () => {
        await api.call({ path: '/user/create', kind: 'write', body, secrets: [password] }, options);
        const name = values.name.trim();
        const filter = plainName.test(name) ? { keyword: name } : {};
        return readCreated(api, '/user/create', async () =>
          (await listUsers(api, filter, options)).filter((user) => user.name === name),
        );
      });
    },
    update(id, changes, password = null, options = {}) {
      if (password !== null) checkPassword(password);
      return mutex.run(`user ${id}`, async () => {
        const endpoint = 'POST /api/v1/user/update';
        const user = await readUser(api, id, options);
        if (user === undefined) {
          throw createPanelError('PANEL_NOT_FOUND', `Panel "${api.panel}" has no user ${id}. Check the id.`, {
            panel: api.panel,
            endpoint,
            panelCode: 'user_missing',
          });
        }
        const fields = toUserFields({ ...user, ...changes });
        const body = { id, ...fields, ...(password === null ? {} : { pwd: password }) };
        const secrets = password === null ? [] : [password];
        const call = api.call({ path: '/user/update', kind: 'write', body, secrets }, options);
        await call.catch((error: unknown) => {
          const { name } = { ...user, ...changes };
          const isTrimmed = isPanelError(error) && error.panelCode === 'name_taken' && name !== name.trim();
          if (!isTrimmed) throw error;
          // Customers can give themselves such a name: it is not trimmed there (docs/panels/flvx.md, 3.4).
          throw createPanelError(
            'PANEL_REJECTED',
            `Panel "${api.panel}" refused ${endpoint}: the name of user ${id} ("${name}") begins or ends with white space, which the panel removes here, and another account has the name without it. Rename one of them on the panel.`,
            { panel: api.panel, endpoint, panelCode: 'name_taken', cause: error },
          );
        });
      });
    },
    remove: (id, options) => api.call({ path: '/user/delete', kind: 'write', body: { id } }, options),
    reset: (id, options) => api.call({ path: '/user/reset', kind: 'write', body: { id, type: 1 } }, options),
    listGroups: (id, options) =>
      api.call({ path: '/user/groups', kind: 'read', body: { id }, data: groupIds }, options),
  };
}

function listUsers(api: FlvxApi, { keyword }: { keyword?: string }, options: FlvxCallOptions): Promise<FlvxUser[]> {
  return userRows.readAll(api, options, keyword === undefined ? {} : { keyword });
}

/** Reads one user; searched by its last known name where that is given, since the whole list is long. */
async function readUser(
  api: FlvxApi,
  id: number,
  options: FlvxCallOptions & { knownAs?: string },
): Promise<FlvxUser | undefined> {
  const { knownAs } = options;
  if (knownAs !== undefined && plainName.test(knownAs)) {
    const found = (await listUsers(api, { keyword: knownAs }, options)).find((row) => row.id === id);
    if (found !== undefined) return found;
  }
  return (await listUsers(api, {}, options)).find((row) => row.id === id);
}

/** Converts quota values to the panel's names. */
export function toQuotaFields(values: Partial<FlvxQuotaValues>): Record<string, number> {
  const fields: Record<string, number> = {};
  if (values.quota !== undefined) fields.flow = values.quota;
  if (values.maxForwards !== undefined) fields.num = values.maxForwards;
  if (values.expiresAt !== undefined) fields.expTime = values.expiresAt;
  if (values.resetDay !== undefined) fields.flowResetTime = values.resetDay;
  for (const [name, value] of Object.entries(fields)) {
    // The panel silently replaces anything else by a default (docs/panels/flvx.md, 1.4).
    if (!Number.isSafeInteger(value)) throw new FlvxValueError(`${name} is not a whole number. Pass a whole number.`);
  }
  return fields;
}

/** The panel trims names; the login does not (docs/panels/flvx.md, 2.3 and 3.1). A `groupIds` would replace the memberships (3.3). */
function toUserFields(values: FlvxUserValues): Record<string, unknown> {
  if (values.name.trim() === '') throw new FlvxValueError('The name of a user is empty. Pass a name.');
  if (!Number.isSafeInteger(values.status)) throw new FlvxValueError('status is not a whole number. Pass 0 or 1.');
  return { user: values.name, status: values.status, ...toQuotaFields(values) };
}

function checkPassword(password: string): void {
  if (password === '' || password.trim() !== password) {
    throw new FlvxValueError(
      'The password is empty, or begins or ends with white space, which the panel removes. Choose another password.',
    );
  }
}

/** Runs work of the same key one after the other. Different keys don't wait for each other. */
export class Mutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#tails.set(key, mine);
    const leave = (): void => {
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    };
    void mine.then(leave, leave);
    return mine;
  }
}

/** The endpoints of permissions, and the export with their true status (docs/panels/flvx.md, 4 and 8.2). */
export function permissionEndpoints(api: FlvxApi): FlvxClient['permissions'] {
  const write = (path: string, body: Record<string, unknown>, options?: FlvxCallOptions): Promise<undefined> =>
    api.call({ path, kind: 'write', body }, options);
  return {
    list: (options) => permissionRows.readAll(api, options),
    listByUser: (userId, options) => listedPermissionRows.readAll(api, options, { userId }),
    assign: (userId, tunnelId, values, options) => {
      const { status, speedId } = values;
      const body = {
        userId,
        tunnelId,
        ...toQuotaFields(values),
        ...(status === undefined ? {} : { status }),
        ...(speedId === undefined ? {} : { speedId }),
      };
      return write('/tunnel/user/assign', body, options);
    },
    assignMany: (userId, tunnels, options) => {
      // A strict endpoint: no field beyond these two.
      const rows = tunnels.map(({ tunnelId, speedId }) =>
        speedId === undefined ? { tunnelId } : { tunnelId, speedId },
      );
      return write('/tunnel/user/batch-assign', { userId, tunnels: rows }, options);
    },
    update: (id, { status, speedId, ...quotas }, options) =>
      write('/tunnel/user/update', { id, ...toQuotaFields(quotas), status, speedId }, options),
    remove: (id, options) => write('/tunnel/user/remove', { id }, options),
    reset: (id, options) => write('/user/reset', { id, type: 2 }, options),
  };
}

/** The endpoints of forwards that an administrator can use; none creates a forward for a customer (docs/panels/flvx.md, 6.1 and 6.2). */
export function forwardEndpoints(api: FlvxApi): FlvxClient['forwards'] {
  const one =
    (path: string) =>
    (id: number, options?: FlvxCallOptions): Promise<undefined> =>
      api.call({ path: `/forward/${path}`, kind: 'write', body: { id } }, options);
  const many =
    (path: string) =>
    (ids: number[], options?: FlvxCallOptions): Promise<FlvxBatchCounts> =>
      // The panel answers an empty list with an error.
      ids.length === 0
        ? Promise.resolve({ succeeded: 0, failed: 0 })
        : api.call({ path: `/forward/batch-${path}`, kind: 'write', body: { ids }, data: counts }, options);
  return {
    list: (options) => forwardRows.readAll(api, options),
    listChanges: async (options) => (await readWrites(api, ['forwards'], options)).forwards,
    listOwners: async (options) => {
      const { forwards } = await api.exportTables(['forwards'], options);
      return new Map(forwardRows.parseOwners(api, forwards).map((row) => [row.id, row.userId]));
    },
    update: (id, changes, options) =>
      api.call({ path: '/forward/update', kind: 'write', body: { ...changes, id } }, options),
    pause: one('pause'),
    resume: one('resume'),
    remove: one('delete'),
    pauseMany: many('pause'),
    resumeMany: many('resume'),
    removeMany: many('delete'),
    redeployMany: many('redeploy'),
  };
}
