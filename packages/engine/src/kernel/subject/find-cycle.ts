import type { CycleRecord, StoreTables } from '@sluice/state-store';

/** Returns the cycle that a row of a service names; undefined where it names none, or one that is not stored any more. */
export async function findCycle(
  { cycles }: Pick<StoreTables, 'cycles'>,
  { service, cycle }: { service: string; cycle: string | null },
): Promise<CycleRecord | undefined> {
  return (await cycles.ofService(service)).find(({ id }) => id === cycle);
}
