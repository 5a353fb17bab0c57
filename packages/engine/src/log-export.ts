import type { Page, PageCursor } from '@sluice/state-store';
import {
  actionEntry,
  apiEntry,
  refreshEntry,
  runEntry,
  tableFilter,
  wantsRefreshes,
  wantsRuns,
  type LogEntry,
  type LogFilter,
} from './log.js';
import type { Session } from './session.js';

const PAGE = 500;

/** An entry with the time that it is sorted by. */
interface Dated {
  began: string;
  entry: LogEntry;
}

/**
 * All entries that the filter lets through (its `limit` does not count), in the order in which the things began. Reads
 * pages, so that a log of any length takes no more memory than a few of them.
 */
export async function* exportLog(session: Session, filter: LogFilter): AsyncGenerator<LogEntry> {
  const { store } = session;
  const where = tableFilter(filter);
  const sources: AsyncGenerator<Dated>[] = [];
  if (wantsRuns(filter)) {
    sources.push(
      paged(
        (after) => store.runs.page({ ...where, after, limit: PAGE }),
        (run) => ({ began: run.startedAt, entry: runEntry(run) }),
      ),
    );
  }
  if (wantsRefreshes(filter)) {
    sources.push(
      paged(
        (after) => store.refreshes.page({ ...where, after, limit: PAGE }),
        (refresh) => ({ began: refresh.startedAt, entry: refreshEntry(refresh) }),
      ),
    );
  }
  if (filter.kinds.includes('action')) {
    sources.push(
      paged(
        (after) => store.actions.page({ ...where, after, limit: PAGE }),
        (action) => ({ began: action.plannedAt, entry: actionEntry(action) }),
      ),
    );
  }
  if (filter.kinds.includes('api')) {
    sources.push(
      paged(
        (after) => store.apiCalls.page({ ...where, after, limit: PAGE }),
        (call) => ({ began: call.at, entry: apiEntry(call) }),
      ),
    );
  }
  yield* merged(sources);
}

async function* paged<T>(
  read: (after: PageCursor | null) => Promise<Page<T>>,
  date: (record: T) => Dated,
): AsyncGenerator<Dated> {
  let after: PageCursor | null = null;
  do {
    const page: Page<T> = await read(after);
    for (const record of page.records) yield date(record);
    after = page.next;
  } while (after !== null);
}

/** Of several sorted sources always the earliest; at one instant a run comes before its actions, those before calls. */
async function* merged(sources: AsyncGenerator<Dated>[]): AsyncGenerator<LogEntry> {
  const heads: { source: AsyncGenerator<Dated>; dated: Dated }[] = [];
  for (const source of sources) {
    const first = await source.next();
    if (first.done !== true) heads.push({ source, dated: first.value });
  }
  for (;;) {
    const [earliest, ...others] = heads;
    if (!earliest) return;
    const head = others.reduce((best, other) => (other.dated.began < best.dated.began ? other : best), earliest);
    yield head.dated.entry;
    const next = await head.source.next();
    if (next.done === true) heads.splice(heads.indexOf(head), 1);
    else head.dated = next.value;
  }
}
