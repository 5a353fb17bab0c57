import { describe, expect, it } from '@jest/globals';
import { gigabytes, megabits } from '../../client/records.js';
import {
  findStep,
  forwardOn,
  limitNamed,
  permissionOn,
  someAccount,
  someHistory,
  someTarget,
  someUser,
  toIds,
} from '../../test/account.js';
import type { FlvxAccount } from '../history/history.js';
import { planAccount, planTerminate, planUserDeletion } from './plan-account.js';
import { planEnsureUser } from './plan-ensure-user.js';
import { type FlvxStep, toCounters, toPermissionValues } from './step.js';

type Target = Parameters<typeof someTarget>[0];
const plan = (account: Partial<FlvxAccount>, target: Target): FlvxStep[] =>
  planAccount(someAccount(account), someTarget(target));
const needsOf = (steps: readonly FlvxStep[]): unknown => steps.map(({ id, needs }) => [id, needs]);
const [q200, q7] = [gigabytes(200), gigabytes(7)];
const limit = { name: 'sluice:anna:5M', speed: megabits(5), tunnelId: 1 };

describe('the order of the steps', () => {
  it('is limits, user, permissions, speeds, counters, starts, pauses, removals, and limits that are not needed', () => {
    const account = someAccount({
      permissions: [permissionOn(1, { speedId: 8 }), permissionOn(2, { status: 0 })],
      forwards: [forwardOn(1, 1, { status: 0 }), forwardOn(1, 3), forwardOn(2, 4)],
      speedLimits: [limitNamed('sluice:anna:9M', 8, { speed: megabits(9) })],
      speedUse: { 8: 1 },
    });
    const target = someTarget({
      user: { quota: q200 },
      limit,
      limits: { key: 'anna', keep: [] },
      reset: toCounters(account),
      permissions: { 1: { ownSpeed: true, values: { quota: q200 } }, 2: { remove: true } },
      forwards: { 1: { run: true }, 3: { run: false }, 4: { remove: true } },
    });
    expect(toIds(planAccount(account, target))).toEqual([
      ...[
        'create-speed-limit:sluice:anna:5M',
        'update-user:2',
        'assign-tunnel:1',
        'redeploy-forwards:1',
        'reset-user:2',
      ],
      ...['resume-forward:1', 'pause-forward:3', 'pause-forward:4', 'delete-forward:4', 'remove-tunnel:2'],
      'delete-speed-limit:8',
    ]);
  });

  it('is nothing where all is as it should be', () => {
    expect(plan({}, { user: { status: 1 }, permissions: { 1: {} }, limit: null, limits: null })).toEqual([]);
    expect(plan({ speedLimits: [limitNamed(limit.name, 7)] }, {})).toEqual([]);
  });

  it('keeps the limit that a permission gets', () => {
    const speedLimits = [limitNamed(limit.name, 7)];
    const target = { limit, limits: { key: 'anna', keep: [] }, permissions: { 1: { ownSpeed: true } } };
    expect(toIds(plan({ speedLimits }, target))).toEqual(['assign-tunnel:1']);
  });
});

