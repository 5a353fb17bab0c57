import type { FlvxForward, FlvxTunnel } from '../../client/records.js';

/** The tunnels from which forwards were moved, by forward. */
type MovedForwards = Record<string, number[]>;

/** What is known of forwards from before. */
interface KnownForwards {
  forwards: Readonly<Record<string, { tunnelId?: number }>>;
  moved?: MovedForwards;
}

/**
 * Returns from which tunnels forwards were moved, those since the last observation included; no key for none. A pause goes to the
 * entry nodes of the present tunnel only, so the service on those of the former one runs on (docs/panels/flvx.md, 6.2). Pure.
 *
 * @param tunnels all tunnels; none where they were not read: then those that a pause does reach are among them
 */
export function findMoved(
  { forwards: before, moved: known = {} }: KnownForwards,
  forwards: readonly FlvxForward[],
  tunnels: readonly FlvxTunnel[],
): Pick<KnownForwards, 'moved'> {
  const moved: MovedForwards = {};
  for (const { id, tunnelId } of forwards) {
    const { tunnelId: last = tunnelId } = before[id] ?? {};
    if (last === tunnelId && known[id] === undefined) continue;
    const left = [...new Set([...(known[id] ?? []), last])];
    // Back on a tunnel, its service there can be paused again.
    const former = left.filter((from) => from !== tunnelId && !reaches(tunnels, tunnelId, from));
    if (former.length > 0) moved[id] = former;
  }
  return Object.keys(moved).length > 0 ? { moved } : {};
}

/** Whether forwards were moved, as far as that is known without the tunnels. */
export function isMoved(known: KnownForwards, forwards: readonly FlvxForward[]): boolean {
  return findMoved(known, forwards, []).moved !== undefined;
}

/** Whether a pause of a forward on a tunnel also reaches its services on the entry nodes of another. */
function reaches(tunnels: readonly FlvxTunnel[], tunnelId: number, other: number): boolean {
  const listEntries = (id: number) => tunnels.find((row) => row.id === id)?.entryNodes.map(({ nodeId }) => nodeId);
  const [reached, entries] = [listEntries(tunnelId), listEntries(other)];
  return reached !== undefined && entries?.every((id) => reached.includes(id)) === true;
}
