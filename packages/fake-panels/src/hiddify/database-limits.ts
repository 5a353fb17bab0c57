import { databaseError, type PanelException } from './panel-failure.js';

const longest: Readonly<Record<string, number>> = {
  name: 512,
  comment: 512,
  ed25519_private_key: 500,
  ed25519_public_key: 100,
  wg_pk: 50,
  wg_pub: 50,
  wg_psk: 50,
};
const int32 = 2_147_483_647;
const greatest: Readonly<Record<string, number>> = {
  telegram_id: 2 ** 63,
  usage_limit: 2 ** 63,
  current_usage: 2 ** 63,
  package_days: int32,
  max_users: int32,
  max_active_users: int32,
};

/** An invalid time from a body. */
export interface Junk {
  readonly junk: unknown;
}

/** The database's error for an UPDATE; `undefined`: it accepts the values (docs/panels/hiddify.md, 3.3 and 4.2). */
export function refusedByDatabase(
  table: 'user' | 'admin_user',
  id: number,
  columns: Readonly<Record<string, unknown>>,
): PanelException | undefined {
  const names = Object.keys(columns);
  const statement = `UPDATE ${table} SET ${names.map((name) => `${name}=%s`).join(', ')} WHERE ${table}.id = %s`;
  const parameters = [...Object.values(columns), id];
  for (const [name, value] of Object.entries(columns)) {
    const length = longest[name];
    if (length !== undefined && typeof value === 'string' && Array.from(value).length > length) {
      const text = `Data too long for column '${name}' at row 1`;
      return databaseError({ kind: 'DataError', code: 1406, text }, statement, parameters);
    }
    const bound = greatest[name];
    if (bound !== undefined && typeof value === 'number' && (value > bound || value < -bound - 1)) {
      const text = `Out of range value for column '${name}' at row 1`;
      return databaseError({ kind: 'DataError', code: 1264, text }, statement, parameters);
    }
    if (isJunk(value)) {
      const place = `\`hiddifypanel\`.\`${table}\`.\`${name}\``;
      const text = `Incorrect datetime value: '${String(value.junk)}' for column ${place} at row 1`;
      return databaseError({ kind: 'OperationalError', code: 1292, text }, statement, parameters);
    }
  }
  return undefined;
}

export function isJunk(value: unknown): value is Junk {
  return typeof value === 'object' && value !== null && 'junk' in value;
}

/** The database rounds a fraction to the nearest whole number, halves to the even one. */
export function roundedByDatabase(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}
