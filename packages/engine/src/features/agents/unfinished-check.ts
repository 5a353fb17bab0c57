import { type ItemError } from '@sluice/panel-kind';
import type { HeldLease, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** Begins the key of a panel whose agents no check could check to its end; the name of the panel follows. */
export const UNFINISHED_CHECK = 'agents-unfinished:';

/** Since when no check of the agents of a panel has come to its end, and why the last one did not. */
export interface UnfinishedCheck extends ItemError {
  /** The start of the first of them (ISO UTC). */
  since: string;
}

/** Reads that of a panel; null where its last check came to its end, or where there is none. */
export async function readUnfinishedCheck(
  { conditions }: Pick<StoreTables, 'conditions'>,
  panel: string,
): Promise<UnfinishedCheck | null> {
  const condition = await conditions.get(`${UNFINISHED_CHECK}${panel}`);
  return condition === null ? null : { ...(condition.details as ItemError), since: condition.since };
}

/** Notes whether a check of all agents of a panel came to its end. A panel that is down is reported as such. */
export async function noteCheck(
  context: Context,
  leases: HeldLease[],
  { panel, error }: { panel: string; error: ItemError | null },
): Promise<void> {
  const key = `${UNFINISHED_CHECK}${panel}`;
  const known = await context.store.conditions.get(key);
  const isDown = (context.panelFailures().get(panel) ?? null) !== null;
  if ((known === null && error === null) || isDown || context.deps.signal.aborted) return;
  await context.write(leases, async ({ conditions }) => {
    if (error === null) return conditions.end(key);
    const { code, message } = error;
    const since = known?.since ?? context.now();
    return conditions.put({ key, since, runs: (known?.runs ?? 0) + 1, details: { code, message } });
  });
}
