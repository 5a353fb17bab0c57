import { printable } from '@sluice/panel-http/printable';
import type { Undecided } from '@sluice/panel-kind';
import type { OldRow, OldTable } from '@sluice/quota-core';
import { isCanonicalUuid } from '../client/uuid.js';

/** The accounts of the panel with the column of the add-on. The Owner's uuid, which is the key of everything, is not among them. */
export const ADMIN_TABLE: OldTable = {
  name: 'admin_user',
  title: 'Agents of the panel with their integer ids and the limits of the agent traffic add-on 1.0.0, in bytes',
  columns: ['id', 'uuid', 'traffic_limit'],
  query: "SELECT id, uuid, traffic_limit FROM admin_user WHERE mode = 'agent' AND id > 1 ORDER BY id",
};

/** The Owner is the account with this id. */
const OWNER_ID = 1;

/** An account as the table has it. */
export interface AddonRow {
  line: number;
  id: number;
  uuid: string;
  /** Null for none, as 0 is for the add-on. */
  limitBytes: number | null;
  /** Whether the table has 0. */
  isZero: boolean;
}

/** Returns what an operator has to read of an account. */
export function toUndecided(
  object: string,
  state: Undecided['state'],
  reason: string,
  { column = '', value = '', file = 'agents.csv' }: { column?: string; value?: string; file?: string } = {},
): Undecided {
  return { file, object, column, value: printable(value).slice(0, 100), state, reason };
}

/** Reads the table; what can't be understood is undecided, and no text of an account is shown that may be a key. */
export function readAddonRows(table: readonly OldRow[]): { rows: AddonRow[]; undecided: Undecided[] } {
  const undecided: Undecided[] = [];
  const rows = table.flatMap((row) => {
    const found = readRow(row);
    if ('line' in found) return [found];
    undecided.push(found);
    return [];
  });
  return { rows: dropRepeated(rows, undecided), undecided };
}

function readRow({ line, values }: OldRow): AddonRow | Undecided {
  const { id: idText = null, uuid: uuidText = null, traffic_limit: limitText = null } = values;
  const object = `line ${line} of ${ADMIN_TABLE.name}`;
  const say = (reason: string, state: Undecided['state'] = 'undecided'): Undecided =>
    toUndecided(object, state, reason, { column: 'limit_gb', value: limitText ?? '' });
  const id = Number(idText ?? '');
  if (idText === null || !/^\d+$/.test(idText) || !Number.isSafeInteger(id) || id < 1)
    return say('its id is not a whole number above 0: export the table again');
  if (id === OWNER_ID)
    return say(
      'it is the Owner, who can have no limit: remove the line, since its uuid is the key of the panel',
      'left-out',
    );
  const uuid = uuidText?.toLowerCase() ?? '';
  if (!isCanonicalUuid(uuid))
    return say('its uuid is not one that the API of the panel accepts, so that nothing can name the account');
  const account = { line, id, uuid };
  if (limitText === null) return { ...account, limitBytes: null, isZero: false };
  if (/^-\d+$/.test(limitText))
    return say('its limit is negative, which the add-on finds exceeded at each check: state a limit, or none');
  if (!/^\d+$/.test(limitText)) return say('its limit is not a whole number of bytes: state a limit in GB, or none');
  const bytes = BigInt(limitText);
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER))
    return say('its limit is more than 8 PB, which nothing here can count: state a smaller one, or none');
  return { ...account, limitBytes: bytes === 0n ? null : Number(bytes), isZero: bytes === 0n };
}

/** Returns each account once; one with several limits or ids is undecided. */
function dropRepeated(rows: readonly AddonRow[], undecided: Undecided[]): AddonRow[] {
  const byUuid = new Map<string, AddonRow[]>();
  for (const row of rows) byUuid.set(row.uuid, [...(byUuid.get(row.uuid) ?? []), row]);
  return [...byUuid.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const lines = [first, ...others].map(({ line }) => line).join(', ');
    const object = `lines ${lines} of ${ADMIN_TABLE.name}`;
    if (others.some(({ id, limitBytes }) => id !== first.id || limitBytes !== first.limitBytes)) {
      undecided.push(
        toUndecided(object, 'undecided', 'they are of one uuid, with other ids or limits: keep one of them'),
      );
      return [];
    }
    if (others.length > 0) undecided.push(toUndecided(object, 'left-out', 'they are the same: one of them is taken'));
    return [first];
  });
}
