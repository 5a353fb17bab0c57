import { SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord, CycleRecord, PurchaseRecord } from '@sluice/state-store';

/** The ref with the date that the cycles of a service follow from, where it is not due on any. */
const ANCHOR_REF = 'billing_cycle_from';

/** Returns the local date that the cycles of a service follow from: its due date, or the last one that it had. */
export function findCycleAnchor({ nextDueDate, refs }: Pick<ServiceRecord, 'nextDueDate' | 'refs'>): string | null {
  return nextDueDate ?? refs[ANCHOR_REF] ?? null;
}

/** Keeps the cycles of a service that loses its due date as they were; a new due date replaces the former one. */
export function keepCycleAnchor(before: ServiceRecord, after: ServiceRecord): void {
  if (after.nextDueDate !== null) Reflect.deleteProperty(after.refs, ANCHOR_REF);
  else if (before.nextDueDate !== null) after.refs[ANCHOR_REF] = before.nextDueDate;
}

/**
 * Returns the key by which a cycle has its window, and by which a panel's counter is reset once in it: the id of the cycle, with the
 * start where that has moved later since the cycle was opened, because usage counts from zero then.
 */
export function toCycleKey(cycle: Pick<CycleRecord, 'id' | 'start' | 'openedAt'>): string {
  return cycle.start > cycle.openedAt ? `${cycle.id} ${cycle.start}` : cycle.id;
}

/** The current cycle of a service, and those that a wrong clock had opened. */
interface PurchaseCycle {
  service: Pick<ServiceRecord, 'client'>;
  cycle: CycleRecord | null;
  wrongCycles: readonly Pick<CycleRecord, 'id'>[];
}

/**
 * Returns whether a purchase counts in the current cycle: it was bought for it, for a cycle that a wrong clock opened, or for an
 * earlier one after whose end it was paid. One of an earlier cycle counts only for the client that bought it.
 */
export function countsIn(
  { service, cycle, wrongCycles }: PurchaseCycle,
  purchase: Pick<PurchaseRecord, 'cycle' | 'paidAt' | 'client'>,
): boolean {
  if (cycle === null) return false;
  if ([cycle, ...wrongCycles].some(({ id }) => id === purchase.cycle)) return true;
  if (purchase.client !== null && purchase.client !== service.client) return false;
  return purchase.paidAt !== null && purchase.paidAt >= cycle.start && purchase.paidAt < cycle.end;
}

/** Returns whether a service is in use: not pending any more, and not terminated or vanished. */
export function isLiving({ status }: Pick<ServiceRecord, 'status'>): boolean {
  return status === 'active' || status === 'suspended';
}

/** Returns whether a service has ended: it was terminated, or is gone from the system that it came from. */
export function hasEnded({ status }: { status: string }): boolean {
  return status === 'terminated' || status === 'vanished';
}

/**
 * Refuses to change a service that has ended.
 *
 * @throws SluiceError `wrong_lifecycle`
 */
export function refuseEnded({ id, status }: Pick<ServiceRecord, 'id' | 'status'>): void {
  if (!hasEnded({ status })) return;
  throw new SluiceError(
    'wrong_lifecycle',
    `"${id}" is ${status} and can't be changed; add the service again with another id`,
    { details: { service: id, lifecycle: status } },
  );
}

/**
 * Refuses to change the line of a service that is not in use, and its numbers.
 *
 * @throws SluiceError `wrong_lifecycle`
 */
export function refuseWithoutLine(service: Pick<ServiceRecord, 'id' | 'status'>): void {
  if (isLiving(service)) return;
  const { id, status } = service;
  throw new SluiceError('wrong_lifecycle', `"${id}" is ${status}: it has no line that can be changed`, {
    details: { service: id, lifecycle: status },
  });
}

/** Returns rows by service. */
export function group<T extends { service: string | null }>(rows: T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    if (row.service === null) continue;
    const list = groups.get(row.service);
    if (list) list.push(row);
    else groups.set(row.service, [row]);
  }
  return groups;
}
