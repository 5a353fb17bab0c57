import type { Panel } from '../../panels/panel.js';
import type { Session } from '../session.js';
import type { Work } from './work.js';

/**
 * Finds for each service the other active services of the panel that stand on the same thing (server, port, account):
 * by their ids in the store, by what was observed in this run, and by open evidence.
 */
export async function findSharing(session: Session, panel: Panel, works: Work[]): Promise<void> {
  const standing = new Map<string, Set<string>>();
  const add = (thing: string, service: string): void => {
    const services = standing.get(thing);
    if (services) services.add(service);
    else standing.set(thing, new Set([service]));
  };
  const all = await session.store.services.list({ panel: panel.name });
  const active = all.filter((service) => service.status === 'active' || service.status === 'suspended');
  const seen = new Map(works.map((work) => [work.service.id, work.observation]));
  for (const service of active) {
    for (const thing of panel.footprint(service, seen.get(service.id) ?? null)) add(thing, service.id);
  }
  for (const item of await session.store.evidence.open({ panel: panel.name }))
    add(`${item.kind}:${item.target}`, item.service);
  const living = new Set(active.map((service) => service.id));
  for (const work of works) {
    const others = new Set<string>();
    for (const thing of panel.footprint(work.service, work.observation)) {
      for (const other of standing.get(thing) ?? [])
        if (other !== work.service.id && living.has(other)) others.add(other);
    }
    work.sharedWith = [...others].sort();
  }
}
