import { staffText } from '@sluice/messages/staff';
import type { StoreTables } from '@sluice/state-store';
import type { Config } from '../../base/config/schema.js';
import { type Enforcements, readEnforcements } from '../../context/enforcement.js';
import type { Rename } from '../../context/panel-addresses.js';
import type { Notice } from './notice.js';

/**
 * Returns the notices of panels that were enforced before they were renamed, and are under `observe` by a switch which the store had of
 * their new names, as from the store that it replaced.
 *
 * @param before.were the enforcement before the renames
 */
export async function noteObserved(
  config: Config,
  tables: Pick<StoreTables, 'switches'>,
  before: { renames: readonly Rename[]; were: Enforcements; run: string },
): Promise<Notice[]> {
  const now = await readEnforcements(config, tables);
  return before.renames.flatMap((rename) => {
    const were = before.were.asRenamed(rename.from, rename.to);
    return listObserved(config, rename.to, { were, now }).map((product) =>
      toNotice({ ...rename, product, run: before.run }),
    );
  });
}

/** Returns the products of a panel that are not enforced any more; null: the panel as a whole. */
function listObserved(
  { products }: Pick<Config, 'products'>,
  panel: string,
  { were, now }: { were: Enforcements; now: Enforcements },
): (string | null)[] {
  const isOther = (product: string | null): boolean =>
    !were.isObserving(panel, product) && now.isObserving(panel, product);
  if (isOther(null)) return [null];
  return Object.keys(products).filter((product) => products[product]?.panel === panel && isOther(product));
}

function toNotice({ from, to, product, run }: Rename & { product: string | null; run: string }): Notice {
  const what =
    product === null
      ? staffText('staff.named.panel', { panel: to })
      : staffText('staff.named.productOf', { panel: to, product });
  const message = staffText('staff.enforcementRenamed', { what, from });
  const key = `enforcement_renamed:${to}:${product ?? ''}:${run}`;
  return { code: 'enforcement_renamed', key, panel: to, service: null, message };
}
