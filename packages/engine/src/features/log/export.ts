import type { LogEntry } from '@sluice/contract/documents';
import type { Page, PageCursor } from '@sluice/state-store';
import { actionEntries, apiEntry, refreshEntry, runEntry, tableFilter, includesKind, type LogFilter } from './log.js';
import type { Context } from '../../context/context.js';

const PAGE = 500;

/** An entry with its sort time. */
interface Dated {
  began: string;
  entry: LogEntry;
}

/**
 * Yields all entries that match the filter (without its `limit`), in order of their start. Reads pages, so that memory use is
 * bounded.
 */
export async function* exportLog(context: Context, filter: LogFilter): AsyncGenerator<LogEntry> {
  const { store } = context;
  const where = { ...tableFilter(filter), limit: PAGE };
  const actionEntry = actionEntries(context);
  const pages = {
    run: paged(
      (after) => store.runs.page({ ...where, after }),
      ({ startedAt }) => startedAt,
      runEntry,
    ),
    refresh: paged(
      (after) => store.refreshes.page({ ...where, after }),
      ({ startedAt }) => startedAt,
      refreshEntry,
    ),
    action: paged(
      (after) => store.actions.page({ ...where, after }),
      ({ plannedAt }) => plannedAt,
      actionEntry,
    ),
    api: paged(
      (after) => store.apiCalls.page({ ...where, after }),
      ({ at }) => at,
      apiEntry,
    ),
  };
  const kinds = ['run', 'refresh', 'action', 'api'] as const;
  yield* merged(kinds.filter((kind) => includesKind(filter, kind)).map((kind) => pages[kind]));
}

async function* paged<T>(
  read: (after: PageCursor | null) => Promise<Page<T>>,
  beganAt: (record: T) => string,
  toEntry: (record: T) => LogEntry,
): AsyncGenerator<Dated> {
  let after: PageCursor | null = null;
  do {
    const page: Page<T> = await read(after);
    for (const record of page.records) yield { began: beganAt(record), entry: toEntry(record) };
    after = page.next;
  } while (after !== null);
}

/** Merges sorted sources; at the same instant, runs come before actions and actions before calls. */
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
