import type { OverviewCount } from '@sluice/state-store';
import { panelLease } from '../leases.js';
import { type PanelEnforcement, readEnforcements } from '../panels/enforcement.js';
import { isAnswered, lastCallTo } from '../panels/last-call.js';
import type { Session } from '../session.js';

/** A panel of the config with its last known state. */
export interface OverviewPanel {
  name: string;
  kind: string;
  capabilities: string[];
  /** The ref that a service needs to be metered; null for none. */
  requiredRef: string | null;
  /** What an exceeded quota can do on the panel: the actions that products and overrides name. */
  restrictions: string[];
  services: number;
  held: number;
  /** Services whose last run failed or could not read them. */
  failing: number;
  drifting: number;
  enforce: PanelEnforcement;
  /** Whether the panel answered the last call; null before the first. */
  reachable: boolean | null;
  /** `ok` is false where it failed; a refusal for the object that it was about is an answer. */
  lastCall: { at: string; ok: boolean; code: string | null; message: string | null } | null;
  /** The run that works on the panel now. */
  lease: { run: string; since: string } | null;
}

/** Returns the panels of the config as the store knows them. */
export async function panelStates(session: Session, counts: readonly OverviewCount[]): Promise<OverviewPanel[]> {
  const { store, config, deps } = session;
  const enforcements = await readEnforcements(config, store);
  const now = session.now();
  const leases = (await store.leases.list()).filter(({ owner, expiresAt }) => expiresAt > now && deps.isAlive(owner));
  const states: OverviewPanel[] = [];
  for (const [name, { kind }] of Object.entries(config.panels)) {
    const own = counts.filter(({ panel }) => panel === name);
    const lease = leases.find((held) => held.name === panelLease(name));
    const last = await lastCallTo(session, name);
    const total = (statuses: readonly string[] | null, key: 'services' | 'drifting' = 'services'): number =>
      own.reduce((sum, row) => (statuses === null || statuses.includes(row.status) ? sum + row[key] : sum), 0);
    states.push({
      name,
      kind,
      capabilities: [...(session.findKind(name)?.capabilities ?? [])],
      requiredRef: session.findKind(name)?.requiredRef ?? null,
      restrictions: [...(session.findKind(name)?.restrictions ?? [])],
      services: total(null),
      held: total(['held']),
      failing: total(['failed', 'unreadable']),
      drifting: total(null, 'drifting'),
      enforce: enforcements.ofPanel(name),
      reachable: last === undefined ? null : last.status !== null,
      lastCall:
        last === undefined ? null : { at: last.at, ok: isAnswered(last), code: last.code, message: last.message },
      lease: lease === undefined ? null : { run: lease.run, since: lease.acquiredAt },
    });
  }
  return states;
}
