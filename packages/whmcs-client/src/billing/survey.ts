import { SluiceError } from '@sluice/panel-kind';
import type { BilledService } from '@sluice/quota-core';
import type { WhmcsClient, WhmcsUnreadRow } from '../client/types.js';
import { TITLE } from './errors.js';
import { listClients } from './read-clients.js';
import { findDateProblem, toBilledService } from './to-billed-service.js';
import { toServiceId } from './to-source-service.js';

/** Lines of an error; the rest are in its details. */
const MOST_LINES = 50;

/** A service that can't be read; null where not even its id can. */
interface ServiceProblem {
  service: string | null;
  message: string;
}

/**
 * Lists all services. The names and e-mails of clients are null where the role of the credentials does not permit to list clients.
 *
 * @throws SluiceError `list_unreadable` with every service that can't be read
 */
export async function surveyServices(
  client: WhmcsClient,
  renames: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<BilledService[]> {
  const unread: WhmcsUnreadRow[] = [];
  const services = await client.services.list({}, { signal, onUnread: (row) => unread.push(row) });
  refuse([
    ...unread.map(({ id, message }) => ({ service: id === null ? null : toServiceId(id), message })),
    ...services.flatMap(({ id, nextDueDate }) => {
      const message = findDateProblem(nextDueDate);
      return message === null ? [] : [{ service: toServiceId(id), message }];
    }),
  ]);
  if (services.length === 0) return [];
  const { clients } = await listClients(client, { signal, isNeeded: true });
  return services.map((one) => toBilledService(one, { client: clients.get(one.clientId) ?? null, renames }));
}

function refuse(problems: readonly ServiceProblem[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'A service' : `${problems.length} services`;
  const lines = problems.slice(0, MOST_LINES).map(({ service, message }) => `${service ?? 'a service'}: ${message}`);
  if (problems.length > MOST_LINES) lines.push(`and ${problems.length - MOST_LINES} more`);
  throw new SluiceError('list_unreadable', `${count} of ${TITLE} can't be read: correct what is named there.`, {
    ...{ kind: 'billing', details: { problems }, lines },
  });
}
