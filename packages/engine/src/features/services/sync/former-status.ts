import type { SourceService } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { serviceLease } from '../../../context/leases.js';

type Tables = Pick<StoreTables, 'conditions'>;

/** What a suspension, or the end of one, makes of a service. */
type Ordered = 'active' | 'suspended';

const FORMER_STATUS = 'former-status:';

/** What the billing system had of a service before an order that was not finished. */
interface Former {
  status: Ordered;
  nextDueDate: string | null;
}

/**
 * Reads by service what the billing system had before an order that was not finished. As long as it shows that, it has not stored the
 * order: it keeps its status where the command ends with an error. Without services that others work on: `inUse` has their leases.
 */
export async function readFormer({ conditions }: Tables, inUse: ReadonlySet<string>): Promise<Map<string, Former>> {
  const rows = await conditions.list(FORMER_STATUS);
  const former = rows.map(({ key, details }): [string, Former] => [key.slice(FORMER_STATUS.length), details as Former]);
  return new Map(former.filter(([service]) => !inUse.has(serviceLease(service))));
}

/** Notes that the billing system may not have an order yet; returns whether that was known of the same order. */
export async function noteOrdered(
  { conditions }: Tables,
  { id, nextDueDate }: Pick<ServiceRecord, 'id' | 'nextDueDate'>,
  ordered: Ordered,
  at: string,
): Promise<boolean> {
  const status = ordered === 'active' ? 'suspended' : 'active';
  const key = `${FORMER_STATUS}${id}`;
  const isKnown = ((await conditions.get(key))?.details as Partial<Former> | undefined)?.status === status;
  const former: Former = { status, nextDueDate };
  if (!isKnown) await conditions.put({ key, since: at, runs: 1, details: former });
  return isKnown;
}

/** Notes that services follow whatever the billing system shows. */
export async function noteFollowing({ conditions }: Tables, services: readonly string[]): Promise<void> {
  for (const service of services) await conditions.end(`${FORMER_STATUS}${service}`);
}

/** Leaves out the status of before an order that the billing system does not have yet. */
export function withoutFormerStatus<Service extends SourceService>(
  service: Service,
  { stored, former }: { stored: ReadonlyMap<string, ServiceRecord>; former: ReadonlyMap<string, Former> },
): Service {
  const { status, ...texts } = service.texts;
  const before = former.get(service.id);
  const isFormer = before !== undefined && before.status === status && !isPaid(before, texts['next_due_date'] ?? null);
  // One that was removed since is added as it is listed.
  return isFormer && stored.has(service.id) ? { ...service, texts } : service;
}

/** Returns whether a service that was to be suspended has a later due date since: where it is still active, it stays so. */
function isPaid({ status, nextDueDate }: Former, listed: string | null): boolean {
  return status === 'active' && nextDueDate !== null && listed !== null && listed > nextDueDate;
}
