import type { FlvxForward } from '../../client/records/forward.js';

/**
 * Returns the forwards that ran until the panel stopped them, among those that were never observed before. Everything that the
 * panel stops at once has the same instant; what was paused before that instant was paused by the customer. Pure.
 *
 * @param unseen paused now, on an account or tunnel that the panel stops by its own rules
 * @param known paused now, and known to have been stopped by the panel
 * @param atRest all that are paused now
 * @param changes when each forward was last written to
 */
export function stoppedByPanel(
  unseen: readonly FlvxForward[],
  known: readonly FlvxForward[],
  atRest: readonly FlvxForward[],
  changes: ReadonlyMap<number, number>,
): FlvxForward[] {
  const shared = repeated(atRest.flatMap((row) => changes.get(row.id) ?? []));
  const stops = new Set([...shared, ...known.flatMap((row) => changes.get(row.id) ?? [])]);
  return unseen.filter((row) => {
    const at = changes.get(row.id);
    // Without an instant: a forward that carried something has run.
    if (at === undefined) return row.inBytes + row.outBytes > 0;
    const instants = atRest.filter((one) => one.tunnelId === row.tunnelId).flatMap((one) => changes.get(one.id) ?? []);
    const byPanel = instants.filter((instant) => stops.has(instant));
    // Where each was paused by itself, the last one is what ran when the panel stopped it.
    return at >= (byPanel.length > 0 ? Math.min(...byPanel) : Math.max(...instants));
  });
}

function repeated(instants: readonly number[]): number[] {
  return instants.filter((instant, index) => instants.indexOf(instant) !== index);
}
