import { badBody, type FlvxCall, type Handler, post } from './call.js';
import { asInteger, asText } from './coerce.js';
import { controlForward, pushForward } from './control.js';
import type { FlvxAnswer } from './envelope.js';
import type { ForwardRow } from './rows.js';
import type { FlvxWorld } from './world.js';

/** The answer to a token whose `sub` is not a user id. */
export const badToken = '无效的token或token已过期';

/** Where customers reach a forward: each address of the tunnel, or of its nodes, with each port. */
function ingress(world: FlvxWorld, row: ForwardRow): { inIp: string; inPort: number | null } {
  const ports = [...new Set(row.ports.map((entry) => entry.port))];
  const addresses = (world.tunnels.get(row.tunnelId)?.inIp ?? '').split(',').map((ip) => ip.trim());
  const known = [...new Set(addresses.filter((ip) => ip !== ''))];
  const pairs =
    known.length > 0
      ? known.flatMap((ip) => ports.map((port) => `${ip}:${port}`))
      : row.ports.map(({ nodeId, port }) => `${world.nodes.get(nodeId)?.serverIp ?? ''}:${port}`);
  return { inIp: ports.length === 0 ? '' : [...new Set(pairs)].join(','), inPort: ports[0] ?? null };
}

/** A forward as user/package shows it (docs/panels/flvx.md, 3.4). */
export function shownInPackage(world: FlvxWorld, row: ForwardRow): Record<string, unknown> {
  const { id, name, tunnelId, remoteAddr, inFlow, outFlow, status, createdTime } = row;
  const tunnelName = world.tunnels.get(tunnelId)?.name ?? '';
  return { id, name, tunnelId, tunnelName, ...ingress(world, row), remoteAddr, inFlow, outFlow, status, createdTime };
}

/** A forward as forward/list shows it (docs/panels/flvx.md, 6.1). */
function shown(world: FlvxWorld, row: ForwardRow): Record<string, unknown> {
  const { userId, userName, strategy, inx } = row;
  const base = shownInPackage(world, row);
  return { ...base, inIp: base.inIp === '' ? null : base.inIp, userId, userName, strategy, inx };
}

export const listForwards: Handler = post((call) => {
  const { userId, world } = call;
  if (userId === null) return call.fail(badToken, 401);
  const rows = call.roleId === 0 ? world.forwards.all() : world.forwards.of(userId);
  return call.ok(rows.sort((a, b) => a.inx - b.inx || a.id - b.id).map((row) => shown(world, row)));
});

/** The lowest port that is free on all entry nodes of a tunnel (the panel chooses a random one). */
export function freePort(world: FlvxWorld, nodeIds: readonly number[]): number {
  const used = new Set<number>();
  for (const forward of world.forwards.values()) {
    for (const { nodeId, port } of forward.ports) if (nodeIds.includes(nodeId)) used.add(port);
  }
  const first = nodeIds[0] === undefined ? undefined : world.nodes.get(nodeIds[0]);
  const [from = 10_000, to = 65_535] = (first?.portRange ?? '').split('-').map(Number);
  for (let port = from; port <= to; port += 1) if (!used.has(port)) return port;
  return 10_000;
}

/** Why the token's user may not create or edit forwards on a tunnel, or null. */
function refusal(call: FlvxCall, userId: number, tunnelId: number, disabled: string): string | null {
  const { world } = call;
  if (call.roleId !== 0 && world.findPermission(userId, tunnelId)?.status !== 1) return '你没有该隧道的权限';
  const tunnel = world.tunnels.get(tunnelId);
  if (tunnel === undefined) return '隧道不存在';
  return tunnel.status === 1 ? null : disabled;
}

const portsOn = (nodeIds: readonly number[], port: number) => nodeIds.map((nodeId) => ({ nodeId, port }));

