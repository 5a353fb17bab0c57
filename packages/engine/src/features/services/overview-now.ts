import type { OverviewNow } from '@sluice/state-store';
import { localDates } from '../../context/local-dates.js';
import { isPanelRemoved } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { allowancesNow } from '../../kernel/subject/allowance-now.js';

/** Returns what the lists of the store are made with: the dates, the panels that left the config, and what is allowed since the last run by overrides and changes. */
export async function overviewNow(context: Context): Promise<OverviewNow> {
  const { store } = context;
  const removed = (await store.services.panels()).filter((panel) => isPanelRemoved(context.config, panel));
  const dates = { ...localDates(context), removed };
  const ids = await store.overview.changed();
  if (ids.length === 0) return dates;
  const now = await allowancesNow(context, await store.services.list({ ids }));
  const changed = [...now.values()].flatMap(({ decision, decided }) => {
    if (decided || decision === null) return [];
    const { service, mode, allowance, wouldHold } = decision;
    return [{ service, mode, allowance, wouldHold }];
  });
  return { ...dates, changed };
}
