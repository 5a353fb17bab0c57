import type { FlvxForward, FlvxTunnel } from '../../client/records.js';
import { sumBytes } from '../rules.js';

/** The tunnels from which forwards were moved, by forward. */
type MovedForwards = Record<string, number[]>;

/** What is known of forwards from before. */
interface KnownForwards {
  forwards: Readonly<Record<string, { status: number; bytes: number; tunnelId?: number }>>;
  /** Those that run although they are shown as paused. */
  restarted: readonly number[];
  moved?: MovedForwards;
  quiet?: Record<string, number>;
}

/**
 * Returns from which tunnels forwards were moved, those since the last observation included; no key for none. A pause goes to the
 * entry nodes of the present tunnel only, so the service on those of the former one runs on (docs/panels/flvx.md, 6.2), unless it was
 * paused there before. And since when those that are paused have carried nothing. Pure.
 *
 * @param tunnels all tunnels; none where they were not read: then those that a pause does reach are among them
 * @param at when the forwards were read
 */
export function findMoved(
  { forwards: before, restarted, moved: known = {}, quiet: knownQuiet = {} }: KnownForwards,
  forwards: readonly FlvxForward[],
  { tunnels, at }: { tunnels: readonly FlvxTunnel[]; at: number },
): Pick<KnownForwards, 'moved' | 'quiet'> {
  const moved: MovedForwards = {};
  const quiet: Record<string, number> = {};
  for (const row of forwards) {
    const { id, tunnelId } = row;
    const seen = before[id];
    const last = seen?.tunnelId ?? tunnelId;
    if (last === tunnelId && known[id] === undefined) continue;
    const wasPaused = seen !== undefined && seen.status !== 1 && !restarted.includes(id);
    const left = [...new Set([...(known[id] ?? []), ...(wasPaused ? [] : [last])])];
    // Back on a tunnel, its service there can be paused again.
    const former = left.filter((from) => from !== tunnelId && !reaches(tunnels, tunnelId, from));
    if (former.length === 0) continue;
    moved[id] = former;
    const isQuiet = seen !== undefined && seen.status !== 1 && row.status !== 1 && sumBytes(row) === seen.bytes;
    if (isQuiet) quiet[id] = knownQuiet[id] ?? at;
  }
  return { ...(Object.keys(moved).length > 0 && { moved }), ...(Object.keys(quiet).length > 0 && { quiet }) };
}

/** Whether forwards were moved, as far as that is known without the tunnels. */
export function isMoved(known: KnownForwards, forwards: readonly FlvxForward[]): boolean {
  return findMoved(known, forwards, { tunnels: [], at: 0 }).moved !== undefined;
}

/** Whether a pause of a forward on a tunnel also reaches its services on the entry nodes of another. */
function reaches(tunnels: readonly FlvxTunnel[], tunnelId: number, other: number): boolean {
  const listEntries = (id: number) => tunnels.find((row) => row.id === id)?.entryNodes.map(({ nodeId }) => nodeId);
  const [reached, entries] = [listEntries(tunnelId), listEntries(other)];
  return reached !== undefined && entries?.every((id) => reached.includes(id)) === true;
}
