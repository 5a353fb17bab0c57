import { count, name, textOrNull } from '@sluice/contract/documents';
import { usageError } from '@sluice/panel-kind';
import * as z from 'zod';
import { type ApiRoute, route, type RouteParts, type Shape } from './route.js';

/** The keys of a query that select a page of a list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(10_000).optional().describe('At most so many; default all'),
  after: z.string().min(1).max(2000).optional().describe('The `next` of the page before, with the other keys as there'),
};

/** What the answer with a page of a list states. */
export const pageAnswer = {
  total: count.describe('Number of all that match'),
  next: textOrNull.describe('The `after` of the next page; null on the last'),
};

type Row = Record<string, unknown>;

interface ListParts<Query extends Shape, Answer extends Shape> extends Omit<
  RouteParts<Query, Shape, z.ZodObject<Answer>>,
  'body' | 'stored'
> {
  /** The key of the answer that has the list. */
  list: keyof Answer & string;
  /** The name of the answer in the OpenAPI document. */
  title?: string;
}

/** Declares a route whose answer is a list: all of it, or a page. */
export function listRoute<Query extends Shape, Answer extends Shape>(
  address: `GET /${string}`,
  { list, title, ...parts }: ListParts<Query, Answer>,
): ApiRoute {
  const whole = route(address, parts as unknown as RouteParts<Query, Shape, z.ZodType>);
  const answer = parts.answer.extend(pageAnswer);
  return {
    ...whole,
    query: z.strictObject({ ...parts.query, ...pageQuery }),
    answer: title === undefined ? answer : name(title, answer),
    handle: async (call) => {
      const { limit, after, ...query } = call.query as { limit?: number; after?: string };
      const found = (await whole.handle({ ...call, query })) as Record<string, Row[]>;
      return { ...found, ...toPage(found[list] ?? [], list, { limit, after }) };
    },
  };
}

/** Returns a page of a list. */
export function toPage(
  rows: readonly Row[],
  list: string,
  { limit = rows.length, after }: { limit?: number | undefined; after?: string | undefined },
): Row {
  const start = after === undefined ? 0 : findStart(rows, after);
  const end = Math.min(rows.length, start + limit);
  const last = rows[end - 1];
  return {
    [list]: rows.slice(start, end),
    total: rows.length,
    next: last === undefined || end >= rows.length ? null : `${end} ${toRowKey(last)}`,
  };
}

/** Returns where a page begins: behind the last row of the page before, or at its place where that row is gone. */
function findStart(rows: readonly Row[], after: string): number {
  const [, place, key = ''] = /^(\d{1,9}) (.*)$/s.exec(after) ?? [];
  if (place === undefined)
    throw usageError('bad_request', 'after is not the "next" of a page of this list; begin without it', {
      problems: [{ path: 'after', message: 'Not the "next" of a page' }],
    });
  const index = rows.findIndex((row) => toRowKey(row) === key);
  return index === -1 ? Math.min(Number(place), rows.length) : index + 1;
}

/** Returns what distinguishes the rows of a list. */
function toRowKey({ id, service, agent, reason, since, at }: Row): string {
  if (typeof id === 'string') return id;
  const { uuid } = (agent ?? {}) as { uuid?: unknown };
  return [service, uuid, reason, since, at].filter((part) => typeof part === 'string').join(' ');
}
