import { byId } from './by-id.js';
import { badBody, type FlvxCall, type Handler, post, yearMs } from './call.js';
import { asInteger, asIntegerOrNull } from './coerce.js';
import { pushUserTunnel } from './control.js';
import type { FlvxAnswer } from './envelope.js';
import type { PermissionRow } from './rows.js';
import type { FlvxWorld } from './world.js';

type Sent = Readonly<Record<string, unknown>>;

function insertPermission(world: FlvxWorld, userId: number, tunnelId: number, body: Sent): void {
  const user = world.users.get(userId);
  const given = (field: string, fallback: number): number => {
    const value = asInteger(body[field], -1);
    return value < 0 ? fallback : value;
  };
  // The user's own values are used unchanged, but a negative one means "absent".
  const inherited = (value: number | undefined, fallback: number): number =>
    value === undefined || value < 0 ? fallback : value;
  world.permissions.insert({
    userId,
    tunnelId,
    speedId: asIntegerOrNull(body.speedId),
    num: given('num', inherited(user?.num, 0)),
    flow: given('flow', inherited(user?.flow, 0)),
    inFlow: 0,
    outFlow: 0,
    flowResetTime: given('flowResetTime', inherited(user?.flowResetTime, 1)),
    expTime: given('expTime', inherited(user?.expTime, world.now() + yearMs)),
    status: given('status', 1),
  });
}

function keepOrSet(world: FlvxWorld, row: PermissionRow, body: Sent): void {
  for (const field of ['flow', 'num', 'expTime', 'flowResetTime', 'status'] as const) {
    const value = asInteger(body[field], -1);
    if (value >= 0) row[field] = value;
  }
  if ('speedId' in body) row.speedId = asIntegerOrNull(body.speedId);
  pushUserTunnel(world, row.userId, row.tunnelId);
}

/** The upsert of assign and batch-assign (docs/panels/flvx.md, 4.2); returns null or the text of the error. */
function upsert(world: FlvxWorld, body: Sent): string | null {
  const userId = asInteger(body.userId, 0);
  const tunnelId = asInteger(body.tunnelId, 0);
  if (userId <= 0 || tunnelId <= 0) return 'userId or tunnelId missing';
  const row = world.findPermission(userId, tunnelId);
  world.beforeWrite();
  if (row === undefined) insertPermission(world, userId, tunnelId, body);
  else keepOrSet(world, row, body);
  return null;
}

function answerUpsert(call: FlvxCall, items: readonly Sent[]): FlvxAnswer {
  for (const item of items) {
    const error = upsert(call.world, item);
    if (error !== null) return call.fail(error, -2);
  }
  return call.ok();
}

export const assign: Handler = (call) => {
  const body = call.map();
  return body === null ? call.fail(badBody) : answerUpsert(call, [body]);
};

export const batchAssign: Handler = (call) => {
  const body = call.strict({ userId: 'integer', tunnels: { tunnelId: 'integer', speedId: 'integer?' } });
  if (typeof body === 'string' || body.userId <= 0) return call.fail(badBody);
  const { userId, tunnels } = body;
  return answerUpsert(
    call,
    tunnels.map(({ tunnelId, speedId }) => ({ userId, tunnelId, ...(speedId === null ? {} : { speedId }) })),
  );
};

export const updatePermission: Handler = (call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const id = asInteger(body.id, 0);
  if (id <= 0) return call.fail('权限ID不能为空');
  const { world } = call;
  world.beforeWrite();
  const row = world.permissions.get(id);
  if (row === undefined) return call.ok();
  row.flow = asInteger(body.flow, 0);
  row.num = asInteger(body.num, 0);
  row.expTime = asInteger(body.expTime, world.now() + yearMs);
  row.flowResetTime = asInteger(body.flowResetTime, 1);
  row.speedId = asIntegerOrNull(body.speedId);
  row.status = asInteger(body.status, 1);
  pushUserTunnel(world, row.userId, row.tunnelId);
  return call.ok();
};

export const removePermission: Handler = byId((call, id) => {
  call.world.beforeWrite();
  call.world.permissions.delete(id);
  return call.ok();
});

/** A permission as tunnel/user/list and user/package show it: never its status. */
export function shownPermission(world: FlvxWorld, row: PermissionRow): Record<string, unknown> {
  const { status: _status, ...rest } = row;
  const tunnel = world.tunnels.get(row.tunnelId);
  const limit = row.speedId === null ? undefined : world.limits.get(row.speedId);
  return {
    ...rest,
    tunnelName: tunnel?.name ?? '',
    tunnelFlow: tunnel?.flow ?? 0,
    speedLimitName: limit?.name ?? null,
  };
}

export const listPermissions: Handler = post((call) => {
  const body = call.strict({ userId: 'integer' });
  if (typeof body === 'string') return call.fail(badBody);
  const rows = body.userId <= 0 ? [] : call.world.permissions.of(body.userId);
  return call.ok(rows.map((row) => ({ ...shownPermission(call.world, row), status: 1 })));
});

/** The enabled tunnels that the token's user has a permission for; an administrator sees all enabled ones. */
export const visibleTunnels: Handler = post((call) => {
  const { userId, world } = call;
  if (userId === null) return call.fail('无效的token或token已过期', 401);
  const allowed = new Set(world.permissions.of(userId).map((row) => row.tunnelId));
  const rows = world.tunnels.all().filter((row) => row.status === 1 && (call.roleId === 0 || allowed.has(row.id)));
  return call.ok(rows.sort((a, b) => a.inx - b.inx || a.id - b.id).map(({ id, name }) => ({ id, name })));
});
