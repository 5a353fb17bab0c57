import { byId, byIds } from './by-id.js';
import { badBody, type FlvxCall, type Handler } from './call.js';
import { pushForward } from './control.js';
import { accessible, badToken, dropForward, keptPort, repoint, setRunning } from './forwards.js';
import type { ForwardRow } from './rows.js';
import { DatabaseLocked, lockedMessage } from './world.js';

type Act = (call: FlvxCall, forward: ForwardRow) => string | null;

const one = (act: Act): Handler =>
  byId((call, id) => {
    const found = accessible(call, id);
    if ('status' in found) return found;
    const error = act(call, found.forward);
    return error === null ? call.ok() : call.fail(error);
  });

/** One after the other; code 0 in any case, the failures are counted (docs/panels/flvx.md, 6.2). */
const batch = (act: Act): Handler =>
  byIds((call, ids) => {
    const { userId } = call;
    if (userId === null) return call.fail(badToken, 401);
    let successCount = 0;
    for (const id of ids) {
      const found = accessible(call, id);
      if (!('status' in found) && succeeds(() => act(call, found.forward))) successCount += 1;
    }
    return call.ok({ successCount, failCount: ids.length - successCount });
  });

function succeeds(act: () => string | null): boolean {
  try {
    return act() === null;
  } catch (error) {
    if (error instanceof DatabaseLocked) return false;
    throw error;
  }
}

/** A single pause or resume ignores a failed write of the row; a batch counts it as a failure. */
const mark =
  (running: boolean): Act =>
  (call, forward) =>
    setRunning(call.world, forward, running).error;
const markAndCheck =
  (running: boolean): Act =>
  (call, forward) => {
    const { error, written } = setRunning(call.world, forward, running);
    return written ? null : (error ?? lockedMessage);
  };
const drop: Act = (call, forward) => dropForward(call.world, forward);
const redeploy: Act = (call, forward) => pushForward(call.world, forward, 'UpdateService');

export const pauseForward = one(mark(false));
export const resumeForward = one(mark(true));
export const deleteForward = one(drop);
export const batchPause = batch(markAndCheck(false));
export const batchResume = batch(markAndCheck(true));
export const batchDelete = batch(drop);
export const batchRedeploy = batch(redeploy);

export const batchChangeTunnel: Handler = (call) => {
  const body = call.strict({ forwardIds: 'integers', targetTunnelId: 'integer' });
  if (typeof body === 'string' || body.targetTunnelId <= 0) return call.fail(badBody);
  const { userId, world } = call;
  if (userId === null) return call.fail(badToken, 401);
  const { targetTunnelId } = body;
  if (call.roleId !== 0 && world.findPermission(userId, targetTunnelId)?.status !== 1) {
    return call.fail('你没有该隧道的权限');
  }
  const tunnel = world.tunnels.get(targetTunnelId);
  if (tunnel === undefined) return call.fail('目标隧道不存在');
  if (tunnel.status !== 1) return call.fail('目标隧道已禁用');
  const ids = body.forwardIds.filter((id) => id > 0);
  let successCount = 0;
  for (const id of ids) {
    const found = accessible(call, id);
    if ('status' in found || found.forward.tunnelId === targetTunnelId) continue;
    const { forward } = found;
    const port = keptPort(world, forward, targetTunnelId);
    if (succeeds(() => repoint(world, forward, { tunnelId: targetTunnelId }, port))) successCount += 1;
  }
  return call.ok({ successCount, failCount: ids.length - successCount });
};
