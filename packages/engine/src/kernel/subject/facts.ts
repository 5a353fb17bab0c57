import { isDeepStrictEqual } from 'node:util';
import type { Panel } from '@sluice/panel-kind';
import type { LeaseRecord, OverrideRecord, PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import { otherLeases, type OtherLeases, serviceLease } from '../../context/leases.js';
import type { Context } from '../../context/context.js';
import { group } from '../../base/lifecycle.js';
import type { Applied, RunOnPanel } from './stages.js';
import { LEASED, withError } from './to-stage.js';

/**
 * Leaves the services to the next run whose facts (row, override, purchases, holds) a command changed since they were read, or
 * is changing now. Their holds stay as they are. Called in the transaction that stores the decisions, so that no command can
 * interfere. Also reads the switch again.
 */
export async function leaveOutChanged(
  context: Context,
  tables: StoreTables,
  subjects: readonly Applied[],
  { run, leasesAtStart }: { run: string; leasesAtStart: OtherLeases },
): Promise<Applied[]> {
  if (subjects.length === 0) return [];
  const services = subjects.map((work) => work.service.id);
  const facts = await storedFacts(tables, services);
  const holds = group(await tables.holds.open({ services }));
  const leases = await otherLeases(context, run);
  const enforcements = await readEnforcements(context.config, tables);
  return subjects.map((work) => {
    const { id, panel, product } = work.service;
    const current = { ...work, enforcement: enforcements.of(panel, product) };
    const lease = leases.get(serviceLease(id));
    const stored = holds.get(id) ?? [];
    const isSame = facts.get(id) === toOwnFacts(work) && sameHolds(work.holds, stored);
    if (isSame && !lease) return current;
    const left = { ...leaveOut(current), holds: stored };
    const wasThere = isSame && lease && leasesAtStart.get(lease.name)?.fence === lease.fence;
    return wasThere ? skipLeased(left, lease) : left;
  });
}

/**
 * Leaves the services to be decided again whose first cycle a command has begun since they were loaded: the run would begin another
 * one. Called in the transaction that stores it.
 */
export async function leaveOutBegun(
  { cycles }: Pick<StoreTables, 'cycles'>,
  subjects: readonly Applied[],
): Promise<readonly Applied[]> {
  const first = subjects.filter(({ recorded, cycle }) => recorded === null && cycle !== null);
  if (first.length === 0) return subjects;
  const newest = await cycles.newest(first.map(({ service }) => service.id));
  const begun = new Set(newest.map(({ service }) => service));
  return subjects.map((work) => (work.recorded === null && begun.has(work.service.id) ? leaveOut(work) : work));
}

/**
 * Leaves the services to be decided again whose counter a command has zeroed since it was loaded: what the run has read and placed of
 * them goes on from the one before. Called in the transaction that stores it.
 */
export async function leaveOutZeroed(
  { kind }: Pick<Panel, 'kind'>,
  { cycles }: Pick<StoreTables, 'cycles'>,
  subjects: readonly Applied[],
): Promise<readonly Applied[]> {
  const counted = subjects.filter(({ recorded }) => recorded !== null);
  // A panel that answers for windows has no counters to zero.
  if (counted.length === 0 || kind.capabilities.includes('window-usage')) return subjects;
  const newest = await cycles.newest(counted.map(({ service }) => service.id));
  const counters = new Map(newest.map(({ service, counter }) => [service, counter]));
  return subjects.map((work) => {
    if (work.recorded === null) return work;
    return isDeepStrictEqual(counters.get(work.service.id), work.recorded.counter) ? work : leaveOut(work);
  });
}

/** Returns whether the facts of a decision are still those in the store. */
export async function factsHold(tables: StoreTables, work: Parameters<typeof toOwnFacts>[0]): Promise<boolean> {
  const { id } = work.service;
  return (await storedFacts(tables, [id])).get(id) === toOwnFacts(work);
}

/** Returns whether the facts and the open holds of a decision are still those in the store. */
export async function isUnchanged(
  tables: StoreTables,
  work: Parameters<typeof toOwnFacts>[0] & Pick<Applied, 'holds'>,
): Promise<boolean> {
  const stored = await tables.holds.open({ services: [work.service.id] });
  return sameHolds(work.holds, stored) && factsHold(tables, work);
}

/** Reads the facts of services as text, comparable with `toOwnFacts`; a removed service has none. */
export async function storedFacts(tables: StoreTables, services: string[]): Promise<Map<string, string>> {
  const rows = await tables.services.list({ ids: services });
  const overrides = new Map((await tables.overrides.open(services)).map((row) => [row.service, row]));
  const purchases = group(await tables.purchases.list({ services, status: 'paid' }));
  return new Map(rows.map((row) => [row.id, toFacts(row, overrides.get(row.id), purchases.get(row.id) ?? [])]));
}

/** Leaves a service to the next run: nothing is decided about it or changed. */
export function leaveOut(work: Applied): Applied {
  return { ...work, opens: [], closes: [], drafts: [], changedMeanwhile: true };
}

/** Marks a service as in use by another run. */
export function skipLeased(work: Applied, lease: LeaseRecord): Applied {
  const skipped = { ...work, changedMeanwhile: false, skipped: LEASED };
  return withError(skipped, {
    code: 'lease_held',
    message: `"${work.service.id}" is in use by ${lease.run}; this run skipped it`,
  });
}

/** Returns the facts of a decision as text. */
export function toOwnFacts({
  service,
  override,
  purchases,
}: Pick<Applied, 'service' | 'override' | 'purchases'>): string {
  return toFacts(service, override ?? undefined, purchases);
}

/** Omits the time of the last change, which moves when a run stores refs that it found. */
function toFacts(
  service: ServiceRecord,
  override: OverrideRecord | undefined,
  purchases: readonly PurchaseRecord[],
): string {
  const { updatedAt: _updatedAt, ...row } = service;
  const bought = purchases.map(({ id, bytes, cycle, status }) => [id, bytes, cycle, status]);
  return JSON.stringify([row, override?.id ?? null, bought]);
}

/** Returns whether the open holds are those of the decision. */
function sameHolds(own: Applied['holds'], stored: readonly { id: string }[]): boolean {
  return own.length === stored.length && stored.every(({ id }) => own.some((hold) => hold.id === id));
}

/** Stores the resources that this run observed; returns what is called once they are stored. */
export async function saveResources({ resources }: RunOnPanel, tables: StoreTables): Promise<() => void> {
  const seen = [...resources];
  if (seen.length > 0) await tables.resources.put(seen.map(([, value]) => value));
  return () => {
    for (const [key, value] of seen) if (resources.get(key) === value) resources.delete(key);
  };
}
