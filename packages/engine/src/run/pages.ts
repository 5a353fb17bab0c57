import type { Panel } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../config/find-entry.js';
import type { Session } from '../session.js';
import { sideBySide } from '../side-by-side.js';

/**
 * Small, of as many rows as the store writes in one statement: while a page is written no answer is taken, and what is in hand
 * of a service is given back to memory soon after its answer.
 */
const PAGE = 128;
/** Where no call is waited for: as many as the store takes at once without keeping much in memory. */
const QUICK_PAGE = 3 * PAGE;
/** So many of these are loaded while the panel writes its lists. */
const QUICK_AT_ONCE = 6;

type PagedPanel = Pick<Panel, 'name' | 'snapshot'>;

/** Services of a panel in pages of bounded size, so that a run's memory does not grow with their number. */
async function* servicePages(
  session: Session,
  panel: PagedPanel,
  only: ServiceRecord | null,
): AsyncGenerator<ServiceRecord[]> {
  if (only) {
    yield [only];
    return;
  }
  if (panel.snapshot?.paged === false) {
    yield await session.store.services.list({ panel: panel.name });
    return;
  }
  const limit = pageSize(panel);
  for (let after: string | undefined; ;) {
    const page = await session.store.services.list({
      panel: panel.name,
      limit,
      ...(after === undefined ? {} : { after }),
    });
    if (page.length > 0) yield page;
    if (page.length < limit) return;
    after = page.at(-1)?.id;
  }
}

/**
 * Reads the pages, several at the same time in their order, as many as keep the panel's calls going while one is written down;
 * and writes each when it has been read, one after the other. The next page is begun before that, so that its calls are under
 * way meanwhile; but no page is begun as long as one before the last is still to be written.
 */
export async function eachPage<Read>(
  session: Session,
  panel: PagedPanel,
  only: ServiceRecord | null,
  { read, write }: { read: (page: ServiceRecord[]) => Promise<Read>; write: (page: Read) => Promise<void> },
): Promise<void> {
  const atOnce =
    panel.snapshot?.paged === true
      ? QUICK_AT_ONCE
      : Math.max(2, Math.ceil((concurrencyOf(session, panel) * 2) / pageSize(panel)));
  let writing = Promise.resolve();
  const reading = sideBySide(servicePages(session, panel, only), atOnce, async (services) => {
    const page = await read(services);
    const before = writing;
    writing = before.then(() => write(page));
    // Its failure is thrown where it is awaited, at the latest at the end.
    writing.catch(() => undefined);
    await before;
  });
  // Writes go on only as long as pages are read: the last one is known when reading has ended.
  const [pages] = await Promise.allSettled([reading]);
  const [last] = await Promise.allSettled([writing]);
  for (const result of [pages, last]) if (result.status === 'rejected') throw result.reason;
}

function pageSize({ snapshot }: PagedPanel): number {
  return snapshot?.paged === true ? QUICK_PAGE : PAGE;
}

function concurrencyOf(session: Session, panel: PagedPanel): number {
  return findEntry(session.config.panels, panel.name)?.concurrency ?? 0;
}
