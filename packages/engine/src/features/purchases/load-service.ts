import type { HeldLease, PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import { load } from '../../loop/load.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import type { Session } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/** Loads a service with its cycle and allowance as they are stored, whatever its lifecycle is; calls no panel. */
export async function loadService(session: Session, service: ServiceRecord): Promise<Loaded> {
  const panel = await session.panel(service.panel);
  const enforcements = await readEnforcements(session.config, session.store);
  const [loaded] = await load(session, panel, [service], { enforcements, ordered: true });
  if (!loaded) throw new Error(`${service.id} was not loaded`);
  return loaded;
}

/** Stores the allowance after a purchase was paid or refunded with the last decision: readers need not wait for the next run. */
export async function recordAllowance(
  session: Session,
  fences: HeldLease[],
  { service: id }: PurchaseRecord,
): Promise<void> {
  const { cycle, allowance } = await loadService(session, await requireService(session, id));
  const [latest] = await session.store.decisions.latest([id]);
  if (latest === undefined || cycle === null || latest.cycle !== cycle.id) return;
  await session.write(fences, (tables) => tables.decisions.record([{ ...latest, at: session.now(), allowance }]));
}
