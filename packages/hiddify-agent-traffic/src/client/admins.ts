import { isPanelError } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { checkUuid } from './check-user.js';
import type { Connection } from './connection.js';
import { mayHaveHappened, withoutDoubt } from './lost-answers.js';
import { parseAdminRow } from './read-rows.js';
import { type HiddifyAdmin, SELF } from './records.js';
import { createRowCalls, type RowCalls } from './row-calls.js';
import type { CallOptions, HiddifyAdminChange, HiddifyAdmins, NewHiddifyAdmin } from './types.js';

/** Calls on accounts, which accept `SELF` for the account of the key. */
interface AdminCalls extends RowCalls<HiddifyAdmin> {
  readonly panel: string;
  /** Returns the uuid that the panel knows an account by: for `SELF` the key. */
  toUuid(id: string): string;
}

/** Creates the calls on accounts. An admin's uuid is a key, so that none of them is logged. */
export function createAdmins(connection: Connection, newUuid: () => string): HiddifyAdmins {
  const { panel, apiKey } = connection;
  const calls: AdminCalls = {
    ...createRowCalls<HiddifyAdmin>(connection, {
      path: '/api/v2/admin/admin_user/',
      noun: 'account',
      missing: 'admin_not_found',
      createParser: () => (row) => parseAdminRow(row, apiKey),
    }),
    panel,
    toUuid(id) {
      if (id === SELF) return apiKey;
      checkUuid(id, 'uuid');
      return id;
    },
  };
  return {
    get: async (id, options) => calls.get(calls.toUuid(id), options),
    async list(options) {
      const { rows: admins, bytes: _bytes, ...list } = await calls.list(options);
      return { admins, ...list };
    },
    create: async (admin, options = {}) => createAdmin(calls, { ...admin, uuid: admin.uuid ?? newUuid() }, options),
    update: async (id, change, options = {}) => updateAdmin(calls, calls.toUuid(id), change, options),
    remove: async (id, options = {}) => removeAdmin(calls, calls.toUuid(id), options),
  };
}

async function createAdmin(
  calls: AdminCalls,
  admin: NewHiddifyAdmin & { uuid: string },
  options: CallOptions,
): Promise<HiddifyAdmin> {
  const { uuid, name, role, parent = SELF, canAddAdmin = false, lang = 'en' } = admin;
  checkUuid(uuid, 'uuid');
  await checkParent(calls, admin.parent, options);
  try {
    const created = await calls.post(toBody(calls, { ...admin, canAddAdmin, lang, parent }), options);
    if (created.uuid !== uuid) {
      throw new AgentTrafficError(
        'change_not_applied',
        `The panel created account "${name}" under another uuid. Remove it on the panel and repeat with a new uuid.`,
        { outcomeUnknown: true },
      );
    }
  } catch (error) {
    const exists = isPanelError(error) && error.panelCode === 'exists';
    if (!exists && !mayHaveHappened(error)) throw error;
    const seen = await calls.get(uuid, options);
    if (seen === null && isPanelError(error)) throw withoutDoubt(error);
    if (seen?.name !== name || seen.role !== role || seen.parent !== parent) throw error;
  }
  return getExisting(calls, uuid, options);
}

async function updateAdmin(
  calls: AdminCalls,
  uuid: string,
  change: HiddifyAdminChange,
  options: CallOptions,
): Promise<HiddifyAdmin> {
  const before = await getExisting(calls, uuid, options);
  // Without the parent the panel moves the account under the caller.
  const complete = { ...change, parent: change.parent ?? before.parent ?? SELF };
  await checkParent(calls, change.parent, options);
  try {
    await calls.send('PATCH', uuid, { ...options, json: toBody(calls, complete) });
  } catch (error) {
    // The panel commits and then always fails, so that only reading shows the outcome.
    if (!mayHaveHappened(error)) throw error;
    const seen = await getExisting(calls, uuid, options);
    if (!isApplied(seen, complete)) throw withoutDoubt(error);
    return seen;
  }
  const seen = await getExisting(calls, uuid, options);
  if (isApplied(seen, complete)) return seen;
  throw new AgentTrafficError(
    'change_not_applied',
    `Panel "${calls.panel}" accepted a change of account "${before.name}" but shows other values. Check it on the panel.`,
  );
}

async function removeAdmin(calls: AdminCalls, uuid: string, options: CallOptions): Promise<'removed' | 'gone'> {
  try {
    await calls.send('DELETE', uuid, options);
    return 'removed';
  } catch (error) {
    if (isPanelError(error) && error.panelCode === 'admin_not_found') return 'gone';
    if (!mayHaveHappened(error)) throw error;
    if ((await calls.get(uuid, options)) === null) return 'removed';
    throw withoutDoubt(error);
  }
}

/** Rejects an unknown parent, which the panel would create with the new account below it. */
async function checkParent(calls: AdminCalls, parent: string | undefined, options: CallOptions): Promise<void> {
  if (parent !== undefined && parent !== SELF) await getExisting(calls, calls.toUuid(parent), options);
}

async function getExisting(calls: AdminCalls, uuid: string, options: CallOptions): Promise<HiddifyAdmin> {
  const admin = await calls.get(uuid, options);
  if (admin !== null) return admin;
  throw new AgentTrafficError('unknown_agent', `Panel "${calls.panel}" has no such account; nothing was changed.`);
}

function isApplied(admin: HiddifyAdmin, change: HiddifyAdminChange): boolean {
  return Object.entries<unknown>(change).every(
    ([field, value]) => value === undefined || admin[field as keyof HiddifyAdminChange] === value,
  );
}

/** Converts fields to the panel's body; absent ones are left out of its text. */
function toBody(calls: AdminCalls, fields: HiddifyAdminChange & Partial<NewHiddifyAdmin>): Record<string, unknown> {
  const { uuid, name, role, canAddAdmin, lang, parent = SELF, comment, maxUsers, maxActiveUsers } = fields;
  return {
    uuid,
    name,
    mode: role,
    can_add_admin: canAddAdmin,
    lang,
    parent_admin_uuid: calls.toUuid(parent),
    comment,
    max_users: maxUsers,
    max_active_users: maxActiveUsers,
  };
}
