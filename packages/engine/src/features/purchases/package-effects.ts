import type { PackageEffect } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import { type Foreseen, foreseeHolds } from '../../loop/decide.js';
import { loadService } from './load-service.js';
import { findNeeded, loadMore } from './needed.js';
import { readStopsAfter } from './stops-after.js';
import type { Package } from './packages.js';

/**
 * Returns what each of these packages would change for a service, as its purchase decides it: by the last reading, without a call of
 * the panel. The only place that surfaces have it from; empty where it is not known.
 */
export async function packageEffects(
  context: Context,
  loaded: Loaded,
  offered: readonly Package[],
): Promise<ReadonlyMap<string, PackageEffect>> {
  const [first] = offered;
  if (first === undefined) return new Map();
  const panel = await context.panel(loaded.service.panel);
  const load = loadMore(context, loaded, first);
  const foresee = (more: Loaded): Foreseen | null => foreseeHolds(context, panel, more, context.now());
  if (foresee(loaded) === null) return new Map();
  const stopsAfter = await readStopsAfter(context, loaded);
  const needed = findNeeded((bytes) => foresee(load(bytes)));
  const effects = new Map<string, PackageEffect>();
  for (const { id, bytes } of offered) {
    const more = load(bytes);
    const after = foresee(more);
    if (after === null) continue;
    const missingBytes = needed === null ? null : Math.max(0, needed - bytes);
    const enough = (each: Package): boolean => needed !== null && each.bytes >= needed;
    const staying = new Set(after.staying.map(({ reason }) => reason));
    const ending = loaded.holds.flatMap(({ reason }) => (staying.has(reason) ? [] : [reason]));
    const stops = await stopsAfter(ending, more);
    const kept = stops.flatMap(({ holds }) => holds);
    effects.set(id, {
      missingBytes,
      least: needed === null || needed === 0 || bytes === 0 ? null : Math.ceil(needed / bytes),
      instead: missingBytes === null || missingBytes === 0 ? [] : offered.filter(enough).map((each) => each.id),
      stays: [...new Set([...staying, ...(after.isSuspended ? ['billing'] : []), ...kept])],
      stops,
    });
  }
  return effects;
}

/** Loads a service for what can be bought for it; null where its panel can't be opened. */
export async function loadBuyer(context: Context, service: ServiceRecord): Promise<Loaded | null> {
  try {
    return await loadService(context, service);
  } catch (error) {
    if (error instanceof SluiceError) return null;
    throw error;
  }
}
