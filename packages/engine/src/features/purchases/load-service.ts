import type { HeldLease, PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import { load } from '../../loop/load.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import { withAllowance } from '../../kernel/subject/with-allowance.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/** Loads a service with its cycle and allowance as they are stored, whatever its lifecycle is; calls no panel. */
export async function loadService(context: Context, service: ServiceRecord): Promise<Loaded> {
  const panel = await context.panel(service.panel);
  const enforcements = await readEnforcements(context.config, context.store);
  const [loaded] = await load(context, panel, [service], { enforcements, ordered: true });
  if (!loaded) throw new Error(`${service.id} was not loaded`);
  return loaded;
}

/** Stores the allowance after a purchase was paid or refunded with the last decision: readers need not wait for the next run. */
export async function recordAllowance(
  context: Context,
  fences: HeldLease[],
  { service: id }: PurchaseRecord,
): Promise<void> {
  const { cycle, mode, allowance } = await loadService(context, await requireService(context, id));
  const [latest] = await context.store.decisions.latest([id]);
  if (latest === undefined || allowance === null || cycle === null || latest.cycle !== cycle.id) return;
  const now = { ...withAllowance(latest, { mode: latest.mode ?? mode, allowance }), at: context.now() };
  await context.write(fences, (tables) => tables.decisions.record([now]));
}
