import { SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { hasEnded } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { serviceLease } from '../../context/leases.js';
import { listLines } from '../services/lines.js';
import { isLineOfCalls } from '../telephony/find-line.js';
import { type NamedTelephony, RECORD_NAMES } from '../telephony/panels.js';
import type { Removal } from '../telephony/removed-records.js';
import { checkUnbilled } from './unbilled.js';

/**
 * Refuses to remove a line, number or customer of a service, and a line with calls that a service is not billed for yet. The
 * leases of the services that have or had the line are held from then on.
 *
 * @throws SluiceError `record_of_service`, `unbilled_calls`, `bill_from_missing`, `calls_unread`
 */
export async function refuseOwned(context: Context, on: NamedTelephony, removal: Removal): Promise<void> {
  for (const line of await findLines(context, on, removal)) await refuseOwnedLine(context, on, { ...removal, line });
}

async function refuseOwnedLine(
  context: Context,
  on: NamedTelephony,
  { resource, record, dryRun, waitMs, leases, line }: Removal & { line: string },
): Promise<void> {
  const { panel } = on;
  if (!dryRun) for (const { id } of await listOwners(context, on, line)) await leases.take(serviceLease(id), waitMs);
  const owners = await listOwners(context, on, line);
  const owner = owners.find((service) => on.telephony.findSubscriber(service) === line && !hasEnded(service));
  if (owner !== undefined) {
    const own = resource === 'subscribers' ? 'is' : 'is of';
    const what = `${RECORD_NAMES[resource]} "${String(record['id'])}" of panel "${panel}"`;
    const number = typeof record['number'] === 'string' ? { number: record['number'] } : {};
    throw new SluiceError('record_of_service', `${what} ${own} the line of "${owner.id}"; nothing was changed`, {
      kind: 'conflict',
      details: { service: owner.id, panel, ...number },
    });
  }
  // The calls of a line stay when its number is removed.
  if (resource === 'dids') return;
  for (const service of owners) {
    if (!(await isLineOfCalls(context, service, { panel, line }))) continue;
    await checkUnbilled(context, service, { unbilled: undefined, dryRun, waitMs });
  }
}

/** Returns the ids of the lines that a record is, or belongs to, or has. */
async function findLines(
  context: Context,
  { telephony }: NamedTelephony,
  { resource, record }: Removal,
): Promise<string[]> {
  const { id, subscriber_id: line } = record;
  if (resource === 'subscribers') return [String(id)];
  if (resource === 'dids') return typeof line === 'string' ? [line] : [];
  if (resource !== 'customers' || telephony.unsupported({ resource: 'subscribers', operation: 'list' }) !== null)
    return [];
  const customerId = String(id);
  const lines = await telephony.list('subscribers', { customerId }, context.deps.signal);
  // A system that does not filter returns the lines of other customers, too.
  return lines.filter((one) => one.customerId === customerId).map((one) => one.id);
}

/** Returns the services that have or had a line, as they are stored now. */
async function listOwners(
  context: Context,
  { panel, telephony }: NamedTelephony,
  line: string,
): Promise<ServiceRecord[]> {
  const had = (await listLines(context, panel, telephony)).filter(({ subscriber }) => subscriber === line);
  const ids = new Set(had.flatMap(({ periods }) => periods.map(({ service }) => service)));
  const services = await context.store.services.list({ panel });
  return services.filter((service) => ids.has(service.id) || telephony.findSubscriber(service) === line);
}
