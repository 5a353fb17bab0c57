import type { ServiceConfig } from './node-agent.js';
import type { ForwardRow } from './rows.js';
import type { FlvxWorld } from './world.js';

const isThere = (error: string): boolean => /exists|already|已存在/i.test(error);
const isMissing = (error: string): boolean => /not found|不存在/i.test(error);

/** The name, port, chain and limiter of a forward's services on one entry node. */
interface EntryServices {
  /** Name of the services without the protocol. */
  readonly base: string;
  readonly port: number;
  readonly chain: string | null;
  readonly limiter: string | null;
}

function serviceConfigs(forward: ForwardRow, { base, port, chain, limiter }: EntryServices) {
  const targets = forward.remoteAddr
    .split(',')
    .map((target) => target.trim())
    .filter((target) => target !== '');
  return ['tcp', 'udp'].map((protocol) => ({
    name: `${base}_${protocol}`,
    addr: `[::]:${port}`,
    handler: { type: protocol, ...(chain === null ? {} : { chain }) },
    listener: { type: protocol },
    forwarder: {
      nodes: targets.map((addr, at) => ({ name: `node_${at + 1}`, addr })),
      selector: { strategy: forward.strategy },
    },
    ...(limiter === null ? {} : { limiter }),
  })) satisfies ServiceConfig[];
}

/** A speed in Mbit/s as nodes get it: MB of 2^20 bytes per second each way, one decimal (docs/panels/flvx.md, 5.4). */
export function limiterText(speed: number): string {
  // Halves are rounded to the even digit: 50 Mbit/s are 6.25 and become 6.2, 6 Mbit/s are 0.75 and become 0.8.
  const tenths = (speed * 10) / 8;
  const below = Math.floor(tenths);
  const rounded = tenths - below === 0.5 ? below + (below % 2) : Math.round(tenths);
  const rate = (rounded / 10).toFixed(1);
  return `$ ${rate}MB ${rate}MB`;
}

/** Sends a limit to a node. A node that has the limit keeps its old speed without an error. */
export function addLimiter(world: FlvxWorld, nodeId: number, limitId: number, speed: number): void {
  world.send(nodeId, 'AddLimiters', { name: String(limitId), limits: [limiterText(speed)] });
}

/**
 * Pushes the services of a forward to its entry nodes under the user's present permission id, running (docs/panels/flvx.md, 6.3).
 * A port in use and an existing service count as success. Returns null, or the text of the error; nodes before the failing
 * one have done their part.
 */
export function pushForward(
  world: FlvxWorld,
  forward: ForwardRow,
  method: 'AddService' | 'UpdateService',
): string | null {
  const tunnel = world.tunnels.get(forward.tunnelId);
  if (tunnel === undefined) return '隧道不存在';
  if (forward.ports.length === 0) return '转发入口端口不存在';
  const permission = world.findPermission(forward.userId, forward.tunnelId);
  const limit = permission?.speedId == null ? undefined : world.limits.get(permission.speedId);
  const base = `${forward.id}_${forward.userId}_${permission?.id ?? 0}`;
  const chain = tunnel.type === 2 ? `chains_${tunnel.id}` : null;
  for (const { nodeId, port } of forward.ports) {
    if (limit !== undefined) addLimiter(world, nodeId, limit.id, limit.speed);
    const node = world.nodes.get(nodeId);
    if (node === undefined) return '节点不存在';
    const limiter = limit === undefined ? null : String(limit.id);
    const services = serviceConfigs(forward, { base, port, chain, limiter });
    let error = world.send(nodeId, method, services);
    if (error !== null && !isThere(error) && method === 'UpdateService')
      error = world.send(nodeId, 'AddService', services);
    if (error !== null && !isThere(error)) return `节点 ${node.name} 下发失败: ${error}`;
  }
  return null;
}

/** Pushes all forwards of a user on a tunnel; what the nodes answer is ignored. Paused services run again. */
export function pushUserTunnel(world: FlvxWorld, userId: number, tunnelId: number): void {
  for (const forward of world.forwards.of(userId)) {
    if (forward.tunnelId === tunnelId) pushForward(world, forward, 'UpdateService');
  }
}

/** The permission ids that may stand in the names of a forward's services, in the order in which the panel tries them. */
function candidateIds(world: FlvxWorld, forward: ForwardRow): number[] {
  const present = world.findPermission(forward.userId, forward.tunnelId)?.id ?? 0;
  return [...new Set([present, ...world.permissions.of(forward.userId).map((row) => row.id), 0])];
}

/** What became of one command on one node: done, not known there (with the last text), or failed. */
type Outcome = { readonly done: true } | { readonly done: false; readonly missing: boolean; readonly error: string };

function controlOnNode(world: FlvxWorld, forward: ForwardRow, nodeId: number, type: string): Outcome {
  let last = 'service control failed';
  for (const id of candidateIds(world, forward)) {
    const base = `${forward.id}_${forward.userId}_${id}`;
    let handled = false;
    for (const name of [`${base}_tcp`, `${base}_udp`, base]) {
      const error = world.send(nodeId, type, { services: [name] });
      if (error === null) handled = true;
      else if (isMissing(error)) last = error;
      else return { done: false, missing: false, error };
    }
    if (handled) return { done: true };
  }
  return { done: false, missing: true, error: last };
}

/**
 * Pauses, resumes or deletes the services of a forward on each entry node, one after the other (docs/panels/flvx.md, 6.3).
 * Returns null, or the text of the error; not atomic: nodes before the failing one have done it.
 */
export function controlForward(
  world: FlvxWorld,
  forward: ForwardRow,
  type: 'PauseService' | 'ResumeService' | 'DeleteService',
): string | null {
  for (const nodeId of new Set(forward.ports.map((port) => port.nodeId))) {
    const outcome = controlOnNode(world, forward, nodeId, type);
    if (!outcome.done && !(outcome.missing && type === 'DeleteService')) return outcome.error;
  }
  return null;
}

/** What the panel does to forwards that it stops by itself: node errors are ignored, `status` becomes 0 in any case. */
export function pauseByPanel(world: FlvxWorld, forwards: readonly ForwardRow[], now: number): void {
  for (const forward of forwards) {
    controlForward(world, forward, 'PauseService');
    forward.status = 0;
    forward.updatedTime = now;
  }
}

/** The orphan cleanup of one node: services of forwards and limits that the panel no longer knows are removed (docs/panels/flvx.md, 6.4). */
export function cleanNode(world: FlvxWorld, nodeId: number): void {
  const node = world.nodes.get(nodeId);
  if (node === undefined) return;
  for (const name of [...node.agent.services.keys()]) {
    const [forwardId = '', userId = '', permissionId = ''] = name.split('_');
    if (Number(forwardId) > 0 && world.forwards.get(Number(forwardId)) === undefined) {
      const base = `${forwardId}_${userId}_${permissionId}`;
      world.send(nodeId, 'DeleteService', { services: [name, base, `${base}_tcp`, `${base}_udp`] });
    }
  }
  for (const name of [...node.agent.limiters.keys()]) {
    if (world.limits.get(Number(name)) === undefined) world.send(nodeId, 'DeleteLimiters', { limiter: name });
  }
}
