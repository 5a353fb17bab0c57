import type { OwnershipRecord, ServiceRecord } from './records.js';

/** A change of a service: null before it was added, and after it was removed. */
export interface OwnerChange {
  before: ServiceRecord | null;
  after: ServiceRecord | null;
  /** The telephone numbers that the service has; those that it had before it ended, where it is back. */
  numbers?: readonly string[];
  /** Objects that the service had, on its panel or another one. */
  had?: readonly string[];
  /** Whether a command makes its objects: what it gets is then its own from the beginning, however late that is stored. */
  isMade?: boolean;
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

/** A service got a telephone number, or gave it up. */
export interface NumberChange {
  panel: string;
  service: string;
  /** E.164. */
  number: string;
  has: boolean;
  /** ISO UTC. */
  at: string;
}

/** Begins the subjects of telephone numbers. */
export const NUMBERS = 'number:';
/** The first text behind them. */
export const NUMBERS_END = 'number;';

/** Returns the subject of a telephone number. */
export function numberSubject(number: string): string {
  return `${NUMBERS}${number}`;
}

/** Returns a text that is equal for equal subjects. */
export function subjectKey({ panel, subject }: Subject): string {
  return JSON.stringify([panel, subject]);
}

/** Returns whether a service has anything. */
export function isOwner(service: ServiceRecord | null): service is ServiceRecord {
  return service !== null && service.status !== 'terminated' && service.status !== 'vanished';
}

/** Returns what a service has; one that ended has nothing. */
export function listSubjects(service: ServiceRecord | null, numbers: readonly string[] = []): Subject[] {
  if (!isOwner(service)) return [];
  const { id, panel, refs } = service;
  const objects = Object.entries(refs).map(([name, value]) => ({ panel, subject: ownershipSubject(name, value) }));
  return [{ panel: '', subject: serviceSubject(id) }, ...objects, ...numbers.map((subject) => ({ panel, subject }))];
}

/** Returns the subject of a service. */
export function serviceSubject(id: string): string {
  return `service:${id}`;
}

/** Whether a change may end or begin a period. */
export function changesOwner({ before, after }: OwnerChange): boolean {
  if (before?.client !== after?.client) return true;
  const [had, has] = [before, after].map((service) => listSubjects(service).map(subjectKey));
  return had?.join() !== has?.join();
}

/** Periods by `subjectKey`, in the order in which they began. */
export type PeriodsBySubject = Map<string, OwnedPeriod[]>;

/** Returns what a service had before a change; where its panel got another name, by both names. */
export function listHad({ before, after, numbers }: OwnerChange): Subject[] {
  const had = listSubjects(before, numbers);
  if (before === null || after === null || before.panel === after.panel) return had;
  return [...had, ...listSubjects({ ...before, panel: after.panel }, numbers)];
}

/** Ends the periods of what a service has no longer, or no longer for the same client. */
export function endPeriods(periods: PeriodsBySubject, change: OwnerChange): void {
  const { before, after, at, numbers } = change;
  if (before === null) return;
  const has = new Set(listSubjects(after, numbers).map(subjectKey));
  const client = after?.client ?? null;
  for (const subject of listHad(change)) {
    const open = findOpen(periods, subject, before.id);
    if (open === undefined) continue;
    const stays = has.has(subjectKey(subject));
    if (stays && open.client === client) continue;
    // The first client of a service has had it as long as it is known.
    if (stays && open.client === null && before.clientSince === null) open.client = client;
    else open.until = latest(at, open.since);
  }
}

/**
 * Begins the periods of what a service gets, after those of former owners ended. The first known owner had it also before, unless it
 * has it instead of another object, or was stored without any for a day: what was done with it until then is not its own.
 */
export function beginPeriods(periods: PeriodsBySubject, change: OwnerChange): void {
  const { after, at, numbers } = change;
  if (after === null) return;
  const exchanged = listExchanged(change, after);
  const { id, client } = after;
  for (const subject of listSubjects(after, numbers)) {
    if (findOpen(periods, subject, id) !== undefined) continue;
    const all = periods.get(subjectKey(subject)) ?? [];
    const newest = all.at(-1);
    const since = all.length === 0 && !exchanged.has(subjectKey(subject)) ? null : toBegin(all, at);
    // It was marked as ended by mistake: nobody else has had it since.
    if (newest?.service === id && newest.client === client) newest.until = null;
    else all.push({ ...subject, service: id, client, since, until: null, storedAt: at, seq: null });
    periods.set(subjectKey(subject), all);
  }
}

function findOpen(periods: PeriodsBySubject, subject: Subject, service: string): OwnedPeriod | undefined {
  return periods.get(subjectKey(subject))?.find((period) => period.service === service && period.until === null);
}

/** Returns the names of refs that a service did not have right before. */
export function listNewNames({ before, after }: Pick<OwnerChange, 'before' | 'after'>): string[] {
  if (before === null || after === null) return [];
  return Object.keys(after.refs).filter((name) => before.refs[name] === undefined);
}

/** So long after a service was stored, the objects that it gets are taken for those that it had before. */
const SET_UP_MS = 86_400_000;

/** Returns the objects that a service did not have before: it names them instead of other ones, or was long without any. */
function listExchanged({ before, had = [], isMade, at }: OwnerChange, after: ServiceRecord): Set<string> {
  const { panel, refs } = after;
  if (before === null) return new Set();
  const isNew = new Set(listNewNames({ before, after }));
  const isLate = isMade !== true && Date.parse(at) - Date.parse(before.createdAt) >= SET_UP_MS;
  const changed = Object.entries(refs).filter(([name, value]) =>
    isNew.has(name) ? isLate || had.some((subject) => subject.startsWith(`${name}:`)) : before.refs[name] !== value,
  );
  return new Set(changed.map(([name, value]) => subjectKey({ panel, subject: ownershipSubject(name, value) })));
}

function toBegin(all: readonly OwnedPeriod[], at: string): string {
  return all.reduce((begin, { until }) => latest(begin, until), at);
}

function latest(a: string, b: string | null): string {
  return b !== null && b > a ? b : a;
}

/** Ends and begins the periods of a number; `client`: the present one of the service that got it or gave it up. */
export function passPeriods(periods: OwnedPeriod[], change: NumberChange, client: string | null): void {
  const { panel, service, number, has, at } = change;
  const open = periods.filter(({ until }) => until === null);
  const own = open.find((period) => period.service === service);
  for (const period of has ? open.filter((one) => one !== own) : own === undefined ? [] : [own])
    period.until = latest(at, period.since);
  if (own !== undefined) return;
  // Somebody else has it, or it was given up before.
  if (!has && (open.length > 0 || periods.at(-1)?.service === service)) return;
  const newest = periods.reduce<string | null>(
    (last, { until }) => (until === null ? last : latest(until, last)),
    null,
  );
  const period = { panel, subject: numberSubject(number), service, client, storedAt: at, seq: null };
  // A number that was not known and is released was with the service before, too.
  if (has) periods.push({ ...period, since: latest(at, newest), until: null });
  else periods.push({ ...period, since: newest, until: latest(at, newest) });
}