describe('a throttle that raises the quota', () => {
  const begins = { cut: true, values: { speedId: 9 } };

  it('is in force before the quota is raised', () => {
    const steps = plan({}, { user: { quota: q200 }, permissions: { 1: begins } });
    expect(needsOf(steps)).toEqual([
      ['assign-tunnel:1', []],
      ['update-user:2', ['assign-tunnel:1']],
    ]);
  });

  it('waits for its limit, and other permissions for the user', () => {
    const permissions = [permissionOn(2, { quota: q7 }), permissionOn(1)];
    const own = { cut: true, ownSpeed: true };
    expect(needsOf(plan({ permissions }, { user: { quota: q200 }, limit, permissions: { 1: own } }))).toEqual([
      ['create-speed-limit:sluice:anna:5M', []],
      ['assign-tunnel:1', ['create-speed-limit:sluice:anna:5M']],
      ['update-user:2', ['assign-tunnel:1']],
      ['assign-tunnel:2', ['update-user:2']],
    ]);
    const other = { 1: { values: { status: 0 } }, 2: begins };
    expect(toIds(plan({ permissions: [permissionOn(1), permissionOn(2)] }, { permissions: other }))).toEqual([
      ...['assign-tunnel:1', 'assign-tunnel:2'],
    ]);
  });

  it.each<[string, Target]>([
    ['the quota falls', { user: { quota: q7 }, permissions: { 1: begins } }],
    ['the quota stays', { user: { maxForwards: 3 }, permissions: { 1: begins } }],
    ['it has begun before', { user: { quota: q200 }, permissions: { 1: { ...begins, cut: false } } }],
  ])('waits for nothing where %s', (_, target) => {
    expect(needsOf(plan({}, target))).toEqual([
      ['update-user:2', []],
      ['assign-tunnel:1', []],
    ]);
  });

  it('leaves the quota to the next plan where a permission keeps its own, which the user would overwrite', () => {
    const permissions = [permissionOn(1, { quota: q7 })];
    const steps = plan({ permissions }, { user: { quota: q200, status: 0 }, permissions: { 1: begins } });
    expect(steps).toMatchObject([
      { id: 'update-user:2', payload: { changes: { status: 0 } }, needs: [] },
      { id: 'assign-tunnel:1', payload: { values: { speedId: 9 } }, needs: ['update-user:2'] },
    ]);
    expect(steps[0]?.payload).not.toHaveProperty('changes.quota');
    expect(toIds(plan({ permissions }, { user: { quota: q200 }, permissions: { 1: begins } }))).toEqual([
      'assign-tunnel:1',
    ]);
  });
});

describe('a removal', () => {
  it('pauses and deletes the forwards first, then the permission that was closed', () => {
    const forwards = [forwardOn(1, 1), forwardOn(1, 3, { status: 0 }), forwardOn(2, 4)];
    const account = { forwards, permissions: [permissionOn(1), permissionOn(2)] };
    const target = { permissions: { 1: { remove: true } }, forwards: { 1: { remove: true }, 3: { remove: true } } };
    const steps = plan(account, target);
    expect(needsOf(steps)).toEqual([
      ['assign-tunnel:1', []],
      ['pause-forward:1', []],
      ['pause-forward:3', []],
      ['delete-forward:1', ['pause-forward:1']],
      ['delete-forward:3', ['pause-forward:3']],
      ['remove-tunnel:1', ['delete-forward:1', 'delete-forward:3', 'assign-tunnel:1']],
    ]);
    expect(findStep(steps, 'pause-forward:3').payload).toMatchObject({ purpose: 'delete' });
    expect(findStep(steps, 'delete-forward:1')).toMatchObject({ payload: { forwardId: 1 }, prior: { id: 1 } });
    const payload = { permissionId: 11, userId: 2, tunnelId: 1 };
    expect(findStep(steps, 'remove-tunnel:1')).toMatchObject({ payload, prior: { id: 11 } });
  });

  it('does not wait for the closing of others, and pauses no forward that this run has paused', () => {
    const account = {
      permissions: [permissionOn(1, { status: 0 }), permissionOn(2)],
      forwards: [forwardOn(1, 1, { status: 0 })],
      history: someHistory({}, { paused: [1] }),
    };
    const target = {
      permissions: { 1: { remove: true }, 2: { values: { status: 0 } } },
      forwards: { 1: { remove: true } },
    };
    expect(needsOf(plan(account, target))).toEqual([
      ['assign-tunnel:2', []],
      ['delete-forward:1', []],
      ['remove-tunnel:1', ['delete-forward:1']],
    ]);
  });

  it('of a permission waits for no forward of another user', () => {
    const forwards = [forwardOn(1, 1, { userId: 3 }), forwardOn(2, 4)];
    const permissions = [permissionOn(1, { status: 0 })];
    const target = { permissions: { 1: { remove: true } }, forwards: { 1: { remove: true }, 4: { remove: true } } };
    expect(findStep(plan({ forwards, permissions }, target), 'remove-tunnel:1').needs).toEqual([]);
    expect(toIds(plan({ permissions: [permissionOn(1, { userId: 3 })] }, target))).toEqual([]);
  });

  it('of a user is the last, after all that it has', () => {
    const account = someAccount({
      forwards: [forwardOn(1, 1), forwardOn(1, 5, { userId: 3 })],
      permissions: [permissionOn(1), permissionOn(2, { userId: 3 })],
    });
    const steps = planUserDeletion(account, someUser());
    const ids = ['pause-forward:1', 'delete-forward:1', 'remove-tunnel:1'];
    expect(toIds(steps)).toEqual([...ids, 'delete-user:2']);
    expect(steps.at(-1)).toMatchObject({ needs: ids, payload: { userId: 2 }, prior: { name: 'anna', quota: 100 } });
    expect(toIds(planUserDeletion(account, someUser({ id: 3 })))).toEqual([
      ...['pause-forward:5', 'delete-forward:5', 'remove-tunnel:2@3', 'delete-user:3'],
    ]);
  });
});

