import { type FlvxAccount, type FlvxHistory, newHistory } from '../account/history/history.js';
import { type FlvxStep, type FlvxStepOf, newStep } from '../account/plan/step.js';
import type { FlvxAccountTarget, FlvxForwardTarget, FlvxPermissionTarget } from '../account/plan/target.js';
import {
  bytes,
  epochMs,
  type FlvxAssignValues,
  type FlvxForward,
  type FlvxPermission,
  type FlvxSpeedLimit,
  type FlvxTunnel,
  type FlvxUser,
  gigabytes,
  megabits,
} from '../client/records.js';

export const GB = 2 ** 30;
export const AT = epochMs(Date.parse('2026-03-10T12:00:00Z'));
export const DUE = epochMs(Date.parse('2026-04-01T00:00:00Z'));

const values = { quota: gigabytes(100), maxForwards: 10, expiresAt: DUE, resetDay: 0 };
const counters = { inBytes: bytes(4 * GB), outBytes: bytes(2 * GB) };

/** Returns user 2 with 100 GB, 6 of them used. */
export function someUser(changes: Partial<FlvxUser> = {}): FlvxUser {
  return { ...values, ...counters, id: 2, name: 'anna', status: 1, createdAt: AT, updatedAt: null, ...changes };
}

/** Returns the permission of user 2 for a tunnel, with the values of the user. */
export function permissionOn(tunnelId: number, changes: Partial<FlvxPermission> = {}): FlvxPermission {
  return { ...values, ...counters, id: 10 + tunnelId, userId: 2, tunnelId, status: 1, speedId: null, ...changes };
}

/** Returns a running forward of user 2 on a tunnel. */
export function forwardOn(tunnelId: number, id: number, changes: Partial<FlvxForward> = {}): FlvxForward {
  return {
    ...{ id, userId: 2, userName: 'anna', name: `web${id}`, tunnelId, tunnelName: '', listens: null, port: null },
    ...{ remoteAddr: '198.51.100.1:443', strategy: 'fifo', inBytes: bytes(id), outBytes: bytes(0), createdAt: AT },
    ...{ status: 1, order: 0 },
    ...changes,
  };
}

/** Returns a tunnel with so many entry nodes. */
export function tunnelWith(id: number, entryNodes: number): FlvxTunnel {
  const nodes = Array.from({ length: entryNodes }, (_, order) => ({ nodeId: 10 * id + order, order }));
  return {
    ...{ id, name: `T-${id}`, type: 1, status: 1, multiplier: 1, ratio: 1, addresses: null, entryNodes: nodes },
    ...{ exitNodes: [], chainNodes: [], order: 0, createdAt: AT },
  };
}

/** Returns a speed limit of 5 Mbit/s. */
export function limitNamed(name: string, id: number, changes: Partial<FlvxSpeedLimit> = {}): FlvxSpeedLimit {
  const limit = {
    id,
    name,
    speed: megabits(5),
    tunnelId: 1,
    tunnelName: '',
    status: 1,
    createdAt: AT,
    updatedAt: null,
  };
  return { ...limit, ...changes };
}

/** Returns an account with one permission for tunnel 1 and no forward. */
export function someAccount(changes: Partial<FlvxAccount> = {}): FlvxAccount {
  return {
    ...{ at: AT, clockAhead: 0, forwardsAt: AT, scope: { userId: 2, name: 'anna' }, user: someUser() },
    ...{ duplicates: [], strangers: [], permissions: [permissionOn(1)], forwards: [] },
    ...{ tunnels: [tunnelWith(1, 1), tunnelWith(2, 3)], speedLimits: [], speedUse: {}, password: null },
    ...changes,
  };
}

/** Returns the history of the account with changes; those of `run` are only of this run. */
export function someHistory(changes: Partial<FlvxHistory> = {}, run: Partial<FlvxHistory['run']> = {}): FlvxHistory {
  const history = newHistory({ id: 2, status: 1 });
  return { ...history, ...changes, run: { ...history.run, ...run } };
}

/** Returns a target that changes nothing but what is given. */
export function someTarget(
  changes: Omit<Partial<FlvxAccountTarget>, 'permissions' | 'forwards'> & {
    permissions?: Record<number, Partial<FlvxPermissionTarget>>;
    forwards?: Record<number, FlvxForwardTarget>;
  } = {},
): FlvxAccountTarget {
  const { permissions = {}, forwards = {}, ...rest } = changes;
  return {
    ...rest,
    permissions: new Map(Object.entries(permissions).map(([id, target]) => [Number(id), { values: {}, ...target }])),
    forwards: new Map(Object.entries(forwards).map(([id, target]) => [Number(id), target])),
  };
}

/** Returns the step that writes values to the permission for a tunnel. */
export function assignStep(
  tunnelId: number,
  given: FlvxAssignValues = { status: 1 },
  {
    speedName = null,
    prior = permissionOn(tunnelId),
  }: { speedName?: string | null; prior?: FlvxPermission | null } = {},
): FlvxStepOf<'assign-tunnel'> {
  const payload = { userId: 2, tunnelId, values: given, speedName, restarts: [] };
  return newStep('assign-tunnel', tunnelId, { payload, prior });
}

export function toIds(steps: readonly FlvxStep[]): string[] {
  return steps.map(({ id }) => id);
}

/** Returns the step with an id; its absence is an error. */
export function findStep(steps: readonly FlvxStep[], id: string): FlvxStep {
  const step = steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id} in ${toIds(steps).join(', ')}`);
  return step;
}
