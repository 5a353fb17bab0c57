import type { LogEntry } from '@sluice/contract/documents';
import type { Page, PageCursor } from '@sluice/state-store';
import {
  actionEntries,
  apiEntry,
  includesKind,
  type LogFilter,
  refreshEntry,
  runEntry,
  tableFilter,
  type UnnamedEntry,
  withServiceNames,
} from './log.js';
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
    run: readPages(context, {
      read: (after) => store.runs.page({ ...where, after }),
      beganAt: ({ startedAt }) => startedAt,
      toEntry: runEntry,
    }),
    refresh: readPages(context, {
      read: (after) => store.refreshes.page({ ...where, after }),
      beganAt: ({ startedAt }) => startedAt,
      toEntry: refreshEntry,
    }),
    action: readPages(context, {
      read: (after) => store.actions.page({ ...where, after }),
      beganAt: ({ plannedAt }) => plannedAt,
      toEntry: actionEntry,
    }),
    api: readPages(context, {
      read: (after) => store.apiCalls.page({ ...where, after }),
      beganAt: ({ at }) => at,
      toEntry: apiEntry,
    }),
  };
  const kinds = ['run', 'refresh', 'action', 'api'] as const;
  yield* merged(kinds.filter((kind) => includesKind(filter, kind)).map((kind) => pages[kind]));
}

/** How the entries of a kind are read. */
interface Source<T> {
  read: (after: PageCursor | null) => Promise<Page<T>>;
  beganAt: (record: T) => string;
  toEntry: (record: T) => UnnamedEntry;
}

async function* readPages<T>(context: Context, { read, beganAt, toEntry }: Source<T>): AsyncGenerator<Dated> {
  let after: PageCursor | null = null;
  do {
    const page: Page<T> = await read(after);
    const entries = await withServiceNames(context, page.records.map(toEntry));
    for (const [index, record] of page.records.entries()) {
      const entry = entries[index];
      if (entry !== undefined) yield { began: beganAt(record), entry };
    }
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
