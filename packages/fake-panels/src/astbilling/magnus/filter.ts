import { plainText } from '../plain-text.js';
import { brokenPage, type Json, MagnusStop } from './answers.js';
import { PhpFloat } from './php-json.js';

interface Condition {
  readonly type?: unknown;
  readonly field?: unknown;
  readonly comparison?: unknown;
  readonly value?: unknown;
}

/** The rows that meet a `filter`. Broken JSON is ignored; a first condition that is not `numeric` breaks the panel. */
export function filtered(rows: readonly Json[], columns: ReadonlySet<string>, filter: string | undefined): Json[] {
  const conditions = parsed(filter);
  if (conditions === undefined) return [...rows];
  return conditions.reduce<Json[]>(
    (left, condition) => {
      const column = toColumn(condition, columns);
      return left.filter((row) => meets(row[column], condition));
    },
    [...rows],
  );
}

/** Whether a `filter` has at least one condition. */
export const hasConditions = (filter: string | undefined): boolean => (parsed(filter)?.length ?? 0) > 0;

/** Whether a `filter` reaches into another table. */
export const joins = (filter: string | undefined): boolean =>
  parsed(filter)?.some(({ field }) => /^(?!t\.).*\./.test(plainText(field))) ?? false;

function parsed(filter: string | undefined): Condition[] | undefined {
  if (filter === undefined || filter === '') return undefined;
  let json: unknown;
  try {
    json = JSON.parse(filter);
  } catch {
    return undefined;
  }
  if (json === null) return undefined;
  if (!Array.isArray(json))
    throw new MagnusStop(brokenPage('PHP warning', 'Trying to access array offset on value of type'));
  const conditions = json as Condition[];
  if (conditions.length > 0 && conditions[0]?.type !== 'numeric') {
    throw new MagnusStop(
      brokenPage('TypeError', 'preg_match(): Argument #2 ($subject) must be of type string, array given'),
    );
  }
  return conditions;
}

function toColumn({ field }: Condition, columns: ReadonlySet<string>): string {
  const column = String(field).replace(/^t\./, '').replace('.', '');
  if (columns.has(column)) return column;
  throw new MagnusStop(
    brokenPage('CDbException', `Column not found: 1054 Unknown column '${String(field)}' in 'where clause'`),
  );
}

/** As the database's collation compares: case and accents do not count. */
const folded = (value: unknown): string =>
  plainText(value).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trimEnd();

function meets(stored: unknown, { type, comparison, value }: Condition): boolean {
  const cell = stored instanceof PhpFloat ? Number(String(stored)) : stored;
  if (value === null || value === undefined || cell === null || cell === undefined) return type === 'notlist';
  if (type === 'list') return (value as unknown[]).some((one) => same(cell, one));
  if (type === 'notlist') return !(value as unknown[]).some((one) => same(cell, one));
  if (type === 'boolean') return Number(cell) === (value === true || value === 1 || value === '1' ? 1 : 0);
  if (type === 'string') return textMeets(folded(cell), String(comparison), folded(value));
  const shown = type === 'date' ? plainText(cell).slice(0, plainText(value).length) : cell;
  if (comparison === 'gt') return compare(shown, value) > 0;
  if (comparison === 'lt') return compare(shown, value) < 0;
  return same(shown, value);
}

/** A number on either side makes a comparison of numbers, in which a text without digits is 0. */
function same(cell: unknown, value: unknown): boolean {
  if (typeof cell === 'number' || typeof value === 'number') return leading(cell) === leading(value);
  return folded(cell) === folded(value);
}

function compare(cell: unknown, value: unknown): number {
  if (typeof cell === 'number' || typeof value === 'number') return leading(cell) - leading(value);
  const [left, right] = [folded(cell), folded(value)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const leading = (value: unknown): number => Number.parseFloat(String(value)) || 0;

function textMeets(cell: string, comparison: string, value: string): boolean {
  if (comparison === 'st') return cell.startsWith(value);
  if (comparison === 'ed') return cell.endsWith(value);
  if (comparison === 'eq') return cell === value;
  if (comparison === 'df') return cell !== value;
  return cell.includes(value);
}
