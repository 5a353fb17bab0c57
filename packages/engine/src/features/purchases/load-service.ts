import type { ServiceRecord } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import { load } from '../../loop/load.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import type { Context } from '../../context/context.js';

/** Loads a service with its cycle and allowance as they are stored, whatever its lifecycle is; calls no panel. */
export async function loadService(context: Context, service: ServiceRecord): Promise<Loaded> {
  const panel = await context.panel(service.panel);
  const enforcements = await readEnforcements(context.config, context.store);
  const [loaded] = await load(context, panel, [service], { enforcements, ordered: true });
  if (!loaded) throw new Error(`${service.id} was not loaded`);
  return loaded;
}
