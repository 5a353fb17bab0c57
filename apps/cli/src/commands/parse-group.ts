import type { TopTraffic } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';

const GROUPS = ['service', 'panel', 'product', 'client'] as const;

/** Returns what traffic is summed by, of `--by`. */
export function parseGroup(by: string): TopTraffic['by'] {
  const group = GROUPS.find((each) => each === by);
  if (group === undefined) throw usageError('bad_option', `--by: "${by}" is not one of ${GROUPS.join(', ')}`);
  return group;
}
