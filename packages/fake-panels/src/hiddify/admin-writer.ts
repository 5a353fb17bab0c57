import { type LoadedBody } from './body-schema.js';
import { refusedByDatabase } from './database-limits.js';
import { databaseError, PanelException, Refusal } from './panel-failure.js';
import { type AdminRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { type UserWriter } from './user-writer.js';
import { isCanonicalUuid } from './uuid.js';

/** Writes administrators as the panel does, including the partial results of failed writes (docs/panels/hiddify.md, 4.4 to 4.6). */
export class AdminWriter {
  constructor(
    private readonly state: HiddifyState,
    private readonly users: UserWriter,
    private readonly makeUuid: () => string,
    private readonly database: 'mariadb' | 'sqlite',
  ) {}

  /** Creates an administrator. Throws the panel's errors; a row remains where the real panel leaves one. */
  create(body: LoadedBody, caller: AdminRow): AdminRow {
    const wanted = body['uuid'];
    if (typeof wanted === 'string' && this.state.findAdmin(wanted) !== undefined) {
      throw new Refusal(400, 'The admin exists');
    }
    const uuid = isCanonicalUuid(wanted) ? wanted : this.makeUuid();
    const row = this.state.addAdmin({ uuid, name: 'unknown', parentId: caller.id });
    this.describe(row, body);
    if (!('uuid' in body)) throw new PanelException("'uuid'");
    this.fill(row, body, body['uuid'], caller);
    return row;
  }

  /** Changes an administrator and then fails, always: the change is committed. */
  update(row: AdminRow, body: LoadedBody, caller: AdminRow): never {
    const uuid = 'uuid' in body ? body['uuid'] : row.uuid;
    this.describe(row, body);
    this.fill(row, body, uuid, caller);
    throw new PanelException("name 'admins' is not defined");
  }

  /** Deletes an administrator; its users and its traffic go to the caller. */
  remove(row: AdminRow, caller: AdminRow): void {
    if (row.id === 1 || row.id === caller.id) throw new Refusal(422, 'Owner can not be deleted!');
    const branch = this.state.branch(row);
    if (this.database === 'mariadb') this.refuseParents(branch);
    for (const user of this.state.listUsers(branch)) this.state.changeUser(user, { addedBy: caller.id });
    for (const day of this.state.dailyUsage.values()) {
      for (const id of branch) {
        const bytes = day.get(id);
        if (bytes === undefined) continue;
        day.delete(id);
        day.set(caller.id, (day.get(caller.id) ?? 0) + bytes);
      }
    }
    for (const id of branch) {
      const admin = this.state.admins.get(id);
      if (admin !== undefined) this.state.removeAdmin(admin);
    }
  }

  /** The database deletes the branch row by row in the order of ids and stops at the first that is still a parent. */
  private refuseParents(branch: ReadonlySet<number>): void {
    const left = new Map(this.state.admins);
    for (const id of [...branch].sort((a, b) => a - b)) {
      left.delete(id);
      for (const admin of left.values()) {
        if (admin.parentId !== id) continue;
        const text =
          'Cannot delete or update a parent row: a foreign key constraint fails (`hiddifypanel`.`admin_user`, ' +
          'CONSTRAINT `admin_user_ibfk_1` FOREIGN KEY (`parent_admin_id`) REFERENCES `admin_user` (`id`))';
        const statement = 'DELETE FROM admin_user WHERE admin_user.id IN (%s)';
        throw databaseError({ kind: 'IntegrityError', code: 1451, text }, statement, [...branch]);
      }
    }
  }

  private describe(row: AdminRow, body: LoadedBody): void {
    const change: Partial<AdminRow> = {};
    if (isCanonicalUuid(body['uuid'])) change.uuid = body['uuid'];
    if (typeof body['name'] === 'string') change.name = body['name'];
    if (typeof body['comment'] === 'string') change.comment = body['comment'];
    if (typeof body['telegram_id'] === 'number')
      change.telegramId = body['telegram_id'] === 0 ? null : body['telegram_id'];
    if (typeof body['lang'] === 'string') change.lang = body['lang'] as AdminRow['lang'];
    const other = change.uuid === undefined ? undefined : this.state.findAdmin(change.uuid);
    if (change.uuid !== undefined && other !== undefined && other !== row) {
      const text = `Duplicate entry '${change.uuid}' for key 'ix_admin_user_uuid'`;
      const statement = 'UPDATE admin_user SET uuid=%s WHERE admin_user.id = %s';
      throw databaseError({ kind: 'IntegrityError', code: 1062, text }, statement, [change.uuid, row.id]);
    }
    this.commit(row, change, { name: change.name, comment: change.comment, telegram_id: change.telegramId });
  }

  private fill(row: AdminRow, body: LoadedBody, uuid: unknown, caller: AdminRow): void {
    const change: Partial<AdminRow> = {};
    if (row.id !== 1) {
      const parent = body['parent_admin_uuid'];
      // Without a parent in the body the administrator moves below the caller, wherever it was.
      const kept = typeof parent !== 'string' || parent === uuid;
      change.parentId = kept ? caller.id : this.users.adminOrNew(parent, caller).id;
    }
    if (typeof body['mode'] === 'string') change.mode = body['mode'] as AdminRow['mode'];
    if (typeof body['can_add_admin'] === 'boolean') change.canAddAdmin = body['can_add_admin'];
    if (typeof body['max_users'] === 'number') change.maxUsers = body['max_users'];
    if (typeof body['max_active_users'] === 'number') change.maxActiveUsers = body['max_active_users'];
    this.commit(row, change, { max_users: change.maxUsers, max_active_users: change.maxActiveUsers });
  }

  private commit(row: AdminRow, change: Partial<AdminRow>, columns: Record<string, unknown>): void {
    const set = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
    const refused = refusedByDatabase('admin_user', row.id, set);
    if (refused !== undefined) throw refused;
    this.state.changeAdmin(row, change);
  }
}
