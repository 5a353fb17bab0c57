import type { AstQuirks } from '../quirks.js';
import { type PhpArray, readText } from '../php-form.js';
import { databaseError, fieldErrors, MagnusStop } from './answers.js';

/** What the panel checks about one column. */
export interface ColumnRule {
  readonly type: 'text' | 'int' | 'number' | 'id' | 'decimal';
  readonly min?: number;
  readonly max?: number;
  /** The size of the column, which only the database checks. */
  readonly size?: number;
  /** Must be sent in a create. */
  readonly required?: boolean;
}

export type Rules = Readonly<Record<string, ColumnRule>>;

const taken: Record<AstQuirks['language'], string> = {
  en: 'has already been taken.',
  pt_BR: 'já existe, e não pode se repetir.',
  es: 'ya ha sido tomado.',
};

export const takenMessage = (name: string, value: string, quirks: AstQuirks): string =>
  `${toLabel(name)} "${value}" ${taken[quirks.language]}`;

/** Collects the messages about the fields of a save; throws `MagnusStop` with them. */
export function checkFields(rules: Rules, form: PhpArray, how: { creating: boolean; table: string }): void {
  const errors = listFaults(rules, form, how.creating);
  if (Object.keys(errors).length > 0) throw new MagnusStop(fieldErrors(errors));
  checkDatabase(rules, form, how.table);
}

export function listFaults(rules: Rules, form: PhpArray, creating: boolean): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = readText(form, name);
    const fault =
      value === undefined || value === '' ? blank(name, rule, value, creating) : findFault(name, rule, value);
    if (fault !== undefined) errors[name] = [fault];
  }
  return errors;
}

function blank(name: string, rule: ColumnRule, value: string | undefined, creating: boolean): string | undefined {
  const missing = rule.required === true && (creating || value === '');
  return missing ? `${toLabel(name)} cannot be blank.` : undefined;
}

function findFault(name: string, { type, min, max }: ColumnRule, value: string): string | undefined {
  const label = toLabel(name);
  const isNumber = type === 'number' || type === 'int';
  if (isNumber && !/^\s*[-+]?\d*\.?\d+([eE][-+]?\d+)?\s*$/.test(value)) return `${label} must be a number.`;
  if (type === 'int' && !/^\s*[+-]?\d+\s*$/.test(value)) return `${label} must be an integer.`;
  if (type !== 'text') return undefined;
  const length = Array.from(value).length;
  if (min !== undefined && length < min) return `${label} is too short (minimum is ${min} characters).`;
  if (max !== undefined && length > max) return `${label} is too long (maximum is ${max} characters).`;
  return undefined;
}

/** What only the database refuses. */
function checkDatabase(rules: Rules, form: PhpArray, table: string): void {
  for (const [name, rule] of Object.entries(rules)) {
    const value = readText(form, name) ?? '';
    if (rule.type === 'text' && /[\u{10000}-\u{10ffff}]/u.test(value)) {
      const bytes = [...Buffer.from(/[\u{10000}-\u{10ffff}]/u.exec(value)?.[0] ?? '')];
      const shown = bytes.map((byte) => `\\x${byte.toString(16).toUpperCase()}`).join('');
      const detail = `1366 Incorrect string value: '${shown}' for column \`mbilling\`.\`pkg_${table}\`.\`${name}\` at row 1`;
      throw new MagnusStop(databaseError('22007', detail, table));
    }
    if (rule.size !== undefined && value.length > rule.size) {
      throw new MagnusStop(databaseError('22001', `1406 Data too long for column '${name}' at row 1`, table));
    }
    if (rule.type === 'decimal' && value !== '' && !/^\s*[-+]?\d*\.?\d+\s*$/.test(value)) {
      throw new MagnusStop(databaseError('01000', `1265 Data truncated for column '${name}' at row 1`, table));
    }
  }
}

/** `id_provider` becomes `Id Provider`. */
function toLabel(name: string): string {
  return name
    .replace(/(?<![A-Z])[A-Z]/g, ' $&')
    .replace(/[-_.]/g, ' ')
    .trim()
    .split(/\s+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
