import type { PageInfo } from './list-answer.js';

export interface PagesOptions<T extends { id: string }> {
  /** Asks for one page. `guessed`: nobody said that there is such a page. */
  fetch: (page: number, guessed: boolean) => Promise<{ items: T[]; info: PageInfo }>;
  /** Makes the error for a list that cannot be complete. */
  incomplete: (what: string) => Error;
}

/** More pages than any panel has: an answer that always names a next one must not be followed for ever. */
export const mostPages = 1000;

/**
 * All items of a list, page after page, each once. Ends where the panel says so, or at an empty or repeated page: a panel that
 * says nothing about pages is asked for another one, because it may send the list in pages all the same. When the panel itself
 * names more than it gives, the list is an error rather than short.
 */
export async function* pages<T extends { id: string }>(options: PagesOptions<T>): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>();
  let page = 1;
  let guessed = false;
  for (let asked = 1; ; asked += 1) {
    const { items, info } = await options.fetch(page, guessed);
    let fresh = 0;
    for (const item of items) {
      if (seen.has(item.id)) continue;
      seen.add(item.id);
      fresh += 1;
      yield item;
    }
    if (fresh === 0) {
      const what = shortfall(items.length, info, seen.size, page);
      if (what !== null) throw options.incomplete(what);
      return;
    }
    const next = nextPage(page, info, seen.size);
    if (next === null) return;
    if (asked >= mostPages) throw options.incomplete(`it has more than ${mostPages} pages`);
    guessed = !saysPages(info) && info.total === null;
    page = next;
  }
}

/** Why a list that ended with an empty or repeated page is too short, or `null`. */
function shortfall(rows: number, info: PageInfo, seen: number, page: number): string | null {
  if (info.total !== null) return seen < info.total ? `it names ${info.total} entries and gives ${seen}` : null;
  if (rows > 0) return saysPages(info) ? `page ${page} repeats what came before` : null;
  return seen === 0 && nextPage(page, info, seen) !== null && saysPages(info)
    ? 'it names pages and begins with an empty one'
    : null;
}

function saysPages(info: PageInfo): boolean {
  return info.lastPage !== null || typeof info.next === 'number';
}

function nextPage(page: number, info: PageInfo, seen: number): number | null {
  if (info.lastPage !== null) return page < info.lastPage ? page + 1 : null;
  if (info.next === 'none') return null;
  if (info.next !== null) return info.next;
  return info.total === null || seen < info.total ? page + 1 : null;
}
