import type { FlvxForward } from '../../client/records.js';
import { sumBytes } from '../rules.js';
import { beginOfStop, compareInstant, type Comparison } from './comparison.js';

/**
 * Returns those of the forwards that the panel stopped since the last observation. It stops all of a user, or of a tunnel, within
 * moments: what was paused earlier was paused by the customer (docs/panels/flvx.md#83-when-rows-were-written). Pure.
 *
 * @param isOfTunnel whether the panel stopped the tunnel of a forward, not its user
 */
export function withoutCustomersPauses(
  comparison: Comparison,
  paused: readonly FlvxForward[],
  isOfTunnel: (row: FlvxForward) => boolean,
): FlvxForward[] {
  if (comparison.past.changes === null) return [...paused];
  const stops = new Map(paused.map((row) => [row, isOfTunnel(row) ? row.tunnelId : null]));
  const listInstants = (rows: readonly FlvxForward[]): number[] =>
    rows.flatMap((row) => instantOfPause(comparison, row) ?? []);
  const all = listInstants(paused);
  return paused.filter((row) => {
    const of = stops.get(row);
    const together = listInstants(paused.filter((other) => stops.get(other) === of));
    const shared = together.filter((instant, index) => together.indexOf(instant) !== index);
    // A stop of the user pauses the forwards of all tunnels, of those too whose own quota is used up by the same report.
    const stop = shared.length > 0 ? Math.min(...shared) : Math.max(...(of === null ? all : together));
    return (instantOfPause(comparison, row) ?? stop) >= beginOfStop(comparison, stop, all);
  });
}

/** Returns when a forward was paused; undefined where that is not known, or a step has written to it since. */
function instantOfPause(comparison: Comparison, row: FlvxForward): number | undefined {
  const from = comparison.replay.written.get(row.id);
  const isOfStep = from !== undefined && compareInstant(comparison, row, { from, until: Infinity }) === 0;
  return isOfStep ? undefined : comparison.past.changes?.get(row.id);
}

/**
 * Returns those of the forwards that were never observed before that ran until the panel stopped them. Everything that the
 * panel stops at once has the same instant; what was paused earlier was paused by the customer. Pure.
 *
 * @param unobserved paused now, on an account or tunnel that the panel stops by its own rules
 * @param known paused now, and known to have been stopped by the panel
 * @param atRest all that are paused now
 * @param changes when each forward was last written to
 */
export function listStoppedByPanel(
  unobserved: readonly FlvxForward[],
  known: readonly FlvxForward[],
  atRest: readonly FlvxForward[],
  changes: ReadonlyMap<number, number>,
): FlvxForward[] {
  const all = atRest.flatMap((row) => changes.get(row.id) ?? []);
  const shared = all.filter((instant, index) => all.indexOf(instant) !== index);
  const stops = new Set([...shared, ...known.flatMap((row) => changes.get(row.id) ?? [])]);
  return unobserved.filter((row) => {
    const at = changes.get(row.id);
    // Without an instant: a forward that carried traffic has run.
    if (at === undefined) return sumBytes(row) > 0;
    const instants = atRest.filter((one) => one.tunnelId === row.tunnelId).flatMap((one) => changes.get(one.id) ?? []);
    const byPanel = instants.filter((instant) => stops.has(instant));
    // Where no two instants are the same, the last one paused is what ran when the panel stopped it.
    return at >= (byPanel.length > 0 ? Math.min(...byPanel) : Math.max(...instants));
  });
}
