import { pauseByPanel } from './control.js';
import type { PermissionRow, UserRow } from './rows.js';
import type { FlvxWorld } from './world.js';

/** A quota in GB as the panel computes it: bytes in a signed 64-bit number that wraps around (docs/panels/flvx.md, 7.2). */
function limitBytes(flow: number): bigint {
  return BigInt.asIntN(64, BigInt(flow) * 2n ** 30n);
}

const usedBytes = (row: { readonly inFlow: number; readonly outFlow: number }): bigint =>
  BigInt(row.inFlow) + BigInt(row.outFlow);

const isOver = (row: { readonly expTime: number; readonly status: number }, now: number): boolean =>
  (row.expTime > 0 && row.expTime <= now) || row.status !== 1;

/** A user is stopped above his quota (strict), when expired or not active. */
function stopsUser(user: UserRow, now: number): boolean {
  return limitBytes(user.flow) < usedBytes(user) || isOver(user, now);
}

/** A permission is stopped from its quota on (not strict: quota 0 blocks at once), when expired or not active. */
function stopsPermission(permission: PermissionRow, now: number): boolean {
  return usedBytes(permission) >= limitBytes(permission.flow) || isOver(permission, now);
}

/** The tunnel's price for bytes: ratio first, cut to a whole number, then the multiplier. */
function scaled(world: FlvxWorld, forwardId: number, bytes: number): number {
  const forward = world.forwards.get(forwardId);
  const tunnel = forward === undefined ? undefined : world.tunnels.get(forward.tunnelId);
  if (tunnel === undefined) return bytes;
  const ratio = tunnel.trafficRatio > 0 ? tunnel.trafficRatio : 1;
  const multiplier = tunnel.flow > 0 ? tunnel.flow : 1;
  return Math.trunc(bytes * ratio) * multiplier;
}

/**
 * One item of a node's traffic report (docs/panels/flvx.md, 7.1 and 7.2): counts for forward, user and the permission that the service name
 * names, then the two pause rules over forwards with `status` 1. `inBytes` came from the customer's clients, `outBytes` went to them.
 * A name that is not that of a forward's service is ignored.
 */
export function reportTraffic(world: FlvxWorld, service: string, inBytes: number, outBytes: number): void {
  const ids = service.trim().split('_').slice(0, 3);
  const [forwardId = 0, userId = 0, permissionId = 0] = ids.map((id) =>
    /^[+-]?\d+$/.test(id) ? Number(id) : Number.NaN,
  );
  if (ids.length < 3 || !(forwardId > 0) || !(userId > 0) || Number.isNaN(permissionId)) return;
  if (world.databaseLocked) return;
  const counted = { in: scaled(world, forwardId, inBytes), out: scaled(world, forwardId, outBytes) };
  const permission = permissionId > 0 ? world.permissions.get(permissionId) : undefined;
  for (const row of [world.forwards.get(forwardId), world.users.get(userId), permission]) {
    if (row === undefined) continue;
    row.inFlow += counted.in;
    row.outFlow += counted.out;
  }
  if (permissionId > 0) enforce(world, userId, permissionId);
}

function enforce(world: FlvxWorld, userId: number, permissionId: number): void {
  const now = world.now();
  const running = (owner: number) => world.forwards.of(owner).filter((forward) => forward.status === 1);
  const user = world.users.get(userId);
  if (user !== undefined && stopsUser(user, now)) pauseByPanel(world, running(userId), now);
  const permission = world.permissions.get(permissionId);
  if (permission !== undefined && stopsPermission(permission, now)) {
    const { userId: owner, tunnelId } = permission;
    pauseByPanel(
      world,
      running(owner).filter((forward) => forward.tunnelId === tunnelId),
      now,
    );
  }
}
