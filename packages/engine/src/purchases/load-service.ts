import type { ServiceRecord } from '@sluice/state-store';
import { load } from '../run/load.js';
import type { Loaded } from '../run/stages.js';
import type { Session } from '../session.js';

/** Loads a service with its cycle and allowance as they are stored, whatever its lifecycle is; calls no panel. */
export async function loadService(session: Session, service: ServiceRecord): Promise<Loaded> {
  const panel = await session.panel(service.panel);
  const switches = await session.store.switches.list();
  const [loaded] = await load(session, panel, [service], { switches, ordered: true });
  if (!loaded) throw new Error(`${service.id} was not loaded`);
  return loaded;
}
