import { createPanelError } from '@sluice/panel-http';
import * as z from 'zod';
import type { FlvxCallOptions, FlvxClient } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import type { Mutex } from '../mutex.js';
import { parseEvery, userRows } from '../parse/rows.js';
import type { FlvxUser, FlvxUserValues } from '../records.js';
import { checkPassword, checkUserValues, quotaFields } from './wire.js';

const rows = z.array(z.unknown());
// Null where the panel has nothing to say (docs/panels/flvx.md, 3.4).
const groupIds = z.union([z.array(z.int()), z.null().transform((): number[] => [])]);

/** Names without anything that a search could take for a pattern. */
export const plainName = /^[\w.-]+$/;

/** The endpoints of users (docs/panels/flvx.md, 3). */
export function userEndpoints(api: FlvxApi, mutex: Mutex): FlvxClient['users'] {
  return {
    list: (filter, options) => list(api, filter, options),
    create(values, password, options) {
      checkPassword(password);
      // Names are checked and inserted in two steps on the panel: two creates at once could both pass (docs/panels/flvx.md, 3.1).
      const body = { ...userFields(values), pwd: password };
      return mutex.run('create', () =>
        api.call({ path: '/user/create', kind: 'write', body, secrets: [password] }, options),
      );
    },
    change(id, changes, password = null, options = {}) {
      if (password !== null) checkPassword(password);
      return mutex.run(`user ${id}`, async () => {
        const user = await readUser(api, id, options);
        if (user === undefined) {
          const endpoint = 'POST /api/v1/user/update';
          throw createPanelError('PANEL_NOT_FOUND', `Panel "${api.panel}" has no user ${id}. Check the id.`, {
            panel: api.panel,
            endpoint,
            panelCode: 'user_missing',
          });
        }
        await api.call(
          {
            path: '/user/update',
            kind: 'write',
            body: {
              id,
              ...userFields({ ...user, ...changes }),
              ...(password === null ? {} : { pwd: password }),
            },
            ...(password === null ? {} : { secrets: [password] }),
          },
          options,
        );
      });
    },
    delete: (id, options) => api.call({ path: '/user/delete', kind: 'write', body: { id } }, options),
    reset: (id, options) => api.call({ path: '/user/reset', kind: 'write', body: { id, type: 1 } }, options),
    groups: (id, options) => api.call({ path: '/user/groups', kind: 'read', body: { id }, data: groupIds }, options),
  };
}

async function list(
  api: FlvxApi,
  filter: { keyword?: string } = {},
  options: FlvxCallOptions = {},
): Promise<FlvxUser[]> {
  const body = filter.keyword === undefined ? {} : { keyword: filter.keyword };
  return parseEvery(api.panel, userRows, await api.call({ path: '/user/list', body, kind: 'read', data: rows }, options));
}

/** Returns the user as it is now; searched by its last known name where that is given, since the whole list is long. */
async function readUser(
  api: FlvxApi,
  id: number,
  options: FlvxCallOptions & { knownAs?: string },
): Promise<FlvxUser | undefined> {
  const { knownAs } = options;
  if (knownAs !== undefined && plainName.test(knownAs)) {
    const found = (await list(api, { keyword: knownAs }, options)).find((row) => row.id === id);
    if (found !== undefined) return found;
  }
  return (await list(api, {}, options)).find((row) => row.id === id);
}

/** `groupIds` stays out: present, it would replace the memberships (docs/panels/flvx.md, 3.3). */
function userFields(values: FlvxUserValues): Record<string, unknown> {
  checkUserValues(values);
  return { user: values.name, status: values.status, ...quotaFields(values) };
}