describe('a termination', () => {
  it('closes the account, then removes what it has, its user, and its own limits', () => {
    const overwritten = { ...toPermissionValues(permissionOn(2)), quota: q7 };
    const account = someAccount({
      permissions: [permissionOn(1, { speedId: 7 }), permissionOn(2)],
      history: someHistory({}, { values: [overwritten] }),
      forwards: [forwardOn(1, 1)],
      speedLimits: [limitNamed(limit.name, 7), limitNamed('old', 8), limitNamed('shared', 9)],
      speedUse: { 7: 1 },
    });
    const steps = planTerminate(account, { speedKey: 'anna', speedNames: ['old'] });
    expect(toIds(steps)).toEqual([
      ...['update-user:2', 'assign-tunnel:1', 'assign-tunnel:2', 'pause-forward:1', 'delete-forward:1'],
      ...['remove-tunnel:1', 'remove-tunnel:2', 'delete-user:2', 'delete-speed-limit:7', 'delete-speed-limit:8'],
    ]);
    expect(findStep(steps, 'update-user:2')).toMatchObject({ payload: { changes: { status: 0 } }, needs: [] });
    expect(findStep(steps, 'assign-tunnel:1')).toMatchObject({ payload: { values: { status: 0 } }, needs: [] });
    expect(findStep(steps, 'assign-tunnel:2').payload).toHaveProperty('values', { status: 0 });
    expect(toIds(planTerminate(account)).filter((id) => id.startsWith('delete-speed'))).toEqual([]);
  });

  it('pauses forwards again that its closing starts', () => {
    const forwards = [forwardOn(1, 1, { status: 0 }), forwardOn(2, 4, { status: 0 })];
    const history = someHistory({}, { paused: [1, 4] });
    const permissions = [permissionOn(1), permissionOn(2, { status: 0 })];
    const steps = planTerminate(someAccount({ forwards, permissions, history }));
    expect(toIds(steps).filter((id) => id.startsWith('pause'))).toEqual(['pause-forward:1']);
  });

  it('removes second accounts of the name first: until then the panel refuses to write the user', () => {
    const duplicates = [someUser({ id: 3 })];
    const permissions = [permissionOn(1), permissionOn(1, { id: 13, userId: 3 })];
    const steps = planTerminate(someAccount({ duplicates, permissions }));
    expect(toIds(steps)).toEqual([
      ...['remove-tunnel:1@3', 'delete-user:3', 'update-user:2', 'assign-tunnel:1', 'remove-tunnel:1', 'delete-user:2'],
    ]);
    expect(findStep(steps, 'update-user:2').needs).toEqual(['remove-tunnel:1@3', 'delete-user:3']);
    expect(findStep(steps, 'assign-tunnel:1').needs).toEqual([]);
  });

  it('removes what is left of a missing account', () => {
    const account = { user: null, forwards: [forwardOn(1, 1)], permissions: [permissionOn(1)] };
    const steps = planTerminate(someAccount(account));
    expect(toIds(steps)).toEqual(['pause-forward:1', 'delete-forward:1', 'remove-tunnel:1@gone']);
    expect(planTerminate(someAccount({ user: null, permissions: [] }))).toEqual([]);
    const second = planTerminate(someAccount({ user: null, permissions: [], duplicates: [someUser({ id: 3 })] }));
    expect(toIds(second)).toEqual(['delete-user:3']);
  });

  it('of a missing account removes a permission after the forwards of its user only', () => {
    const forwards = [forwardOn(1, 1), forwardOn(1, 5, { userId: 3 })];
    const steps = planTerminate(someAccount({ user: null, forwards, permissions: [permissionOn(1)] }));
    expect(findStep(steps, 'remove-tunnel:1@gone').needs).toEqual(['delete-forward:1']);
  });

  it('is the same once the account is closed', () => {
    const account = someAccount({ user: someUser({ status: 0 }), permissions: [permissionOn(1, { status: 0 })] });
    expect(toIds(planTerminate(account))).toEqual(['remove-tunnel:1', 'delete-user:2']);
  });
});

