import { byId } from './by-id.js';
import { badBody, type FlvxCall, type Handler, post } from './call.js';
import { asDecimal, asInteger, asObjects, asText } from './coerce.js';
import { pushForward } from './control.js';
import type { ChainRow, TunnelRow } from './rows.js';
import type { FlvxWorld } from './world.js';

type Sent = Readonly<Record<string, unknown>>;

/** A tunnel as tunnel/list shows it (docs/panels/flvx.md, 5.1). */
function shown(row: TunnelRow): Record<string, unknown> {
  const { chain, updatedTime: _updatedTime, ...rest } = row;
  const hops = chain.filter((part) => part.chainType === 2);
  return {
    ...rest,
    inNodeId: chain.filter((part) => part.chainType === 1),
    outNodeId: chain.filter((part) => part.chainType === 3),
    chainNodes: [...new Set(hops.map((part) => part.inx))]
      .sort((a, b) => a - b)
      .map((inx) => hops.filter((part) => part.inx === inx)),
  };
}

/** All tunnels in the panel's order. */
function ordered(world: FlvxWorld): TunnelRow[] {
  return world.tunnels.all().sort((a, b) => a.inx - b.inx || a.id - b.id);
}

export const listTunnels: Handler = post((call) => call.ok(ordered(call.world).map(shown)));

export const getTunnel: Handler = byId((call, id) => {
  const row = call.world.tunnels.get(id);
  return row === undefined ? call.fail('隧道不存在') : call.ok(shown(row));
});

function toChain(items: readonly Sent[], chainType: 1 | 2 | 3, inx: number): ChainRow[] {
  return items
    .map((item) => ({
      chainType,
      inx,
      nodeId: asInteger(item.nodeId, 0),
      protocol: asText(item.protocol) || 'tls',
      strategy: asText(item.strategy) || 'round',
    }))
    .filter((part) => part.nodeId > 0);
}

/** The addresses under which a tunnel's entries are reached. */
export function entryAddresses(world: FlvxWorld, chain: readonly ChainRow[]): string | null {
  const entries = chain.filter((part) => part.chainType === 1);
  const addresses = entries.map((part) => world.nodes.get(part.nodeId)?.serverIp ?? '').filter((ip) => ip !== '');
  return addresses.length === 0 ? null : [...new Set(addresses)].join(',');
}

/** The parts of a tunnel from a request, or the text of the refusal. */
function readChain(call: FlvxCall, body: Sent, type: number): ChainRow[] | string {
  const entries = toChain(asObjects(body.inNodeId), 1, 0);
  if (entries.length === 0) return '入口不能为空';
  const chain = [...entries];
  if (type === 2) {
    const exits = toChain(asObjects(body.outNodeId), 3, 0);
    if (exits.length === 0) return '出口不能为空';
    const hops: readonly unknown[] = Array.isArray(body.chainNodes) ? body.chainNodes : [];
    chain.push(...exits, ...hops.flatMap((hop, at) => toChain(asObjects(hop), 2, at + 1)));
  }
  const seen = new Set<number>();
  for (const { nodeId } of chain) {
    if (seen.has(nodeId)) return '节点重复';
    seen.add(nodeId);
    const node = call.world.nodes.get(nodeId);
    if (node === undefined) return '节点不存在';
    if (node.status !== 1) return '部分节点不在线';
  }
  return chain;
}

function toValues(body: Sent) {
  return {
    name: asText(body.name),
    type: asInteger(body.type, 1),
    flow: asInteger(body.flow, 1),
    trafficRatio: asDecimal(body.trafficRatio, 1),
    status: asInteger(body.status, 1),
    ipPreference: asText(body.ipPreference),
  };
}

export const createTunnel: Handler = post((call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const { world } = call;
  const values = toValues(body);
  if (values.name === '') return call.fail('隧道名称不能为空');
  if (world.tunnels.find((row) => row.name === values.name) !== undefined) return call.fail('隧道名称重复');
  const chain = readChain(call, body, values.type);
  if (typeof chain === 'string') return call.fail(chain);
  world.beforeWrite();
  const now = world.now();
  const inx = world.nextInx(world.tunnels.newest);
  const inIp = asText(body.inIp) || entryAddresses(world, chain);
  world.tunnels.insert({ ...values, inx, inIp, chain, createdTime: now, updatedTime: now });
  return call.ok();
});

/** tunnel/update: overwrites like user/update, then pushes all forwards of the tunnel, paused ones included. */
export const updateTunnel: Handler = post((call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const id = asInteger(body.id, 0);
  if (id <= 0) return call.fail('隧道ID不能为空');
  const { world } = call;
  const values = toValues(body);
  const chain = readChain(call, body, values.type);
  if (typeof chain === 'string') return call.fail(chain);
  world.beforeWrite();
  const row = world.tunnels.get(id);
  if (row === undefined) return call.ok();
  Object.assign(row, values, { chain, inIp: entryAddresses(world, chain), updatedTime: world.now() });
  for (const forward of world.forwards.all()) {
    if (forward.tunnelId === id) pushForward(world, forward, 'UpdateService');
  }
  return call.ok();
});

export const deleteTunnel: Handler = byId((call, id) => {
  const { world } = call;
  world.beforeWrite();
  world.forwards.deleteWhere((row) => row.tunnelId === id);
  world.permissions.deleteWhere((row) => row.tunnelId === id);
  world.limits.deleteWhere((row) => row.tunnelId === id);
  world.tunnels.delete(id);
  return call.ok();
});
