import { type LoadedBody } from './body-schema.js';
import { isJunk, refusedByDatabase, roundedByDatabase } from './database-limits.js';
import { toKeys } from './invented-keys.js';
import { databaseError, PanelException } from './panel-failure.js';
import { type AdminRow, gibibyte, neverOnline, type UserKeys, type UserRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { isCanonicalUuid } from './uuid.js';

/** The add-on's hooks between the panel's code and its table of users. */
export interface UserHooks {
  /** Before a row is made for its first owner. May throw. */
  beforeInsert(owner: AdminRow): void;
  /** Before fields of a row are written; `change` may hold values that are the old ones. May throw. */
  beforeUpdate(row: UserRow, change: Partial<UserRow>): void;
}

const clampGb = 1_000_000;

/**
 * Writes users as the panel does: in three steps, each committed by itself (docs/panels/hiddify.md, 4.2).
 * What a step throws leaves the steps before it done.
 */
export class UserWriter {
  hooks: UserHooks | undefined;

  constructor(
    private readonly state: HiddifyState,
    private readonly makeUuid: () => string,
  ) {}

  /** First step of a creation: a user named `unknown` with 1000 GB, enabled, of the caller. */
  insert(wanted: unknown, caller: AdminRow): UserRow {
    const uuid = isCanonicalUuid(wanted) ? wanted : this.makeUuid();
    this.hooks?.beforeInsert(caller);
    const taken = this.state.findUser(uuid);
    if (taken !== undefined) {
      const keys: unknown[] = Object.values(toKeys(taken));
      const columns = 'uuid, name, ed25519_private_key, ed25519_public_key, wg_pk, wg_pub, wg_psk';
      const text = `Duplicate entry '${uuid}' for key 'ix_user_uuid'`;
      const statement = `INSERT INTO user (${columns}) VALUES (…)`;
      throw databaseError({ kind: 'IntegrityError', code: 1062, text }, statement, [uuid, ...keys]);
    }
    return this.state.addUser({ uuid, name: 'unknown', addedBy: caller.id });
  }

  /** Second step: uuid, name and the other fields that every account has. */
  describe(row: UserRow, body: LoadedBody): void {
    const change: Partial<UserRow> = {};
    if (isCanonicalUuid(body['uuid'])) change.uuid = body['uuid'];
    if (typeof body['name'] === 'string') change.name = body['name'];
    if (typeof body['comment'] === 'string') change.comment = body['comment'];
    if (typeof body['telegram_id'] === 'number')
      change.telegramId = body['telegram_id'] === 0 ? null : body['telegram_id'];
    if (typeof body['lang'] === 'string') change.lang = body['lang'] as UserRow['lang'];
    const other = change.uuid === undefined ? undefined : this.state.findUser(change.uuid);
    if (change.uuid !== undefined && other !== undefined && other !== row) {
      const text = `Duplicate entry '${change.uuid}' for key 'ix_user_uuid'`;
      const statement = 'UPDATE user SET uuid=%s WHERE user.id = %s';
      throw databaseError({ kind: 'IntegrityError', code: 1062, text }, statement, [change.uuid, row.id]);
    }
    this.commit(row, change, { name: change.name, comment: change.comment, telegram_id: change.telegramId });
  }

  /** Third step: owner, package, quota and switches. */
  fill(row: UserRow, body: LoadedBody, caller: AdminRow): void {
    const change: Partial<UserRow> = {};
    const owner = body['added_by_uuid'];
    if (typeof owner === 'string') change.addedBy = this.adminOrNew(owner, caller).id;
    // Any PATCH, even an empty one, moves a user without an owner to the Owner.
    else if (row.addedBy === null) change.addedBy = 1;
    if (typeof body['package_days'] === 'number') {
      change.packageDays = body['package_days'];
      if ('start_date' in body) change.startDate = body['start_date'] as string | null;
    }
    if (typeof body['current_usage_GB'] === 'number') change.currentUsage = toBytes(body['current_usage_GB']);
    if (typeof body['usage_limit_GB'] === 'number') change.usageLimit = toBytes(body['usage_limit_GB']);
    if (typeof body['enable'] === 'boolean') change.enable = body['enable'];
    const keys = keyChange(body);
    if (keys !== undefined) change.keys = { ...toKeys(row), ...keys };
    if (typeof body['mode'] === 'string') change.mode = body['mode'] as UserRow['mode'];
    const online = body['last_online'];
    if (typeof online === 'string') change.lastOnline = online === '' ? neverOnline : online;
    const columns = {
      last_online: isJunk(online) ? online : undefined,
      usage_limit: change.usageLimit,
      package_days: change.packageDays,
      current_usage: change.currentUsage,
      ...keys,
    };
    if (typeof owner === 'string') refuseEarly(row, body, columns);
    this.commit(row, change, columns);
  }

  /** The administrator with this uuid; an unknown one is created below the caller, named `unknown`. */
  adminOrNew(uuid: string, caller: AdminRow): AdminRow {
    return this.state.findAdmin(uuid) ?? this.state.addAdmin({ uuid, name: 'unknown', parentId: caller.id });
  }

  private commit(row: UserRow, change: Partial<UserRow>, columns: Record<string, unknown>): void {
    const set = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
    if (Object.keys(change).length === 0 && Object.keys(set).length === 0) return;
    this.hooks?.beforeUpdate(row, change);
    const refused = refusedByDatabase('user', row.id, set);
    if (refused !== undefined) throw refused;
    this.state.changeUser(row, change);
  }
}

/** GB of a body as the bytes that are stored. */
export function toBytes(gb: number): number {
  return roundedByDatabase(Math.min(clampGb * gibibyte, gb * gibibyte));
}

function keyChange(body: LoadedBody): Partial<UserKeys> | undefined {
  const change: Partial<UserKeys> = {};
  const { ed25519_private_key: secret, ed25519_public_key: known } = body;
  if (typeof secret === 'string' && typeof known === 'string' && secret !== '' && known !== '') {
    change.ed25519_private_key = secret;
    change.ed25519_public_key = known;
  }
  for (const name of ['wg_pk', 'wg_pub', 'wg_psk'] as const) {
    const value = body[name];
    if (typeof value === 'string') change[name] = value;
  }
  return Object.keys(change).length === 0 ? undefined : change;
}

/**
 * With an owner in the body the panel reads the row only after it has set some fields, and that read writes them first:
 * what the database then refuses is introduced by another first line.
 */
function refuseEarly(row: UserRow, body: LoadedBody, columns: Readonly<Record<string, unknown>>): void {
  const set = (name: string): boolean => typeof body[name] === 'number' || typeof body[name] === 'string';
  if (set('current_usage_GB') && set('usage_limit_GB') && set('mode')) return;
  const { last_online: _, usage_limit: limit, package_days: days, current_usage: usage, ...keys } = columns;
  const written = !set('current_usage_GB')
    ? { package_days: days }
    : !set('usage_limit_GB')
      ? { package_days: days, current_usage: usage }
      : { usage_limit: limit, package_days: days, current_usage: usage, ...keys };
  const refused = refusedByDatabase('user', row.id, written);
  if (refused === undefined) return;
  throw new PanelException(
    '(raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this flush is ' +
      `occurring prematurely)\n${refused.message}`,
  );
}
