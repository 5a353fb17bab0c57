import { usageError } from '@sluice/panel-kind';
import type { Handle } from './handlers/handler.js';

type Row = Record<string, unknown>;

/** Returns the handler of a list that answers all of it, or the page that is asked for. */
export function inPages(list: string, handle: Handle): Handle {
  return async (call) => {
    const { limit, after, ...query } = call.query as { limit?: number; after?: string };
    const found = (await handle({ ...call, query })) as Record<string, Row[]>;
    return { ...found, ...toPage(found[list] ?? [], list, { limit, after }) };
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
function toRowKey({ id, object, service, agent, reason, since, at }: Row): string {
  if (typeof id === 'string') return typeof object === 'string' ? `${object} ${id}` : id;
  const { uuid } = (agent ?? {}) as { uuid?: unknown };
  return [service, uuid, reason, since, at].filter((part) => typeof part === 'string').join(' ');
}
