import type { FlvxEvidence } from './evidence.js';

/**
 * One evidence for two holds on the same service. What the earlier one recorded counts: the later one saw the account as the
 * earlier one had left it. When a hold ends while another stays, the other one's evidence becomes the merged one, so that the
 * last release brings back what was before the first.
 */
export function mergeEvidence(earlier: FlvxEvidence, later: FlvxEvidence): FlvxEvidence {
  const tunnels = new Set(earlier.permissions.map((row) => row.tunnelId));
  const known = new Map(earlier.forwards.map((row) => [row.id, row]));
  const remembered = later.forwards.map((row) => {
    const before = known.get(row.id);
    return before === undefined ? row : { ...before, remoteAddr: before.remoteAddr ?? row.remoteAddr };
  });
  const seen = new Set(remembered.map((row) => row.id));
  return {
    user: earlier.user ?? later.user,
    permissions: [...earlier.permissions, ...later.permissions.filter((row) => !tunnels.has(row.tunnelId))],
    forwards: [...earlier.forwards.filter((row) => !seen.has(row.id)), ...remembered].sort((a, b) => a.id - b.id),
    speed: earlier.speed === null ? later.speed : mergeSpeed(earlier.speed, later.speed),
  };
}

type Speed = NonNullable<FlvxEvidence['speed']>;

function mergeSpeed(earlier: Speed, later: Speed | null): Speed {
  if (later === null) return earlier;
  const tunnels = new Set(earlier.prior.map((row) => row.tunnelId));
  return { ...later, prior: [...earlier.prior, ...later.prior.filter((row) => !tunnels.has(row.tunnelId))] };
}
