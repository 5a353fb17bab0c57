import type { FlvxPermission, FlvxUser } from '../../client/records.js';
import { type RuledRow, sumBytes } from '../rules.js';
import type { StoredHistory } from './history.js';

/** The lowest quota of a row (GB), and its highest counters together. */
export interface Worst {
  quota: number;
  bytes: number;
}

type Counted = Pick<Worst, 'bytes'> & Partial<Worst>;

/** Returns the worst of what is known of a row and what it has. */
export function worse(known: Worst | null, row: Partial<RuledRow> | Counted | null): Worst | null {
  if (row === null) return known;
  const bytes = 'bytes' in row ? row.bytes : sumBytes({ inBytes: row.inBytes ?? 0, outBytes: row.outBytes ?? 0 });
  const quota = row.quota ?? Infinity;
  return { quota: Math.min(known?.quota ?? Infinity, quota), bytes: Math.max(known?.bytes ?? 0, bytes) };
}

/** Returns a row with the worst of it and of what is known of it. */
export function toWorst<Row extends RuledRow>(row: Row, known: Worst | null): Row {
  if (known === null) return row;
  const bytes = Math.max(known.bytes, sumBytes(row));
  return { ...row, quota: Math.min(known.quota, row.quota) as Row['quota'], inBytes: bytes, outBytes: 0 };
}

/** Returns rows with other values. */
export interface RuleChange {
  user: (row: FlvxUser) => RuledRow;
  permission: (row: FlvxPermission) => RuledRow;
}

/** Returns rows as they are. */
export const AS_THEY_ARE: RuleChange = { user: (row) => row, permission: (row) => row };

/** Returns rows as they were at worst while the steps of the last run were made. */
export function toWorstBefore(worst: StoredHistory['worst']): RuleChange {
  return {
    user: (row) => toWorst(row, worst?.user ?? null),
    permission: (row) => toWorst(row, worst?.tunnels[row.tunnelId] ?? null),
  };
}