export const createForward: Handler = (call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const { userId, world } = call;
  if (userId === null) return call.fail(badToken, 401);
  const tunnelId = asInteger(body.tunnelId, 0);
  if (tunnelId <= 0) return call.fail('隧道ID不能为空');
  const refused = refusal(call, userId, tunnelId, '隧道已禁用，无法创建转发');
  if (refused !== null) return call.fail(refused);
  const name = asText(body.name);
  const remoteAddr = asText(body.remoteAddr);
  if (name === '' || remoteAddr === '') return call.fail('转发名称和目标地址不能为空');
  const nodeIds = world.entryNodeIds(world.tunnels.get(tunnelId));
  const asked = asInteger(body.inPort, 0);
  const port = asked > 0 ? asked : freePort(world, nodeIds);
  world.beforeWrite();
  const now = world.now();
  const row = world.forwards.insert({
    userId,
    userName: world.users.get(userId)?.user ?? 'user',
    name,
    tunnelId,
    remoteAddr,
    strategy: asText(body.strategy) || 'fifo',
    inFlow: 0,
    outFlow: 0,
    createdTime: now,
    updatedTime: now,
    status: 1,
    inx: world.nextInx(world.forwards.newest),
    ports: portsOn(nodeIds, port),
  });
  const error = pushForward(world, row, 'AddService');
  if (error === null) return call.ok();
  world.forwards.delete(row.id);
  return call.fail(error);
};

/** The forward that the token's user may touch, or the answer that refuses it. */
export function accessible(call: FlvxCall, id: number): { forward: ForwardRow; userId: number } | FlvxAnswer {
  const { userId, world } = call;
  if (userId === null) return call.fail('invalid syntax', -2);
  const forward = world.forwards.get(id);
  if (forward === undefined || (call.roleId !== 0 && forward.userId !== userId)) return call.fail('转发不存在');
  return { forward, userId };
}

/** Changes a forward and pushes it; if a node refuses, restores and pushes it again. Returns null or the error. */
export function repoint(
  world: FlvxWorld,
  forward: ForwardRow,
  changed: Partial<Pick<ForwardRow, 'name' | 'tunnelId' | 'remoteAddr' | 'strategy'>>,
  port: number,
): string | null {
  const { name, tunnelId, remoteAddr, strategy, ports } = forward;
  world.beforeWrite();
  Object.assign(forward, changed, { updatedTime: world.now() });
  forward.ports = portsOn(world.entryNodeIds(world.tunnels.get(forward.tunnelId)), port);
  const error = pushForward(world, forward, 'UpdateService');
  if (error === null) return null;
  Object.assign(forward, { name, tunnelId, remoteAddr, strategy, ports, updatedTime: world.now() });
  pushForward(world, forward, 'UpdateService');
  return error;
}

/** The port a forward keeps, or a free one on the tunnel. */
export function keptPort(world: FlvxWorld, forward: ForwardRow, tunnelId: number): number {
  const kept = Math.min(...forward.ports.map((entry) => entry.port));
  return kept > 0 && Number.isFinite(kept) ? kept : freePort(world, world.entryNodeIds(world.tunnels.get(tunnelId)));
}

export const updateForward: Handler = (call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const id = asInteger(body.id, 0);
  if (id <= 0) return call.fail('转发ID不能为空');
  const found = accessible(call, id);
  if ('status' in found) return found;
  const { forward, userId } = found;
  const { world } = call;
  const tunnelId = asInteger(body.tunnelId, forward.tunnelId);
  if (tunnelId <= 0) return call.fail('隧道ID不能为空');
  const refused = refusal(call, userId, tunnelId, '隧道已禁用，无法更新转发');
  if (refused !== null) return call.fail(refused);
  const asked = asInteger(body.inPort, 0);
  const changed = {
    tunnelId,
    name: asText(body.name) || forward.name,
    remoteAddr: asText(body.remoteAddr) || forward.remoteAddr,
    strategy: asText(body.strategy) || forward.strategy,
  };
  const error = repoint(world, forward, changed, asked > 0 ? asked : keptPort(world, forward, tunnelId));
  return error === null ? call.ok() : call.fail(error);
};

/** Pauses or resumes the services of a forward, then its row. Returns null or the text of the error; `written` is whether the row was written. */
export function setRunning(
  world: FlvxWorld,
  forward: ForwardRow,
  running: boolean,
): { readonly error: string | null; readonly written: boolean } {
  const error = controlForward(world, forward, running ? 'ResumeService' : 'PauseService');
  if (error !== null) return { error, written: false };
  if (world.databaseLocked) {
    world.wait(5_000);
    return { error: null, written: false };
  }
  Object.assign(forward, { status: running ? 1 : 0, updatedTime: world.now() });
  return { error: null, written: true };
}

/** Deletes the services, then the row; an offline node keeps the row. Null or the text of the error. */
export function dropForward(world: FlvxWorld, forward: ForwardRow): string | null {
  const error = controlForward(world, forward, 'DeleteService');
  if (error !== null) return error;
  world.beforeWrite();
  world.forwards.delete(forward.id);
  return null;
}
