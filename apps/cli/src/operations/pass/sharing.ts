import type { Panel } from '../../panels/panel.js';
import type { Session } from '../session.js';
import type { Work } from './work.js';

const PAGE = 2000;

/**
 * Finds for each service that a hold or evidence is about (on a panel with accounts: for each) the other active services of the panel that stand on the
 * same thing (server, port, account): by their ids in the store, by what was observed in this run, and by open
 * evidence.
 */
export async function findSharing(session: Session, panel: Panel, works: Work[]): Promise<void> {
  const concerned = works.filter(
    (work) => panel.accounts !== undefined || work.holds.length > 0 || work.evidence.length > 0,
  );
  if (concerned.length === 0) return;
  const standing = new Map<string, Set<string>>();
  for (const work of concerned) {
    for (const thing of panel.footprint(work.service, work.observation)) standing.set(thing, new Set());
  }
  const living = new Set<string>();
  const seen = new Map(works.map((work) => [work.service.id, work.observation]));
  for (let after: string | undefined; ;) {
    const page = await session.store.services.list({
      panel: panel.name,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const service of page) {
      if (service.status !== 'active' && service.status !== 'suspended') continue;
      for (const thing of panel.footprint(service, seen.get(service.id) ?? null)) {
        const services = standing.get(thing);
        services?.add(service.id);
        if (services) living.add(service.id);
      }
    }
    if (page.length < PAGE) break;
    after = page.at(-1)?.id;
  }
  for (const item of await session.store.evidence.open({ panel: panel.name })) {
    standing.get(`${item.kind}:${item.target}`)?.add(item.service);
  }
  for (const work of concerned) {
    const others = new Set<string>();
    for (const thing of panel.footprint(work.service, work.observation)) {
      for (const other of standing.get(thing) ?? []) {
        if (other !== work.service.id && living.has(other)) others.add(other);
      }
    }
    work.sharedWith = [...others].sort();
  }
}
