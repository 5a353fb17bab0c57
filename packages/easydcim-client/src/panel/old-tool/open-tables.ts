import type { OldRow } from '@sluice/quota-core';
import { readCell } from './cells.js';
import type { Findings } from './findings.js';
import { ALL_PARTS, type Family, findTable, type Part } from './tables.js';

/** The tables of the version that ran last. */
export interface OpenTables {
  readonly family: Family;
  /** Rows by part; none where the table was not exported. */
  readonly rows: Readonly<Record<Part, readonly OldRow[]>>;
  /** Names by part; of a part that the version does not have, the part itself. */
  readonly names: Readonly<Record<Part, string>>;
  /** Parts whose tables were exported, also those without a row. */
  readonly exported: ReadonlySet<Part>;
}

type Tables = ReadonlyMap<string, readonly OldRow[]>;

/** The file that is about the rows of each table. */
const FILES: Readonly<Record<Part, string>> = {
  state: 'services.csv',
  defaults: 'products.yaml',
  overrides: 'overrides.csv',
  packages: 'packages.yaml',
  purchases: 'purchases.csv',
  preferences: 'preferences.csv',
};

/** Opens the tables; those that were not exported, and those of the other set, are named. */
export function openTables(tables: Tables, findings: Findings): OpenTables {
  const family = findFamily(tables);
  const other = family === 'guard' ? 'first' : 'guard';
  for (const part of ALL_PARTS) {
    const name = findTable(family, part);
    if (name !== null && !tables.has(name))
      findings.add(FILES[part], `table ${name}`, {
        state: 'undecided',
        reason: `it was not exported, so that nothing of it is known: export it with its query${part === 'preferences' ? '. Versions before 1.18 do not have it' : ''}`,
      });
    const unread = findTable(other, part);
    const count = unread === null ? 0 : readRows(tables, other, part).length;
    if (count > 0)
      findings.add(FILES[part], `table ${unread}`, {
        state: 'undecided',
        reason:
          'it is of another version than the one that polled last, and is not read: check whether it has what the other tables lack',
        value: `${count} rows`,
      });
  }
  return {
    family,
    rows: toRecord((part) => readRows(tables, family, part)),
    names: toRecord((part) => findTable(family, part) ?? part),
    exported: new Set(ALL_PARTS.filter((part) => tables.has(findTable(family, part) ?? ''))),
  };
}

function toRecord<Value>(read: (part: Part) => Value): Readonly<Record<Part, Value>> {
  return Object.fromEntries(ALL_PARTS.map((part) => [part, read(part)])) as Record<Part, Value>;
}

function readRows(tables: Tables, family: Family, part: Part): readonly OldRow[] {
  return tables.get(findTable(family, part) ?? '') ?? [];
}

/** Returns the set of tables in use: the one whose services were checked last; else the newer one, if it has any row. */
function findFamily(tables: Tables): Family {
  const last = (family: Family): string =>
    readRows(tables, family, 'state').reduce((latest, row) => {
      const checked = readCell(row, 'last_check_at') ?? '';
      return /^\d{4}-/.test(checked) && checked > latest ? checked : latest;
    }, '');
  const [guard, first] = [last('guard'), last('first')];
  if (guard !== first) return guard > first ? 'guard' : 'first';
  const isExported = (family: Family): boolean => ALL_PARTS.some((part) => tables.has(findTable(family, part) ?? ''));
  const hasRows = (family: Family): boolean => ALL_PARTS.some((part) => readRows(tables, family, part).length > 0);
  if (hasRows('guard') || !(hasRows('first') || isExported('first'))) return 'guard';
  return hasRows('first') || !isExported('guard') ? 'first' : 'guard';
}
