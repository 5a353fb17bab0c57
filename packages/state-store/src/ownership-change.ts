import type { OwnershipRecord, ServiceRecord } from './records.js';

/** A change of a service: null before it was added, and after it was removed. */
export interface OwnerChange {
  before: ServiceRecord | null;
  after: ServiceRecord | null;
  /** ISO UTC. */
  at: string;
}

/** A period with the number of its row; null: not stored yet. */
export interface OwnedPeriod extends OwnershipRecord {
  seq: number | null;
}

/** A service or an object of a panel. */
export type Subject = Pick<OwnershipRecord, 'panel' | 'subject'>;

/** Returns the subject of the object that a ref names. */
export function ownershipSubject(ref: string, value: string): string {
  return `${ref}:${value}`;
}

/** Returns a text that is equal for equal subjects. */
export function subjectKey({ panel, subject }: Subject): string {
  return JSON.stringify([panel, subject]);
}

/** Returns what a service has; one that ended has nothing. */
export function listSubjects(service: ServiceRecord | null): Subject[] {
  if (service === null || service.status === 'terminated' || service.status === 'vanished') return [];
  const { id, panel, refs } = service;
  const objects = Object.entries(refs).map(([name, value]) => ({ panel, subject: ownershipSubject(name, value) }));
  return [{ panel: '', subject: `service:${id}` }, ...objects];
}

/** Whether a change may end or begin a period. */
export function changesOwner({ before, after }: OwnerChange): boolean {
  if (before?.client !== after?.client) return true;
  const [had, has] = [before, after].map((service) => listSubjects(service).map(subjectKey));
  return had?.join() !== has?.join();
}

/** Periods by `subjectKey`, in the order in which they began. */
export type PeriodsBySubject = Map<string, OwnedPeriod[]>;

/** Ends the periods of what a service has no longer, or no longer for the same client. */
export function endPeriods(periods: PeriodsBySubject, { before, after, at }: OwnerChange): void {
  if (before === null) return;
  const has = new Set(listSubjects(after).map(subjectKey));
  const client = after?.client ?? null;
  for (const subject of listSubjects(before)) {
    const open = findOpen(periods, subject, before.id);
    if (open === undefined) continue;
    const stays = has.has(subjectKey(subject));
    if (stays && open.client === client) continue;
    // The first client of a service has had it as long as it is known.
    if (stays && open.client === null && before.clientSince === null) open.client = client;
    else open.until = latest(at, open.since);
  }
}

/** Begins the periods of what a service gets, after those of former owners ended; the first known owner had it also before. */
export function beginPeriods(periods: PeriodsBySubject, { after, at }: OwnerChange): void {
  if (after === null) return;
  const { id, client } = after;
  for (const subject of listSubjects(after)) {
    if (findOpen(periods, subject, id) !== undefined) continue;
    const all = periods.get(subjectKey(subject)) ?? [];
    const newest = all.at(-1);
    // It was marked as ended by mistake: nobody else has had it since.
    if (newest?.service === id && newest.client === client) newest.until = null;
    else all.push({ ...subject, service: id, client, since: toBegin(all, at), until: null, seq: null });
    periods.set(subjectKey(subject), all);
  }
}

function findOpen(periods: PeriodsBySubject, subject: Subject, service: string): OwnedPeriod | undefined {
  return periods.get(subjectKey(subject))?.find((period) => period.service === service && period.until === null);
}

function toBegin(all: readonly OwnedPeriod[], at: string): string | null {
  if (all.length === 0) return null;
  return all.reduce((begin, { until }) => latest(begin, until), at);
}

function latest(a: string, b: string | null): string {
  return b !== null && b > a ? b : a;
}
