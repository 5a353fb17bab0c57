import type { ServiceRecord } from '@sluice/state-store';
import type { Panel } from '../../panels/panel.js';
import type { Session } from '../session.js';
import { sideBySide } from '../side-by-side.js';

/** Small pages, of as many rows as the store writes in one statement: what is in hand of a service is given back to memory soon after its answer. */
const STEP = 128;
/** Where no call is waited for: as many as the store takes at once without keeping much in memory. */
const QUICK = 3 * STEP;

type PagedPanel = Pick<Panel, 'name' | 'wholeLists' | 'quickLook'>;

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
  if (panel.wholeLists && panel.quickLook !== true) {
    yield await session.store.services.list({ panel: panel.name });
    return;
  }
  const limit = pageSize(session, panel);
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

/** Works on the pages, several at the same time, in their order: as many as keep the panel's calls going while one is written down. */
export function eachPage(
  session: Session,
  panel: PagedPanel,
  only: ServiceRecord | null,
  work: (page: ServiceRecord[]) => Promise<void>,
): Promise<void> {
  const atOnce = Math.max(2, Math.ceil((concurrencyOf(session, panel) * 2) / pageSize(session, panel)));
  return sideBySide(servicePages(session, panel, only), atOnce, work);
}

function pageSize(session: Session, panel: PagedPanel): number {
  if (panel.quickLook === true) return QUICK;
  return STEP * Math.max(1, Math.round(concurrencyOf(session, panel) / 2 / STEP));
}

function concurrencyOf(session: Session, panel: PagedPanel): number {
  return session.config.panels[panel.name]?.concurrency ?? 0;
}
