import type { ZodMiniType } from 'zod/mini';
import type { Connection } from './connection.js';
import type { FormValue } from './form.js';
import type { WhmcsListOptions } from './types.js';
import { page as toPageSchema, type Readable, readable, required } from './values.js';

/** A list that WHMCS sends in pages. */
export interface PagedList<Row> {
  action: string;
  fields: Record<string, FormValue>;
  /** What a row is: `client` in the wrapper `clients`. */
  inner: string;
  row: ZodMiniType<Row>;
  /** Ends the list early; receives all rows so far. */
  enough?: (rows: readonly Row[]) => boolean;
}

/** Why a reading of all pages has to begin again. */
class BrokenList extends Error {}

/** More pages than any installation has. */
const MOST_PAGES = 10_000;

/**
 * Reads all pages. A list that changes while it is read, or lacks rows, is read once more from its first page; then it fails
 * (docs/whmcs-api.md#pages).
 */
export async function listPages<Row extends { id: string }>(
  connection: Connection,
  list: PagedList<Row>,
  options: WhmcsListOptions,
): Promise<Row[]> {
  for (let isRepeated = false; ; isRepeated = true) {
    try {
      return toRows(await readPages(connection, list, options), options);
    } catch (error) {
      if (!(error instanceof BrokenList)) throw error;
      if (isRepeated) throw connection.incomplete(list.action, error.message);
    }
  }
}

async function readPages<Row extends { id: string }>(
  connection: Connection,
  { action, fields, inner, row, enough }: PagedList<Row>,
  options: WhmcsListOptions,
): Promise<Readable<Row>[]> {
  const schema = toPageSchema(inner, options.onUnread === undefined ? required(row) : readable(row));
  const found = new Map<string, Readable<Row>>();
  const list = (): Readable<Row>[] => [...found.values()];
  let total: number | null = null;
  let start = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const paging = { limitstart: start, limitnum: connection.pageSize };
    const { rows, ...stated } = await connection.read(
      { name: action, fields: { ...fields, ...paging }, schema },
      options,
    );
    const counted = stated.total;
    if (counted === null) throw new BrokenList('without its number of results');
    if (total !== null && counted !== total)
      throw new BrokenList(`the number of results changed from ${total} to ${counted}`);
    total = counted;
    if (stated.start !== null && stated.start !== start) {
      throw new BrokenList(`row ${start} was requested, the page begins with row ${stated.start}`);
    }
    if (stated.count !== null && stated.count !== rows.length) {
      throw new BrokenList(`a page with ${rows.length} rows states ${stated.count}`);
    }
    for (const [index, one] of rows.entries()) {
      const id = one.unread === null ? one.read.id : one.unread.id;
      found.set(id ?? `row ${start + index}`, one);
    }
    start += rows.length;
    if (start > total) throw new BrokenList(`${start} of ${total} rows`);
    if (start === total) {
      // Rows that moved to another page while the list was read leave repeats behind: then others are missing.
      if (found.size < total) throw new BrokenList(`${found.size} different rows of ${total}`);
      return list();
    }
    if (rows.length === 0) throw new BrokenList(`${start} of ${total} rows`);
    if (enough?.(list().flatMap(({ read }) => read ?? [])) === true) return list();
  }
  throw new BrokenList(`more than ${MOST_PAGES} pages`);
}

/** Reads a list that WHMCS sends in one piece. */
export async function listAll<Row>(
  connection: Connection,
  { action, fields, inner, row }: PagedList<Row>,
  options: WhmcsListOptions,
): Promise<Row[]> {
  const schema = toPageSchema(inner, options.onUnread === undefined ? required(row) : readable(row));
  const { rows, total } = await connection.read({ name: action, fields, schema }, options);
  if (total !== null && rows.length < total) throw connection.incomplete(action, `${rows.length} of ${total} rows`);
  return toRows(rows, options);
}

function toRows<Row>(found: readonly Readable<Row>[], { onUnread }: WhmcsListOptions): Row[] {
  return found.flatMap(({ read, unread }) => {
    if (unread === null) return [read];
    onUnread?.(unread);
    return [];
  });
}
