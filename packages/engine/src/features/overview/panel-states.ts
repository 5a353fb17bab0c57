import type { OverviewPanel } from '@sluice/contract/documents';
import type { OverviewCount } from '@sluice/state-store';
import { readTakenPanels } from '../../context/leases.js';
import { readEnforcements } from '../../context/enforcement.js';
import { findCapabilities } from '../../context/lacks.js';
import { isAnswered, readReach } from '../../context/reach.js';
import { findBrake } from '../../kernel/run/brake-state.js';
import { readFirstReading } from '../../kernel/subject/next-readings.js';
import type { Context } from '../../context/context.js';

/** Returns the panels of the config as the store knows them. */
export async function panelStates(context: Context, counts: readonly OverviewCount[]): Promise<OverviewPanel[]> {
  const { store, config } = context;
  const enforcements = await readEnforcements(config, store);
  const taken = await readTakenPanels(context);
  const states: OverviewPanel[] = [];
  for (const [name, { kind }] of Object.entries(config.panels)) {
    const own = counts.filter(({ panel }) => panel === name);
    const lease = taken.get(name);
    const { reachable, downSince, last, undecided } = await readReach(context, name);
    const total = (status: string | null, key: 'services' | 'ended' | 'drifting' | 'failing' = 'services'): number =>
      own.reduce((sum, row) => (status === null || status === row.status ? sum + row[key] : sum), 0);
    states.push({
      name,
      kind,
      kindTitle: context.findKind(name)?.title ?? kind,
      capabilities: await findCapabilities(context, name),
      requiredRef: context.findKind(name)?.requiredRef ?? null,
      restrictions: [...(context.findKind(name)?.restrictions ?? [])],
      services: total(null),
      ended: total(null, 'ended'),
      held: own.reduce((sum, row) => sum + row.held, 0),
      wouldHold: own.reduce((sum, row) => sum + row.wouldHold, 0),
      failing: total(null, 'failing'),
      drifting: total(null, 'drifting'),
      enforce: enforcements.ofPanel(name),
      reachable,
      downSince,
      ...(undecided !== undefined && { undecided }),
      lastCall: last === null ? null : { at: last.at, ok: isAnswered(last), code: last.code, message: last.message },
      ...(config.poll.maxOvershoot !== undefined && { nextReading: await readFirstReading(context, name) }),
      brake: await findBrake(context, name),
      lease: lease === undefined ? null : { run: lease.run, since: lease.acquiredAt },
    });
  }
  return states;
}
