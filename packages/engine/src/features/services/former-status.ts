import type { SourceService } from '@sluice/contract/ports';
import { type StaffText, staffText } from '@sluice/messages/staff';
import type { ConditionRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { serviceLease } from '../../context/leases.js';

type Tables = Pick<StoreTables, 'conditions'>;

/** What a suspension, or the end of one, makes of a service. */
type Ordered = 'active' | 'suspended';

/** Code of the alarm, and of the notice, that the billing system shows a status of before an order, which is not followed. */
export const STATUS_WITHHELD = 'status_withheld';

const FORMER_STATUS = 'former-status:';

/** How long after the alarm began the status that the billing system shows is withheld at most. */
const WITHHELD_MS = 7 * 24 * 3_600_000;

/** What is stored of the status that the billing system had of a service before an order that was not finished. */
interface Details {
  status: Ordered;
  /** The due date at the order. */
  nextDueDate: string | null;
  /** Since when that is an alarm, and the name of the billing system. */
  withheld?: { since: string; title: string };
}

/** What the billing system had of a service before an order that was not finished, and when that was ordered last. */
export interface Former extends Details {
  orderedAt: string;
}

/** Services as they are stored, and what the billing system had of them before orders that were not finished. */
export interface KnownStatuses {
  stored: ReadonlyMap<string, ServiceRecord>;
  former: ReadonlyMap<string, Former>;
  /** ISO UTC. */
  now: string;
}

/**
 * Reads by service what the billing system had before an order that was not finished. As long as it shows that, it has not stored the
 * order: it keeps its status where the command ends with an error. Without services that others work on: `inUse` has their leases.
 */
export async function readFormer({ conditions }: Tables, inUse: ReadonlySet<string>): Promise<Map<string, Former>> {
  const rows = await conditions.list(FORMER_STATUS);
  const former = rows.map((row): [string, Former] => [row.key.slice(FORMER_STATUS.length), toFormer(row)]);
  return new Map(former.filter(([service]) => !inUse.has(serviceLease(service))));
}

const toFormer = ({ since, details }: ConditionRecord): Former => ({ ...(details as Details), orderedAt: since });

const toKey = (service: string): string => `${FORMER_STATUS}${service}`;

const toOther = (status: Ordered): Ordered => (status === 'active' ? 'suspended' : 'active');

/** Notes that the billing system may not have an order yet; returns whether that was known of the same order. */
export async function noteOrdered(
  { conditions }: Tables,
  { id, nextDueDate }: Pick<ServiceRecord, 'id' | 'nextDueDate'>,
  ordered: Ordered,
  at: string,
): Promise<boolean> {
  const status = toOther(ordered);
  const key = toKey(id);
  const known = ((await conditions.get(key))?.details ?? null) as Details | null;
  const isKnown = known?.status === status;
  const details: Details = isKnown ? known : { status, nextDueDate };
  await conditions.put({ key, since: at, runs: 1, details });
  return isKnown;
}

/** Notes that services follow whatever the billing system shows, or are none of it any more. */
export async function noteFollowing({ conditions }: Tables, services: readonly string[]): Promise<void> {
  for (const service of services) await conditions.end(toKey(service));
}

/**
 * Notes of services whose status is withheld that a run has finished what was ordered, or none has in a week: people are to decide
 * then. Returns those of which it was not known.
 */
export async function noteWithheld(
  { conditions, decisions }: Pick<StoreTables, 'conditions' | 'decisions'>,
  services: readonly string[],
  { since, title }: { since: string; title: string },
): Promise<string[]> {
  const latest = services.length === 0 ? [] : await decisions.latest([...services]);
  const finished = new Map(latest.flatMap(({ service, at, errorCode }) => (errorCode === null ? [[service, at]] : [])));
  const found: string[] = [];
  for (const service of services) {
    const known = await conditions.get(toKey(service));
    if (known === null || (known.details as Details).withheld !== undefined) continue;
    if ((finished.get(service) ?? '') <= known.since && since < toEnd(known.since)) continue;
    await conditions.put({ ...known, details: { ...(known.details as Details), withheld: { since, title } } });
    found.push(service);
  }
  return found;
}

/** Returns whether the listed status of a service is that of before an order that the billing system does not have yet. */
export function isWithheld({ id, texts }: SourceService, { stored, former, now }: KnownStatuses): boolean {
  const before = former.get(id);
  if (before === undefined || before.status !== texts['status'] || isPaid(before, texts['next_due_date'] ?? null))
    return false;
  // One that was removed or has ended since is as it is listed.
  if (stored.get(id)?.status !== toOther(before.status)) return false;
  const end = findEnd(before);
  return end === null || now < end;
}

/** Returns whether a service that was to be suspended has a later due date since: where it is still active, it stays so. */
function isPaid({ status, nextDueDate }: Former, listed: string | null): boolean {
  return status === 'active' && nextDueDate !== null && listed !== null && listed > nextDueDate;
}

/** Returns when the billing system's status counts again; null while there is no alarm of it. */
function findEnd({ withheld, orderedAt }: Former): string | null {
  if (withheld === undefined) return null;
  return toEnd(withheld.since > orderedAt ? withheld.since : orderedAt);
}

const toEnd = (from: string): string => new Date(Date.parse(from) + WITHHELD_MS).toISOString();

/** Says what the billing system shows of a service, and what is to be done. */
export function describeWithheld(former: Former, title: string): StaffText {
  const key = former.status === 'active' ? 'staff.withheldActive' : 'staff.withheldSuspended';
  const said = staffText(key, { billing: title, at: former.orderedAt });
  const end = findEnd(former);
  return end === null ? said : staffText('staff.withheldUntil', { said, until: end, billing: title });
}

/** A status that the billing system shows and Sluice does not follow. */
export interface WithheldStatus {
  service: string;
  panel: string;
  message: StaffText;
  /** ISO UTC. */
  since: string;
}

/** Lists the services whose status in the billing system is withheld, as far as that is an alarm. Calls nothing. */
export async function listWithheld(tables: Pick<StoreTables, 'conditions' | 'services'>): Promise<WithheldStatus[]> {
  const former = await readFormer(tables, new Set());
  const services = former.size === 0 ? [] : await tables.services.list({ ids: [...former.keys()] });
  return services.flatMap(({ id: service, panel, status }) => {
    const before = former.get(service);
    if (before?.withheld === undefined || status !== toOther(before.status)) return [];
    const { since, title } = before.withheld;
    return [{ service, panel, message: describeWithheld(before, title), since }];
  });
}
