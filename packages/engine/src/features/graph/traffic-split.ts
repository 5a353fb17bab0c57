import type { TrafficOverTime } from '@sluice/contract/documents';
import type { ServiceRecord, TrafficRequest } from '@sluice/state-store';
import { productName } from '../../base/config/package-name.js';
import type { Context } from '../../context/context.js';
import { type Sum, toSums } from './traffic-sums.js';

/** Groups that have a part of their own in each bar. */
const LARGEST = 5;

type Heading = TrafficOverTime['split'][number];

/** A group of services with its sums. */
export interface Group {
  heading: Heading;
  sums: Sum[];
}

/** The groups that traffic is split into. */
export interface Split {
  by: TrafficOverTime['by'];
  /** Returns the group of a service. */
  find: (service: ServiceRecord) => Group | null;
  /** Those with a part of their own, the largest first, then all others together where there are any. */
  list: () => Group[];
}

/** Returns no groups: the bars are not split. */
export function noSplit(): Split {
  return { by: null, find: () => null, list: () => [] };
}

/** Chooses the groups with most traffic in a time. */
export async function splitBy(
  { store, config }: Context,
  request: Omit<TrafficRequest, 'limit'>,
  bounds: readonly number[],
): Promise<Split> {
  const { by } = request;
  const { rows, groups } = await store.traffic.sums({ ...request, limit: LARGEST });
  const toGroup = (key: string | null, name: string | null, others = false): Group => ({
    heading: { key, name, others, groups: others ? Math.max(1, groups - rows.length) : 1, services: 0, unknown: 0 },
    sums: toSums(bounds),
  });
  const largest = new Map(
    rows.map(({ key, name }) => {
      const shown = by === 'product' && key !== null ? productName(config, key) : name;
      return [key, toGroup(key, shown)];
    }),
  );
  const others = toGroup(null, null, true);
  return {
    by,
    find: (service) => largest.get(by === 'service' ? service.id : service[by]) ?? others,
    list: () => [...largest.values(), ...(others.heading.services > 0 ? [others] : [])],
  };
}
