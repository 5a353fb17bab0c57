import { setImmediate as yieldToIo } from 'node:timers/promises';
import type { ListKnown, Panel } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { isLiving } from '../../base/lifecycle.js';
import { runConcurrently } from '../../base/run-concurrently.js';

/**
 * Services per page. Fewer would cost more queries, and no answer is handled while a page is written; what is kept of more of them
 * outlives the collector's quick passes.
 */
const PAGE = 256;
/** Pages of a panel that needs no call per service that are loaded while the panel writes its lists. */
const QUICK_AT_ONCE = 2;

type PagedPanel = Pick<Panel, 'name' | 'snapshot'>;

/** Yields the services of a panel in pages, so that memory use does not grow with their number. */
async function* servicePages(
  context: Context,
  panel: PagedPanel,
  only: ServiceRecord | null,
): AsyncGenerator<ServiceRecord[]> {
  if (only) {
    yield [only];
    return;
  }
  if (panel.snapshot?.paged === false) {
    yield await context.store.services.list({ panel: panel.name });
    return;
  }
  yield* listPages(context, panel.name, PAGE);
}

/** Yields the services of a panel in pages of `limit`. */
export async function* listPages({ store }: Context, panel: string, limit: number): AsyncGenerator<ServiceRecord[]> {
  for (let after: string | undefined; ;) {
    const page = await store.services.list({ panel, limit, ...(after === undefined ? {} : { after }) });
    if (page.length > 0) yield page;
    if (page.length < limit) return;
    after = page.at(-1)?.id;
    // Lets the calls for this page go out before the next one is loaded.
    await yieldToIo();
  }
}

/** What is done with each page of services; `pages` only where they are not all of the panel. */
interface EachPage<Read> {
  pages?: AsyncIterable<ServiceRecord[]> | undefined;
  read: (page: ServiceRecord[]) => Promise<Read[]>;
  write: (reads: Read[]) => Promise<void>;
}

/** Pages that are written together at most. Each write waits for the disk once. */
const WRITTEN_AT_ONCE = 2;

/**
 * Reads pages, several at a time, and writes them once they are read, one after the other: those together that were read while
 * others were written. The next page starts before a page is written, so that the panel is never idle, but none does before those
 * are written that were read earlier.
 */
export async function eachPage<Read>(
  context: Context,
  panel: PagedPanel,
  only: ServiceRecord | null,
  { pages = servicePages(context, panel, only), read, write }: EachPage<Read>,
): Promise<void> {
  // Twice as many as are under way: while some are loaded or written, the calls of the others fill the panel's limit.
  const atOnce =
    panel.snapshot?.paged === true
      ? QUICK_AT_ONCE
      : Math.max(2, Math.ceil((findConcurrency(context, panel) * 2) / PAGE));
  let writing = Promise.resolve();
  const unwritten: Read[][] = [];
  const reading = runConcurrently(pages, atOnce, async (services) => {
    unwritten.push(await read(services));
    const before = writing;
    writing = before.then(async () => {
      // None is left where an earlier write had it.
      const reads = unwritten.splice(0, WRITTEN_AT_ONCE).flat();
      if (reads.length > 0) await write(reads);
    });
    // Its error is thrown where it is awaited, at the latest at the end.
    writing.catch(() => undefined);
    await before;
  });
  // The last write is known only when reading has ended.
  const [all] = await Promise.allSettled([reading]);
  const [last] = await Promise.allSettled([writing]);
  for (const result of [all, last]) if (result.status === 'rejected') throw result.reason;
}

/** Returns what lists the services of a panel that have not ended. */
export function toListKnown({ services }: Pick<StoreTables, 'services'>, panel: string): ListKnown {
  return async () => (await services.list({ panel })).filter(isLiving);
}

function findConcurrency(context: Context, panel: PagedPanel): number {
  return findEntry(context.config.panels, panel.name)?.concurrency ?? 0;
}
