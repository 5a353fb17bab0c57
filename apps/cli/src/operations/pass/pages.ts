import type { ServiceRecord } from '@sluice/state-store';
import type { Panel } from '../../panels/panel.js';
import type { Session } from '../session.js';
import { sideBySide } from '../side-by-side.js';

/** Pages that are worked on at the same time: the next one's calls are queued while the last of this one come in. */
const AT_ONCE = 2;
const SMALLEST = 128;
const LARGEST = 2000;
/** Where no call is waited for: as many as the store takes at once without keeping much in memory. */
const QUICK = 400;

/** Services of a panel in pages of bounded size, so that a run's memory does not grow with their number. */
export async function* servicePages(
  session: Session,
  panel: Pick<Panel, 'name' | 'wholeLists' | 'quickLook'>,
  only: ServiceRecord | null,
): AsyncGenerator<ServiceRecord[]> {
  if (only) {
    yield [only];
    return;
  }
  if (panel.wholeLists && panel.quickLook !== true) {
    yield await session.store.services.list({ panel: panel.name });
    return;
  }
  const concurrency = session.config.panels[panel.name]?.concurrency ?? 0;
  const limit = panel.quickLook === true ? QUICK : Math.min(LARGEST, Math.max(SMALLEST, concurrency * 2));
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

/** Works on the pages, a few at the same time, in their order. */
export function eachPage<T>(pages: AsyncGenerator<T>, work: (page: T) => Promise<void>): Promise<void> {
  return sideBySide(pages, AT_ONCE, work);
}
