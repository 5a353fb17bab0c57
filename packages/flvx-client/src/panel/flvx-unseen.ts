import type { FlvxForward } from '../index.js';

/**
 * Pure: which of the forwards that no look has seen before were stopped by the panel, and ran until then. What the panel
 * stops at once bears one instant, and what was paused before that was paused by the customer himself.
 *
 * @param unseen at rest now, on an account or tunnel that the panel stops by its own rules
 * @param known at rest now, and known to have been stopped by the panel
 * @param atRest all that are at rest
 * @param changes when each forward was last written to
 */
export function stoppedUnseen(
  unseen: readonly FlvxForward[],
  known: readonly FlvxForward[],
  atRest: readonly FlvxForward[],
  changes: ReadonlyMap<number, number>,
): FlvxForward[] {
  const shared = repeated(atRest.flatMap((row) => changes.get(row.id) ?? []));
  const stops = new Set([...shared, ...known.flatMap((row) => changes.get(row.id) ?? [])]);
  return unseen.filter((row) => {
    const at = changes.get(row.id);
    // The panel does not tell: what has carried something has run.
    if (at === undefined) return row.inBytes + row.outBytes > 0;
    const instants = atRest.filter((one) => one.tunnelId === row.tunnelId).flatMap((one) => changes.get(one.id) ?? []);
    const byPanel = instants.filter((instant) => stops.has(instant));
    // Where each was paused by itself, the last one is what was running when the panel stopped it.
    return at >= (byPanel.length > 0 ? Math.min(...byPanel) : Math.max(...instants));
  });
}

function repeated(instants: readonly number[]): number[] {
  return instants.filter((instant, index) => instants.indexOf(instant) !== index);
}
