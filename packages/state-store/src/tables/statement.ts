import { CompiledQuery, type QueryResult, sql } from 'kysely';
import type { Session } from './access.js';
import type { Stored } from './columns.js';

/** A statement or a part of one: its texts, and the values between them. */
export interface Statement {
  readonly texts: readonly string[];
  readonly values: readonly Stored[];
}

const isPart = (value: Stored | Statement): value is Statement => typeof value === 'object' && value !== null;

/** Returns a statement of a template, in which statements and values may stand. */
export function statement(texts: readonly string[], ...parts: readonly (Stored | Statement)[]): Statement {
  const all = [texts[0] ?? ''];
  const values: Stored[] = [];
  for (const [index, part] of parts.entries()) {
    const after = texts[index + 1] ?? '';
    if (isPart(part)) {
      const [first = '', ...rest] = part.texts;
      all.push(`${all.pop() ?? ''}${first}`, ...rest);
      all.push(`${all.pop() ?? ''}${after}`);
      values.push(...part.values);
    } else {
      all.push(after);
      values.push(part);
    }
  }
  return { texts: all, values };
}

/** Returns a part without values, such as a name. */
export function text(words: string): Statement {
  return { texts: [words], values: [] };
}

/** Returns a name as statements have it. */
export function name(word: string): Statement {
  return text(quoted(word));
}

/** Lists of columns, which are the same objects for each query of a table. */
const listed = new WeakMap<readonly string[], Statement>();

/** Returns names as statements have them. */
export function names(words: readonly string[]): Statement {
  const known = listed.get(words);
  if (known !== undefined) return known;
  const list = text(words.map(quoted).join(', '));
  listed.set(words, list);
  return list;
}

function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

/** Joins statements. */
export function joined(parts: readonly Statement[], separator: string): Statement {
  const [first = text(''), ...rest] = parts;
  const between = ['', separator, ''];
  return rest.reduce((all, part) => statement(between, all, part), first);
}

/** Returns the condition that a column has one of these values. They are one value, so that the text is the same for any length. */
export function isAmong(column: string, values: readonly Stored[]): Statement {
  return statement`${name(column)} in (select value from json_each(${JSON.stringify(values)}))`;
}

/** Runs a statement. The query builder makes the text of each once: making it costs more than most queries. */
export function execute<Row>(
  { db, texts }: Pick<Session, 'db' | 'texts'>,
  { texts: parts, values }: Statement,
): Promise<QueryResult<Row>> {
  const shape = parts.join('?');
  let known = texts.get(shape);
  if (known === undefined) {
    known = sql(parts as unknown as TemplateStringsArray, ...values).compile(db).sql;
    texts.set(shape, known);
  }
  return db.executeQuery<Row>(CompiledQuery.raw(known, [...values]));
}
