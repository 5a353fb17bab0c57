import { byId } from './by-id.js';
import { badBody, type Handler, post } from './call.js';
import { asInteger, asText } from './coerce.js';
import { addLimiter } from './control.js';
import type { FlvxWorld } from './world.js';

export const listLimits: Handler = post((call) => call.ok(call.world.limits.all()));

function announce(world: FlvxWorld, limitId: number, speed: number, tunnelId: number): void {
  for (const nodeId of world.entryNodeIds(world.tunnels.get(tunnelId))) addLimiter(world, nodeId, limitId, speed);
}

export const createLimit: Handler = (call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const tunnelId = asInteger(body.tunnelId, 0);
  if (tunnelId <= 0) return call.fail('隧道ID不能为空');
  const name = asText(body.name);
  if (name === '') return call.fail('名称不能为空');
  const { world } = call;
  const tunnelName = world.tunnels.get(tunnelId)?.name ?? '';
  if (tunnelName === '') return call.fail('隧道不存在');
  world.beforeWrite();
  const now = world.now();
  const speed = asInteger(body.speed, 100);
  const status = asInteger(body.status, 1);
  const row = world.limits.insert({ name, speed, tunnelId, tunnelName, status, createdTime: now, updatedTime: now });
  announce(world, row.id, speed, tunnelId);
  return call.ok();
};

export const updateLimit: Handler = (call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const id = asInteger(body.id, 0);
  const tunnelId = asInteger(body.tunnelId, 0);
  if (id <= 0 || tunnelId <= 0) return call.fail(badBody);
  const { world } = call;
  const tunnelName = world.tunnels.get(tunnelId)?.name ?? '';
  if (tunnelName === '') return call.fail('隧道不存在');
  world.beforeWrite();
  const speed = asInteger(body.speed, 100);
  const row = world.limits.get(id);
  if (row !== undefined) {
    const status = asInteger(body.status, 1);
    Object.assign(row, { name: asText(body.name), speed, tunnelId, tunnelName, status, updatedTime: world.now() });
  }
  announce(world, id, speed, tunnelId);
  return call.ok();
};

export const deleteLimit: Handler = byId((call, id) => {
  const { world } = call;
  const row = world.limits.get(id);
  world.beforeWrite();
  world.limits.delete(id);
  for (const nodeId of world.entryNodeIds(world.tunnels.get(row?.tunnelId ?? 0))) {
    world.send(nodeId, 'DeleteLimiters', { limiter: String(id) });
  }
  return call.ok();
});
