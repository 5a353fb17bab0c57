import { toBytes } from './gigabytes.js';
import { type HiddifyAdmin, type HiddifyRole, type HiddifyUser, SELF } from './records.js';
import { isCanonicalUuid } from './uuid.js';

/** A row that could not be parsed. The message has the field and what was expected, never a value. */
export class RowProblem extends Error {}

/**
 * Parses one user row without a schema, which would need longer for a list than the call itself. Fields that sums and decisions use
 * must be valid; others are null where they are not. Key material is dropped.
 *
 * @param self the configured key, which is replaced by `SELF`
 * @throws RowProblem
 */
export function parseUserRow(row: unknown, self: string): HiddifyUser {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new RowProblem('not an object');
  const fields = row as Record<string, unknown>;
  const { id, name, enable } = fields;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw new RowProblem('id: expected a whole number');
  if (typeof name !== 'string') throw new RowProblem('name: expected text');
  if (typeof enable !== 'boolean') throw new RowProblem('enable: expected true or false');
  const uuid = parseUuid(fields['uuid'], 'uuid');
  const owner = parseUuid(fields['added_by_uuid'], 'added_by_uuid');
  const limit = toBytes(fields['usage_limit_GB']);
  if (limit === null) throw new RowProblem('usage_limit_GB: expected a finite number');
  const used = toBytes(fields['current_usage_GB']);
  if (used === null) throw new RowProblem('current_usage_GB: expected a finite number');
  const user: HiddifyUser = {
    uuid,
    id,
    name,
    owner: owner === self ? SELF : owner,
    limitBytes: Math.max(0, limit),
    usedBytes: Math.max(0, used),
    packageDays: parseWhole(fields['package_days']),
    mode: parseText(fields['mode']),
    startDate: parseLocalDate(fields['start_date']),
    lastResetDate: parseLocalDate(fields['last_reset_time']),
    lastOnline: parseLastOnline(fields['last_online']),
    enabled: enable,
    active: typeof fields['is_active'] === 'boolean' ? fields['is_active'] : null,
    comment: parseText(fields['comment']),
    telegramId: parseWhole(fields['telegram_id']),
    lang: parseText(fields['lang']),
  };
  if (limit < 0 || used < 0) {
    user.odd = { ...(limit < 0 ? { limitBytes: limit } : {}), ...(used < 0 ? { usedBytes: used } : {}) };
  }
  return user;
}

export function parseUuid(value: unknown, field: string): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && isCanonicalUuid(value)) return value;
  throw new RowProblem(`${field}: expected a lower-case v4 uuid or null`);
}

export function parseText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function parseWhole(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** A date that is none is not known: it keeps the user readable, whose usage counts all the same. */
function parseLocalDate(value: unknown): string | null {
  if (typeof value !== 'string' || !/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/.test(value)) return null;
  const date = value.slice(0, 10);
  // Each month has 28 days.
  return date.slice(8) > '28' && Number.isNaN(Date.parse(date)) ? null : date;
}

function parseLastOnline(value: unknown): string | null {
  return typeof value === 'string' && !value.startsWith('0001-') ? value : null;
}

const ROLES: readonly string[] = ['super_admin', 'admin', 'agent'] satisfies HiddifyRole[];

/**
 * Parses one account row (docs/panels/hiddify.md, 3.2). The configured key is replaced by `SELF`.
 *
 * @throws RowProblem
 */
export function parseAdminRow(row: unknown, self: string): HiddifyAdmin {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new RowProblem('not an object');
  const fields = row as Record<string, unknown>;
  const { name, mode } = fields;
  if (typeof name !== 'string') throw new RowProblem('name: expected text');
  if (typeof mode !== 'string' || !ROLES.includes(mode)) {
    throw new RowProblem('mode: expected super_admin, admin or agent');
  }
  const uuid = parseUuid(fields['uuid'], 'uuid');
  // The answer to a creation leaves the parent out.
  const parent = parseUuid(fields['parent_admin_uuid'] ?? null, 'parent_admin_uuid');
  return {
    uuid: uuid === self ? SELF : uuid,
    name,
    role: mode as HiddifyRole,
    parent: parent === self ? SELF : parent,
    comment: parseText(fields['comment']),
    canAddAdmin: typeof fields['can_add_admin'] === 'boolean' ? fields['can_add_admin'] : null,
    maxUsers: parseWhole(fields['max_users']),
    maxActiveUsers: parseWhole(fields['max_active_users']),
  };
}
