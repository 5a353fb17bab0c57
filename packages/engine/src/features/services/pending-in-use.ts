import { type StaffText, staffText } from '@sluice/messages/staff';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { hasAccount } from '../../kernel/subject/account.js';

/** Code of a service that is pending although its account was metered. */
export const PENDING_IN_USE = 'pending_in_use';

/** A pending service with an account that was metered. */
export interface PendingInUse {
  service: ServiceRecord;
  message: StaffText;
}

/** Returns the services that are pending although they have an account that was metered: nothing counts or limits its use. */
export async function findPendingInUse(
  context: Pick<Context, 'findKind'>,
  { cycles }: Pick<StoreTables, 'cycles'>,
  services: readonly ServiceRecord[],
): Promise<PendingInUse[]> {
  const pending = services.filter((service) => {
    const kind = context.findKind(service.panel);
    return service.status === 'pending' && kind !== undefined && hasAccount(kind, service);
  });
  if (pending.length === 0) return [];
  const newest = new Map((await cycles.newest(pending.map(({ id }) => id))).map((cycle) => [cycle.service, cycle]));
  return pending.flatMap((service) => {
    const readAt = newest.get(service.id)?.readAt ?? null;
    if (readAt === null) return [];
    return [{ service, message: staffText('staff.pendingInUse', { service: service.id, until: readAt }) }];
  });
}
