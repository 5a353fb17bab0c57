import { isPanelError } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { createAdminCalls, type AdminCalls } from './admin-calls.js';
import { checkUuid } from './check-user.js';
import type { Connection } from './connection.js';
import { SELF, type HiddifyAdmin } from './records.js';
import { mayHaveHappened, withoutDoubt } from './lost-answers.js';
import type { CallOptions, HiddifyAdminChange, HiddifyAdmins, NewHiddifyAdmin } from './types.js';

/** Accounts of one panel. An admin's uuid is a key: what is read here is never logged. */
export function createAdmins(connection: Connection, newUuid: () => string): HiddifyAdmins {
  const calls = createAdminCalls(connection);
  return {
    get: (id, options) => calls.get(id, options),
    list: (options) => calls.list(options),
    create: async (admin, options = {}) => createAdmin(calls, { ...admin, uuid: admin.uuid ?? newUuid() }, options),
    update: (id, change, options = {}) => updateAdmin(calls, id, change, options),
    remove: (id, options = {}) => removeAdmin(calls, id, options),
  };
}

async function createAdmin(
  calls: AdminCalls,
  admin: NewHiddifyAdmin & { uuid: string },
  options: CallOptions,
): Promise<HiddifyAdmin> {
  const { uuid } = admin;
  checkUuid(uuid, 'uuid');
  // An unknown parent would be invented by the panel, and the new account put below it.
  if (admin.parent !== undefined && admin.parent !== SELF) await existing(calls, admin.parent, options);
  const { name, role, parent = SELF, canAddAdmin = false, lang = 'en', comment, maxUsers, maxActiveUsers } = admin;
  const body = withoutUndefined({
    uuid,
    name,
    mode: role,
    can_add_admin: canAddAdmin,
    lang,
    parent_admin_uuid: calls.uuidOf(parent),
    comment,
    max_users: maxUsers,
    max_active_users: maxActiveUsers,
  });
  try {
    const made = await calls.post(body, options);
    if (made.uuid !== uuid) throw replaced(name);
  } catch (error) {
    const exists = isPanelError(error) && error.panelCode === 'exists';
    if (!exists && !mayHaveHappened(error)) throw error;
    const seen = await calls.get(uuid, options);
    if (seen === null && isPanelError(error)) throw withoutDoubt(error);
    if (seen?.name !== name || seen.role !== role || seen.parent !== parent) throw error;
  }
  return existing(calls, uuid, options);
}

async function updateAdmin(
  calls: AdminCalls,
  id: string,
  change: HiddifyAdminChange,
  options: CallOptions,
): Promise<HiddifyAdmin> {
  const before = await existing(calls, id, options);
  // Without it the panel moves the account under the caller.
  const parent = change.parent ?? before.parent ?? SELF;
  if (change.parent !== undefined && change.parent !== SELF) await existing(calls, change.parent, options);
  const body = withoutUndefined({
    name: change.name,
    mode: change.role,
    can_add_admin: change.canAddAdmin,
    comment: change.comment,
    max_users: change.maxUsers,
    max_active_users: change.maxActiveUsers,
    parent_admin_uuid: calls.uuidOf(parent),
  });
  try {
    await calls.patch(id, body, options);
  } catch (error) {
    // The panel commits and then always fails: only a look tells.
    if (!mayHaveHappened(error)) throw error;
    const seen = await existing(calls, id, options);
    if (!shows(seen, { ...change, parent })) throw withoutDoubt(error);
    return seen;
  }
  const seen = await existing(calls, id, options);
  if (shows(seen, { ...change, parent })) return seen;
  throw new AgentTrafficError(
    'change_not_applied',
    `Panel "${calls.panel}" answered yes to a change of account "${before.name}" and shows something else. Look at it in the panel.`,
  );
}

async function removeAdmin(calls: AdminCalls, id: string, options: CallOptions): Promise<'removed' | 'gone'> {
  try {
    await calls.delete(id, options);
    return 'removed';
  } catch (error) {
    if (isPanelError(error) && error.panelCode === 'admin_not_found') return 'gone';
    if (!mayHaveHappened(error)) throw error;
    if ((await calls.get(id, options)) === null) return 'removed';
    throw withoutDoubt(error);
  }
}

async function existing(calls: AdminCalls, id: string, options: CallOptions): Promise<HiddifyAdmin> {
  const admin = await calls.get(id, options);
  if (admin !== null) return admin;
  throw new AgentTrafficError('unknown_agent', `Panel "${calls.panel}" has no such account; nothing was changed.`);
}

function replaced(name: string): AgentTrafficError {
  return new AgentTrafficError(
    'change_not_applied',
    `The panel made account "${name}" under another uuid. Remove it in the panel and repeat with a new uuid.`,
    { outcomeUnknown: true },
  );
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
