import { SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';

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
