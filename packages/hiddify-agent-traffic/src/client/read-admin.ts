import { SELF, type HiddifyAdmin, type HiddifyRole } from './records.js';
import { RowProblem, textOrNull, uuidOrNull, wholeOrNull } from './read-user.js';

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
