import type { SeededRandom } from '../seeded-random.js';

/** What was drawn for one service: what happened to it before the run that is killed, and what that run finds. */
export interface DrawnService {
  number: number;
  product: 'ports' | 'order' | 'both';
  /** Indices of its ports that are no management port. */
  ports: number[];
  /** Ports that staff had shut before Sluice came. */
  shutBefore: number[];
  /** The order was suspended by somebody else before Sluice came. */
  suspendedBefore: boolean;
  /** Over its quota at the first poll. */
  heldBefore: boolean;
  /** Held by an operator's word since then, too. */
  manual: boolean;
  /** Over its quota at the runs that are killed; else it has become unlimited. */
  overNow: boolean;
  /** The panel's figure can't be understood at the runs that are killed. */
  spoilt: boolean;
  /** What staff did between the first poll and the runs that are killed. */
  staffEnables: number[];
  staffDisables: number[];
  staffUnsuspends: boolean;
}

/** Draws services of all kinds; the first one is always readable. */
export function drawServices(random: SeededRandom): DrawnService[] {
  return Array.from({ length: random.whole(4, 9) }, (_, index) => drawService(random, index + 1));
}

function drawService(random: SeededRandom, number: number): DrawnService {
  const some = (items: number[], share: number): number[] => items.filter(() => random.chance(share));
  const product = random.pick(['ports', 'order', 'both'] as const);
  const ports = random.chance(0.3) ? [1, 2, 3] : [1, 2];
  const shutBefore = some(ports, 0.2);
  const suspendedBefore = random.chance(0.15);
  const heldBefore = random.chance(0.55);
  const manual = random.chance(0.25);
  const downThen = product !== 'order' && heldBefore ? ports : shutBefore;
  const suspendedThen = suspendedBefore || manual || (product !== 'ports' && heldBefore);
  return {
    number,
    product,
    ports,
    shutBefore,
    suspendedBefore,
    heldBefore,
    manual,
    overNow: random.chance(0.5),
    spoilt: number > 1 && random.chance(0.08),
    staffEnables: some(downThen, 0.12),
    staffDisables: some(
      ports.filter((port) => !downThen.includes(port)),
      0.08,
    ),
    staffUnsuspends: suspendedThen && random.chance(0.1),
  };
}
