import { SCHEMA } from '../migrations/schema.js';

/** What a statement reads in full, of which a store may have very many rows, and the indexes that it uses. */
export interface Plan {
  whole: readonly string[];
  indexes: readonly string[];
}

/** Indexes of the rows that are open: few, however long the history is. */
const PARTIAL = new Set(SCHEMA.flatMap((text) => /^create (?:unique )?index "(\w+)" .* where /i.exec(text)?.[1] ?? []));

/** Reads the lines of a plan of SQLite. */
export function readSqlitePlan(lines: readonly string[]): Plan {
  const steps = lines.map((line) => ({ line, index: / INDEX (\w+)/.exec(line)?.[1] }));
  // Values that were handed over are not a table, nor are the results of the statement's own parts.
  const parts = new Set(lines.flatMap((line) => /^(?:MATERIALIZE|CO-ROUTINE) (\w+)/.exec(line)?.[1] ?? []));
  const whole = steps.filter(({ line, index = '' }) => {
    const scanned = /^SCAN (?!json_each|\d)(\w+)/.exec(line)?.[1];
    return scanned !== undefined && !parts.has(scanned) && !PARTIAL.has(index);
  });
  return { whole: whole.map(({ line }) => line), indexes: steps.flatMap(({ index }) => index ?? []) };
}

/** A step of a plan of PostgreSQL. */
export interface Step {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: readonly Step[];
}

/** Reads a plan of PostgreSQL; `large` are the tables with many rows. */
export function readPostgresPlan(plan: Step, large: ReadonlySet<string>): Plan {
  const steps = listSteps(plan);
  const whole = steps.filter(({ step, isLimited }) => {
    const { 'Index Name': index, 'Relation Name': table = '' } = step;
    if (index === undefined) return step['Node Type'] === 'Seq Scan' && large.has(table);
    return step['Index Cond'] === undefined && !PARTIAL.has(index) && !isLimited;
  });
  return {
    whole: whole.map(({ step }) => `${step['Node Type']} ${step['Index Name'] ?? step['Relation Name'] ?? ''}`),
    indexes: steps.flatMap(({ step }) => step['Index Name'] ?? []),
  };
}

/** Returns the steps of a plan, and whether each ends after a few rows. */
function listSteps(step: Step, below = false): { step: Step; isLimited: boolean }[] {
  const kind = step['Node Type'];
  const isLimited = kind === 'Limit' || (below && kind !== 'Sort' && kind !== 'Aggregate');
  return [{ step, isLimited }, ...(step.Plans ?? []).flatMap((each) => listSteps(each, isLimited))];
}
