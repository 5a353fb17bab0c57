import type { PackageEffect } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import { toRead } from '../../kernel/subject/to-stage.js';
import { type Foreseen, foreseeHolds } from '../../loop/decide.js';
import { withPurchases } from '../../loop/load.js';
import { newPurchase } from './charge.js';
import { loadService } from './load-service.js';
import { readStopsAfter } from './stops-after.js';
import type { Package } from './packages.js';

/** More traffic than any package is worth asking for, in bytes. */
const MOST_BYTES = 2 ** 50;

/** What is decided of a service with more traffic. */
type WithMore = (bytes: number) => Foreseen | null;

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
  const withMore: WithMore = (bytes) => foresee(load(bytes));
  const now = withMore(0);
  if (now === null) return new Map();
  const stopsAfter = await readStopsAfter(context, loaded);
  const needed = now.holdsQuota ? findNeeded(withMore, now) : 0;
  const effects = new Map<string, PackageEffect>();
  for (const { id, bytes } of offered) {
    const more = load(bytes);
    const after = foresee(more);
    if (after === null) continue;
    const missingBytes = needed === null ? null : Math.max(0, needed - bytes);
    const enough = (each: Package): boolean => needed !== null && each.bytes >= needed;
    const staying = new Set(after.staying.map(({ reason }) => reason));
    const ending = loaded.holds.flatMap(({ reason }) => (staying.has(reason) ? [] : [reason]));
    const stops = stopsAfter(ending, more);
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

/** Returns a service as it would be with more traffic. */
function loadMore(context: Context, loaded: Loaded, like: Package): (bytes: number) => Loaded {
  const { client, id } = loaded.service;
  const order = {
    service: id,
    client: client ?? '',
    cycle: loaded.cycle?.id ?? '',
    actor: 'manual',
    key: null,
  } as const;
  const paid = { ...newPurchase(context, like, order), status: 'paid' as const };
  return (bytes) => {
    const purchases = bytes === 0 ? loaded.purchases : [...loaded.purchases, { ...paid, bytes }];
    return { ...withPurchases(toRead(loaded), purchases), stage: 'loaded' };
  };
}

/** Returns the least traffic with which the quota restricts nothing; null where the usage is not known. */
function findNeeded(withMore: WithMore, { usedBytes }: Foreseen): number | null {
  if (usedBytes === null) return null;
  const ends = (bytes: number): boolean => withMore(bytes)?.holdsQuota === false;
  if (!ends(MOST_BYTES)) return null;
  let [tooLittle, enough] = [0, MOST_BYTES];
  while (enough - tooLittle > 1) {
    const middle = Math.floor((tooLittle + enough) / 2);
    if (ends(middle)) enough = middle;
    else tooLittle = middle;
  }
  return enough;
}
