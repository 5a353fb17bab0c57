import type { PageInfo } from './list-answer.js';

export interface PagesOptions<T extends { id: string }> {
  /** Reads one page. `guessed`: the page may not exist. */
  fetch: (page: number, guessed: boolean) => Promise<{ items: T[]; info: PageInfo }>;
  /** Creates the error of an incomplete list. */
  incomplete: (what: string) => Error;
}

/** Limit for a panel that always names a next page. */
export const mostPages = 1000;

/**
 * Yields all items of a list, page after page, each once. Ends at the last page that the panel names, or at an empty or repeated
 * page: a panel that states nothing about pages is asked for the next one, because it may still send the list in pages. A list
 * with fewer items than the panel names is an error.
 */
export async function* pages<T extends { id: string }>(options: PagesOptions<T>): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>();
  let page = 1;
  let guessed = false;
  let repeated = 0;
  for (let asked = 1; ; asked += 1) {
    const { items, info } = await options.fetch(page, guessed);
    let fresh = 0;
    const own = new Set<string>();
    for (const item of items) {
      // An entry that is twice on its page counts twice, as in the total.
      if (own.has(item.id)) repeated += 1;
      if (seen.has(item.id)) continue;
      seen.add(item.id);
      own.add(item.id);
      fresh += 1;
      yield item;
    }
    if (fresh === 0) {
      const what = shortfall(items.length, info, seen.size + repeated, page);
      if (what !== null) throw options.incomplete(what);
      return;
    }
    const next = nextPage(page, info, seen.size + repeated);
    if (next === null) return;
    if (asked >= mostPages) throw options.incomplete(`it has more than ${mostPages} pages`);
    guessed = !namesPages(info) && info.total === null;
    page = next;
  }
}

/** Describes why a list that ended with an empty or repeated page is incomplete; `null` for a complete one. */
function shortfall(rows: number, info: PageInfo, seen: number, page: number): string | null {
  if (info.total !== null)
    return seen < info.total ? `its total is ${info.total} entries, but it contains ${seen}` : null;
  if (rows > 0) return namesPages(info) ? `page ${page} repeats earlier entries` : null;
  return seen === 0 && nextPage(page, info, seen) !== null && namesPages(info)
    ? 'it has page numbers, but its first page is empty'
    : null;
}

function namesPages(info: PageInfo): boolean {
  return info.lastPage !== null || typeof info.next === 'number';
}

function nextPage(page: number, info: PageInfo, seen: number): number | null {
  if (info.lastPage !== null) return page < info.lastPage ? page + 1 : null;
  if (info.next === 'none') return null;
  if (info.next !== null) return info.next;
  return info.total === null || seen < info.total ? page + 1 : null;
}
