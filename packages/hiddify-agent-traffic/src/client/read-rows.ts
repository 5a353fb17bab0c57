import { bytesOfGigabytes } from './gigabytes.js';
import { type HiddifyAdmin, type HiddifyRole, type HiddifyUser, SELF } from './records.js';
import { isCanonicalUuid } from './uuid.js';

/** Thrown by the row readers only; carries the field and the expectation, never a value. */
export class RowProblem extends Error {}

/**
 * Reads one user row by hand: a list has tens of thousands, and a schema check per row would take longer than the call.
 * What sums and decisions rest on must be right; what only describes is taken where it is of the right kind. Key material is
 * not looked at and so is gone with the row.
 *
 * @param self the configured key, which reads as `SELF`
 * @throws RowProblem
 */
export function readUserRow(row: unknown, self: string): HiddifyUser {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new RowProblem('not an object');
  const fields = row as Record<string, unknown>;
  const { id, name, enable } = fields;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw new RowProblem('id: a whole number is due');
  if (typeof name !== 'string') throw new RowProblem('name: text is due');
  if (typeof enable !== 'boolean') throw new RowProblem('enable: true or false is due');
  const uuid = uuidOrNull(fields['uuid'], 'uuid');
  const owner = uuidOrNull(fields['added_by_uuid'], 'added_by_uuid');
  const limit = bytesOfGigabytes(fields['usage_limit_GB']);
  if (limit === null) throw new RowProblem('usage_limit_GB: a finite number is due');
  const used = bytesOfGigabytes(fields['current_usage_GB']);
  if (used === null) throw new RowProblem('current_usage_GB: a finite number is due');
  const user: HiddifyUser = {
    uuid,
    id,
    name,
    owner: owner === self ? SELF : owner,
    limitBytes: Math.max(0, limit),
    usedBytes: Math.max(0, used),
    packageDays: wholeOrNull(fields['package_days']),
    mode: textOrNull(fields['mode']),
    startDate: localDate(fields['start_date']),
    lastResetDate: localDate(fields['last_reset_time']),
    lastOnline: lastOnline(fields['last_online']),
    enabled: enable,
    active: typeof fields['is_active'] === 'boolean' ? fields['is_active'] : null,
    comment: textOrNull(fields['comment']),
    telegramId: wholeOrNull(fields['telegram_id']),
    lang: textOrNull(fields['lang']),
  };
  if (limit < 0 || used < 0) {
    user.odd = { ...(limit < 0 ? { limitBytes: limit } : {}), ...(used < 0 ? { usedBytes: used } : {}) };
  }
  return user;
}

export function uuidOrNull(value: unknown, field: string): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && isCanonicalUuid(value)) return value;
  throw new RowProblem(`${field}: a lower-case v4 uuid or null is due`);
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function wholeOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

function localDate(value: unknown): string | null {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? value.slice(0, 10) : null;
}

function lastOnline(value: unknown): string | null {
  return typeof value === 'string' && !value.startsWith('0001-') ? value : null;
}

const roles: readonly string[] = ['super_admin', 'admin', 'agent'] satisfies HiddifyRole[];

/**
 * Reads one admin row (docs/panels/hiddify.md, 3.2). An admin's uuid is a key; the configured one reads as `SELF`.
 *
 * @throws RowProblem
 */
export function readAdminRow(row: unknown, self: string): HiddifyAdmin {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new RowProblem('not an object');
  const fields = row as Record<string, unknown>;
  const { name, mode } = fields;
  if (typeof name !== 'string') throw new RowProblem('name: text is due');
  if (typeof mode !== 'string' || !roles.includes(mode)) {
    throw new RowProblem('mode: super_admin, admin or agent is due');
  }
  const uuid = uuidOrNull(fields['uuid'], 'uuid');
  // The answer to a creation leaves the parent out.
  const parent = uuidOrNull(fields['parent_admin_uuid'] ?? null, 'parent_admin_uuid');
  return {
    uuid: uuid === self ? SELF : uuid,
    name,
    role: mode as HiddifyRole,
    parent: parent === self ? SELF : parent,
    comment: textOrNull(fields['comment']),
    canAddAdmin: typeof fields['can_add_admin'] === 'boolean' ? fields['can_add_admin'] : null,
    maxUsers: wholeOrNull(fields['max_users']),
    maxActiveUsers: wholeOrNull(fields['max_active_users']),
  };
}
