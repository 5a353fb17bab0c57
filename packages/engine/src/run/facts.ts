import type { LeaseRecord, OverrideRecord, PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { enforcementOf } from '../enforcement.js';
import { serviceLease } from '../leases.js';
import type { Session } from '../session.js';
import { group } from './load.js';
import type { Notice } from './notices.js';
import { fail, LEASED, type Work } from './work.js';

/** Leases of services that other runs hold, by name. */
export type OtherLeases = Map<string, LeaseRecord>;

/** Reads which services other living runs work on. */
export async function otherLeases(session: Session, run: string): Promise<OtherLeases> {
  const { owner, isAlive } = session.deps;
  const now = session.now();
  const leases = await session.store.leases.list();
  const others = leases.filter(
    (lease) =>
      lease.run !== run &&
      lease.name.startsWith(serviceLease('')) &&
      lease.expiresAt > now &&
      (lease.owner.host !== owner.host || isAlive(lease.owner)),
  );
  return new Map(others.map((lease) => [lease.name, lease]));
}

/**
 * Takes the services out of this run whose facts a command changed since they were read: their row, override,
 * purchases or holds, or a command that is at work on them. What was decided about them rests on what is no longer
 * true. Their holds stay as they are, and the next run decides. Runs inside the transaction that writes the decisions,
 * so that no command can come between. Reads the switch again, too.
 */
export async function leaveOutChanged(
  session: Session,
  tables: StoreTables,
  works: readonly Work[],
  { run, leasesAtStart }: { run: string; leasesAtStart: OtherLeases },
): Promise<void> {
  if (works.length === 0) return;
  const services = works.map((work) => work.service.id);
  const facts = await storedFacts(tables, services);
  const holds = group(await tables.holds.open({ services }));
  const leases = await otherLeases(session, run);
  const switches = await tables.switches.list();
  for (const work of works) {
    const { id, panel, product } = work.service;
    work.enforcement = enforcementOf(session.config, switches, panel, product);
    const lease = leases.get(serviceLease(id));
    const stored = holds.get(id) ?? [];
    const isSame = facts.get(id) === ownFacts(work) && sameHolds(work, stored);
    if (isSame && !lease) continue;
    leaveOut(work);
    work.holds = stored;
    if (isSame && lease && leasesAtStart.get(lease.name)?.fence === lease.fence) skipLeased(work, lease);
  }
}

/** Whether the facts that the work rests on are still what the store says. */
export async function factsHold(tables: StoreTables, work: Work): Promise<boolean> {
  const { id } = work.service;
  return (await storedFacts(tables, [id])).get(id) === ownFacts(work);
}

/** Reads the facts of these services as text, to be compared with `ownFacts`. A service that is gone has none. */
export async function storedFacts(tables: StoreTables, services: string[]): Promise<Map<string, string>> {
  const rows = await tables.services.list({ ids: services });
  const overrides = new Map((await tables.overrides.open(services)).map((row) => [row.service, row]));
  const purchases = group(await tables.purchases.list({ services, status: 'paid' }));
  return new Map(rows.map((row) => [row.id, factsOf(row, overrides.get(row.id), purchases.get(row.id) ?? [])]));
}

/** Takes a service out of this run: nothing is decided about it and nothing is done for it. */
export function leaveOut(work: Work): void {
  work.opens = [];
  work.closes = [];
  work.changedMeanwhile = true;
}

/** Marks a service as one that another run works on. */
export function skipLeased(work: Work, lease: LeaseRecord): void {
  work.changedMeanwhile = false;
  work.skipped = LEASED;
  fail(work, {
    code: 'lease_held',
    message: `"${work.service.id}" is being worked on by ${lease.run}: it was left out of this run`,
  });
}

/** The notice of a service that was left out. */
export function changedNotice({ service }: Work, run: string): Notice {
  return {
    code: 'changed_meanwhile',
    key: `changed_meanwhile:${service.id}:${run}`,
    panel: service.panel,
    service: service.id,
    message: `${service.id} was changed by a command during this run: the run left it as it is, and the next one decides`,
  };
}

/** The facts that the work rests on, as text. */
export function ownFacts({ service, override, purchases }: Pick<Work, 'service' | 'override' | 'purchases'>): string {
  return factsOf(service, override ?? undefined, purchases);
}

/** The time of the last change is left out: a run that writes refs it found moves it. */
function factsOf(
  service: ServiceRecord,
  override: OverrideRecord | undefined,
  purchases: readonly PurchaseRecord[],
): string {
  const { updatedAt: _updatedAt, ...row } = service;
  const bought = purchases.map(({ id, bytes, cycle, status }) => [id, bytes, cycle, status]);
  return JSON.stringify([row, override?.id ?? null, bought]);
}

/** Whether the open holds are those that the decision was taken on; drafts of this run do not count. */
function sameHolds(work: Work, stored: readonly { id: string }[]): boolean {
  const drafts = new Set<string>(work.opens.map((open) => open.reason));
  const own = work.holds.filter((hold) => !drafts.has(hold.reason)).map((hold) => hold.id);
  return own.length === stored.length && stored.every((hold) => own.includes(hold.id));
}
