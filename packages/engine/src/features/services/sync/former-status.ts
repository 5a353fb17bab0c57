import type { SourceService } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { serviceLease } from '../../../context/leases.js';

type Tables = Pick<StoreTables, 'conditions'>;

/** What a suspension, or the end of one, makes of a service. */
type Ordered = 'active' | 'suspended';

const FORMER_STATUS = 'former-status:';

/**
 * Reads by service the status that the billing system had before an order that was not finished. As long as it shows that, it has not
 * stored the order: it keeps its status where the command ends with an error. Without services that others work on: `inUse` has their leases.
 */
export async function readFormerStatuses(
  { conditions }: Tables,
  inUse: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const rows = await conditions.list(FORMER_STATUS);
  const former = rows.map(({ key, details }): [string, string] => [
    key.slice(FORMER_STATUS.length),
    (details as { status: string }).status,
  ]);
  return new Map(former.filter(([service]) => !inUse.has(serviceLease(service))));
}

/** Notes that the billing system may not have an order yet; returns whether that was known of the same order. */
export async function noteOrdered(
  { conditions }: Tables,
  service: string,
  status: Ordered,
  at: string,
): Promise<boolean> {
  const former = status === 'active' ? 'suspended' : 'active';
  const key = `${FORMER_STATUS}${service}`;
  const isKnown = ((await conditions.get(key))?.details as { status?: string } | undefined)?.status === former;
  if (!isKnown) await conditions.put({ key, since: at, runs: 1, details: { status: former } });
  return isKnown;
}

/** Notes that services follow whatever the billing system shows. */
export async function noteFollowing({ conditions }: Tables, services: readonly string[]): Promise<void> {
  for (const service of services) await conditions.end(`${FORMER_STATUS}${service}`);
}

/** Leaves out the status of before an order that the billing system does not have yet. */
export function withoutFormerStatus<Service extends SourceService>(
  service: Service,
  { stored, former }: { stored: ReadonlyMap<string, ServiceRecord>; former: ReadonlyMap<string, string> },
): Service {
  const { status, ...texts } = service.texts;
  const isFormer = status !== undefined && former.get(service.id) === status;
  // One that was removed since is added as it is listed.
  return isFormer && stored.has(service.id) ? { ...service, texts } : service;
}
