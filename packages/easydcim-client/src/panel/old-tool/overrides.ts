import type { OldRow } from '@sluice/quota-core';
import type { Candidates } from './candidates.js';
import { parseId, readCell } from './cells.js';
import { type Findings, nameRow } from './findings.js';
import type { OpenTables } from './open-tables.js';
import { type OwnValues, readOwnValues } from './own-values.js';
import { byNewest, pickRows } from './pick.js';
import { toUnmoved } from './purchases.js';

const FILE = 'overrides.csv';

/** Returns what each service states besides its product, by its id in WHMCS. Overrides of other services are named. */
export function readOverrides(
  { rows, names, family }: OpenTables,
  { moved, refused }: Candidates,
  findings: Findings,
): ReadonlyMap<string, OwnValues> {
  const table = names.overrides;
  const toKey = (row: OldRow): string | null => parseId(readCell(row, 'serviceid'));
  const picked = pickRows(rows.overrides, toKey, byNewest('updated_at'));
  const known = new Set(moved.map(({ id }) => id));
  for (const row of picked.nameless)
    findings.add(FILE, nameRow(table, row), {
      state: 'left-out',
      reason: 'it names no service, so that the tool did not use it',
    });
  for (const { key, row } of picked.others)
    findings.add(FILE, `service ${key}`, {
      state: 'left-out',
      reason: `${nameRow(table, row)} is an older override of the service`,
    });
  for (const [id, row] of picked.chosen) {
    if (known.has(id)) continue;
    const about = toUnmoved(id, refused);
    findings.add(FILE, `service ${id}`, {
      ...about,
      value: readCell(row, 'override_base_quota_gb'),
      column: 'quota_gb',
    });
  }
  return new Map(
    moved.map((candidate) => [
      candidate.id,
      readOwnValues(candidate, picked.chosen.get(candidate.id) ?? null, { family, table }, findings),
    ]),
  );
}
