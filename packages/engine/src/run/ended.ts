import type { Observation } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Leases } from '../leases.js';
import type { Enforcements } from '../panels/enforcement.js';
import { hasEnded } from '../services/lifecycle.js';
import { undecided } from './decide.js';
import { group } from './group.js';
import { load } from './load.js';
import { type Notice, serviceNotice } from './notices.js';
import { openRows } from './open-rows.js';
import type { Treatment } from './report.js';
import type { RunRequest } from './request.js';
import { findSharers, readUnread, saveResources } from './sharing.js';
import { type Applied, type Decided, type Planned, type RunOnPanel, toRead, unplanned } from './stages.js';

/**
 * Finds terminated and vanished services whose restricted objects a service that has not ended uses now. A run that observes
 * everything also finds terminated ones whose objects the panel does not show as theirs any more. Without either, the restrictions
 * stay.
 */
export async function findGivenAway(
  on: RunOnPanel & { readonly leases: Leases; readonly request: RunRequest },
  only: ServiceRecord | null,
  enforcements: Enforcements,
): Promise<ReadonlySet<string>> {
  const { session, panel, scope, request } = on;
  const filter = only === null ? { panel: panel.name } : { services: [only.id] };
  const ids = [...group(await session.store.evidence.open(filter)).keys()];
  const listed = ids.length === 0 ? [] : await session.store.services.list({ ids });
  const services = listed.filter((service) => hasEnded(service) && service.panel === panel.name);
  if (services.length === 0) return new Set();
  const loaded = await load(session, panel, services, { enforcements });
  const how = { scope, refresh: false, open: openRows(loaded) };
  const none = new Map<string, Observation>();
  const observations = request.observeAll ? await panel.observe(services, session.deps.signal, how) : none;
  const works = loaded.map((facts) => {
    const observation = observations.get(facts.service.id) ?? null;
    return { ...unplanned(undecided(toRead(facts))), observation };
  });
  const found = await (panel.objects === undefined ? findSharers(on, works) : readUnread(on, works, works));
  // What was read once is not read again by the next run.
  if (!request.dryRun && on.resources.size > 0)
    await session.write(on.leases.held, (tables) => saveResources(on, tables));
  return new Set(found.filter((work) => isGivenAway(on, work)).map(({ service }) => service.id));
}

function isGivenAway({ panel }: RunOnPanel, { service, evidence, sharers, observation }: Planned): boolean {
  const targets = evidence.map(({ kind, target }) => `${kind}:${target}`);
  // All that a service has on a panel with accounts belongs to its one account.
  const isWhole = panel.objects === undefined;
  const isTaken = sharers.some(
    (sharer) => !hasEnded(sharer.service) && (isWhole || targets.some((target) => sharer.shared.includes(target))),
  );
  if (isTaken) return true;
  // A vanished service may return: its absence from a list alone ends no restriction.
  if (service.status !== 'terminated') return false;
  if (observation === null || panel.objects?.isComplete(service, observation) !== true) return false;
  const own = panel.resources(service, observation);
  return targets.some((target) => !own.includes(target));
}

/** Returns a service whose restrictions end with it: all its holds end. Others unchanged. */
export function endWithService(ended: ReadonlySet<string>, decided: Decided): Decided {
  if (!ended.has(decided.service.id)) return decided;
  return { ...decided, skipped: null, error: null, closes: decided.holds };
}

/** Returns the notices of services whose restrictions ended with them. */
export function endedNotices(
  ended: ReadonlySet<string>,
  works: readonly Applied[],
  treatment: (work: Applied) => Treatment,
): Notice[] {
  const due = works.filter((work) => ended.has(work.service.id) && !work.changedMeanwhile);
  return due.flatMap((work) => {
    if (treatment(work).previewOnly) return [];
    const { service, evidence } = work;
    const message = `${service.id} has ended, and what it was restricted on is not its own any more: its restrictions end`;
    return [
      serviceNotice(service, 'ended_released', message, evidence[0]?.id ?? work.closes[0]?.id ?? service.updatedAt),
    ];
  });
}
