import type { Context } from '../../context/context.js';
import type { Loaded, Stage } from '../../kernel/subject/stages.js';
import { toRead } from '../../kernel/subject/to-stage.js';
import type { Foreseen } from '../../loop/decide.js';
import { withPurchases } from '../../loop/load.js';
import { newPurchase } from './charge.js';
import type { Package } from './packages.js';

/** More traffic than any package is worth asking for, in bytes. */
const MOST_BYTES = 2 ** 50;

/** What is decided of a service with more traffic. */
export type WithMore = (bytes: number) => Foreseen | null;

/** Returns a service as it would be with more traffic. */
export function loadMore(context: Context, loaded: Loaded<Stage>, like: Package): (bytes: number) => Loaded {
  const { client, id } = loaded.service;
  const order = {
    service: id,
    client: client ?? '',
    cycle: loaded.cycle?.id ?? '',
    actor: 'manual',
    key: null,
  } as const;
  const paid = { ...newPurchase(context, like, order), status: 'paid' as const };
  const read = toRead({ ...loaded, stage: 'loaded' });
  return (bytes) => {
    const purchases = bytes === 0 ? loaded.purchases : [...loaded.purchases, { ...paid, bytes }];
    return { ...withPurchases(read, purchases), stage: 'loaded' };
  };
}

/** Returns the least traffic with which the quota restricts nothing, 0 where it does not; null where the usage is not known. */
export function findNeeded(withMore: WithMore): number | null {
  const now = withMore(0);
  if (now?.holdsQuota === false) return 0;
  if (now === null || now.usedBytes === null) return null;
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