describe('an account with given values', () => {
  const { name, quota, maxForwards, expiresAt, resetDay } = someUser();
  const values = { name, quota, maxForwards, expiresAt, resetDay };

  it('is created where the panel has none', () => {
    const steps = planEnsureUser(someAccount({ user: null }), values);
    expect(steps).toEqual([expect.objectContaining({ id: 'create-user:anna', needs: [], prior: null })]);
    expect(steps[0]?.payload).toEqual({ ...values, status: 1 });
  });

  it('is changed where it exists, and keeps its name', () => {
    const steps = planEnsureUser(someAccount(), { ...values, name: 'bert', quota: q7 });
    expect(steps).toMatchObject([{ id: 'update-user:2', payload: { changes: { quota: 7 } }, needs: [] }]);
    expect(planEnsureUser(someAccount(), values)).toEqual([]);
  });

  it('loses second accounts of its name first', () => {
    const permissions = [permissionOn(1, { maxForwards: 3 }), permissionOn(1, { id: 13, userId: 3 })];
    const account = someAccount({ duplicates: [someUser({ id: 3 })], permissions, forwards: [forwardOn(1, 1)] });
    const first = ['remove-tunnel:1@3', 'delete-user:3'];
    expect(needsOf(planEnsureUser(account, { ...values, quota: q7 }))).toEqual([
      ['remove-tunnel:1@3', []],
      ['delete-user:3', ['remove-tunnel:1@3']],
      ['update-user:2', first],
      ['assign-tunnel:1', [...first, 'update-user:2']],
    ]);
  });

  const second = { duplicates: [someUser({ id: 3 })], forwards: [forwardOn(1, 1), forwardOn(1, 5, { userId: 3 })] };
  const stranger = { user: null, strangers: [someUser({ id: 8 })] };

  it.each<[string, Partial<FlvxAccount>, string, string]>([
    ['ambiguous where a second one has a forward', second, 'ambiguous_account', '3'],
    ['not that of a stranger', stranger, 'account_exists', '8'],
    ['ambiguous where several may be adopted', { ...stranger, scope: { adopt: true } }, 'ambiguous_account', '8'],
  ])('is %s', (_, account, code, id) => {
    const error = expect.objectContaining({ code, message: expect.stringContaining(id) as unknown });
    expect(() => planEnsureUser(someAccount(account), values)).toThrow(error);
  });
});
