import type { PanelError } from '@sluice/panel-http';
import type { Pagination } from '../profile/schema.js';
import type { Connection } from './connection.js';
import { brokenList, DEFAULT_LIMIT, type ListCall, readPage, type WirePage } from './page.js';
import type { AstbillingCallOptions } from './types.js';

const DEFAULT_MAX_PAGES = 10_000;

/** Reads a list page by page and keeps one page only; a list that shifts, lacks rows or never ends is an error. */
export async function* readPages(
  connection: Connection,
  call: ListCall,
  options: AstbillingCallOptions,
): AsyncGenerator<WirePage, void, undefined> {
  const operation = connection.operation(call.resource, call.name);
  const pagination = operation.pagination ?? connection.profile.pagination;
  const { maxPages = DEFAULT_MAX_PAGES } = pagination;
  const isCounted = typeof connection.envelope(operation).total === 'string';
  const progress = new Progress(connection, call, pagination.style);
  let cursor: string | null = null;
  for (let number = 0; number < maxPages; number += 1) {
    const { received, isBeyond, isWhole } = progress;
    const page = await readPage(connection, call, { number, received, cursor, isBeyond, isWhole }, options);
    if (isBeyond && progress.isNothingNew(page)) return;
    progress.add(page);
    if (page.rows.length > 0) yield page;
    if (isLast(page, pagination, { isCounted, received: progress.received })) {
      progress.end(page);
      if (pagination.style === 'after' && number > 0)
        await recount(connection, call, { progress, last: page }, options);
      return;
    }
    if (page.next !== null && page.next === cursor) throw progress.broken('list_endless', 'a page leads to itself');
    cursor = pagination.style === 'after' ? progress.last : page.next;
  }
  throw progress.broken('list_endless', `it has more than ${maxPages} pages`);
}

/**
 * Counts the records up to the last one again, where counts are exact: records that were read before may have been removed. A
 * count of the last page that differs from its length is an estimate.
 */
async function recount(
  connection: Connection,
  call: ListCall,
  { progress, last: { remaining, rows } }: { progress: Progress; last: WirePage },
  options: AstbillingCallOptions,
): Promise<void> {
  if (progress.last === null || remaining === null || remaining !== rows.length) return;
  const before = String(BigInt(progress.last) + 1n);
  const again = await readPage(connection, call, { number: 0, received: 0, cursor: null, before }, options);
  if (again.remaining === progress.received) return;
  throw progress.broken(
    'list_changed',
    `${progress.received} records came, ${again.remaining ?? 'no number'} are there`,
  );
}

/** A full page is never the last one, and a page that lacks the total that others have proves nothing by its length. */
function isLast(
  { rows, total, next, remaining }: WirePage,
  { style, limitParam, limit = DEFAULT_LIMIT }: Pagination,
  { isCounted, received }: { isCounted: boolean; received: number },
): boolean {
  if (style === 'none' || rows.length === 0) return true;
  if (style === 'cursor') return next === null;
  const isShort = limitParam !== undefined && rows.length < limit;
  if (style === 'after') return isShort && (remaining === null || remaining === rows.length);
  return isShort && (total === null ? !isCounted : received >= total);
}

/** What was read so far, and the ids of the page before. */
class Progress {
  received = 0;
  /** Id of the last record. */
  last: string | null = null;
  #total: number | null = null;
  #previous = new Set<string>();

  constructor(
    readonly connection: Connection,
    readonly call: ListCall,
    readonly style: Pagination['style'],
  ) {}

  /** Whether the next page may lack records, because all that are stated came or none are stated. */
  get isBeyond(): boolean {
    const numbered = this.style === 'offset' || this.style === 'page';
    return numbered && this.received > 0 && (this.#total ?? this.received) === this.received;
  }

  get isWhole(): boolean {
    return this.isBeyond && this.#total !== null;
  }

  /** Whether a page beyond a stated total confirms it: systems have no such page, an empty one, or send the last one again. */
  isNothingNew({ rows, total }: WirePage): boolean {
    if (this.#total === null || (total !== null && total !== this.#total)) return false;
    return rows.length === 0 || this.#toIds(rows).every((id) => this.#previous.has(id));
  }

  #toIds(rows: readonly unknown[]): string[] {
    const codec = this.connection.writer.codec(this.call.resource);
    return rows.flatMap((row) => codec.findId(row) ?? []);
  }

  add({ rows, total }: WirePage): void {
    const all = this.#toIds(rows);
    const ids = new Set(all);
    const repeated = [...ids].filter((id) => this.#previous.has(id)).length;
    if (ids.size > 0 && repeated === ids.size) throw this.broken('list_endless', 'the same page came twice');
    if (repeated > 0) throw this.broken('list_changed', 'records of one page came again in the next');
    if (this.style === 'after') this.#advance(all, rows.length);
    else if (this.received > 0 && total !== this.#total) {
      throw this.broken('list_changed', 'the number of records changed');
    }
    this.#previous = ids;
    this.#total = total;
    this.received += rows.length;
  }

  /** Pages after an id are complete only when every record has an id and they are sorted by it. */
  #advance(ids: readonly string[], rows: number): void {
    if (ids.length < rows) throw this.broken('list_unsorted', 'records have no id of their own');
    for (const id of ids) {
      if (!/^\d+$/.test(id) || (this.last !== null && BigInt(id) < BigInt(this.last))) {
        throw this.broken('list_unsorted', 'the records are not sorted by their ids');
      }
      this.last = id;
    }
  }

  end({ total }: WirePage): void {
    if (this.style === 'after') return;
    if (total !== null && this.received < total) {
      throw this.broken('list_incomplete', `${this.received} of ${total} records came`);
    }
    if (total !== null && this.received > total) {
      throw this.broken('list_changed', `${this.received} records came, ${total} were stated`);
    }
  }

  broken(panelCode: string, what: string): PanelError {
    return brokenList(this.connection, this.call, panelCode, what);
  }
}
