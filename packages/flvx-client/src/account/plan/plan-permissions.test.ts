import { describe, expect, it } from '@jest/globals';
import { bytes, epochMs, type FlvxAssignValues, gigabytes, megabits } from '../../client/records.js';
import {
  AT,
  DUE,
  forwardOn,
  limitNamed,
  permissionOn,
  someAccount,
  someHistory,
  someTarget,
  someUser,
  toIds,
} from '../../test/account.js';
import { FlvxRefusedError } from '../refused-error.js';
import type { FlvxAccount } from '../history/history.js';
import { planPermissions, planReset, planUser } from './plan-permissions.js';
import { type FlvxStep, type FlvxStepOf, newStep, toCounters, toPermissionValues } from './step.js';

type Target = Parameters<typeof someTarget>[0];
const [q30, q7] = [gigabytes(30), gigabytes(7)];

describe('a change of the user', () => {
  const change = (target: Target, account: Partial<FlvxAccount> = {}): FlvxStep[] =>
    planUser(someAccount(account), someTarget(target));

  it('writes what differs, and says what it was', () => {
    const permissions = [permissionOn(1), permissionOn(2, { quota: q7 })];
    const [step, ...rest] = change({ user: { quota: q30, status: 1 } }, { permissions });
    expect(rest).toEqual([]);
    expect(step).toMatchObject({
      id: 'update-user:2',
      needs: [],
      prior: { user: { name: 'anna', quota: 100, status: 1 } },
    });
    expect(step?.payload).toEqual({ userId: 2, changes: { quota: 30 }, setsPassword: false });
  });

  it('says which permissions have values of their own, which the panel overwrites', () => {
    const own = permissionOn(2, { quota: q7 });
    const [step] = change({ user: { quota: q30 } }, { permissions: [permissionOn(1), own] });
    expect(step?.prior).toMatchObject({ permissions: [toPermissionValues(own)] });
  });

  it.each<[string, Target]>([
    ['without a target', {}],
    ['that is right', { user: { quota: gigabytes(100) } }],
  ])('is not needed by one %s', (_, target) => {
    expect(change(target)).toEqual([]);
    expect(change(target, { user: null })).toEqual([]);
  });

  it('sets a password that is not known to be right', () => {
    const payload = { userId: 2, changes: {}, setsPassword: true };
    expect(change({ setsPassword: true })).toMatchObject([{ payload }]);
    expect(change({ setsPassword: true }, { password: false })).toMatchObject([{ payload }]);
    expect(change({ setsPassword: true }, { password: true })).toEqual([]);
    expect(change({ setsPassword: true }, { history: someHistory({}, { passwordSet: true }) })).toEqual([]);
  });

  it('that sets a password needs an account', () => {
    const message = (scope: FlvxAccount['scope']): string => {
      try {
        change({ setsPassword: true }, { user: null, scope });
      } catch (error) {
        if (error instanceof FlvxRefusedError && error.code === 'account_missing') return error.message;
      }
      return '';
    };
    expect(message({ userId: 12, name: 'anna' })).toContain('with id 12');
    expect(message({ userId: null, name: 'anna' })).toContain('"anna"');
    expect(message({})).toContain('named ""');
  });
});

describe('a reset', () => {
  const account = someAccount({ permissions: [permissionOn(1)] });
  const counters = toCounters(account);
  const update = newStep('update-user', 2, {
    payload: { userId: 2, changes: {}, setsPassword: false },
    prior: {} as never,
  });

  it('zeroes the counters after the user is written', () => {
    expect(planReset(account, someTarget({ reset: counters }), [update])).toEqual([
      expect.objectContaining({
        id: 'reset-user:2',
        payload: { userId: 2 },
        prior: counters,
        needs: ['update-user:2'],
      }),
    ]);
  });

  it('is not needed where none is due, or they were zeroed since', () => {
    expect(planReset(account, someTarget(), [])).toEqual([]);
    expect(planReset(account, someTarget({ reset: null }), [])).toEqual([]);
    expect(planReset(someAccount({ user: null }), someTarget({ reset: counters }), [])).toEqual([]);
    const zero = { inBytes: bytes(0), outBytes: bytes(0) };
    const zeroed = someAccount({ user: someUser(zero), permissions: [permissionOn(1, zero)] });
    expect(planReset(zeroed, someTarget({ reset: counters }), [])).toEqual([]);
  });
});

/** The steps for permissions, with the step of the user that they are planned with. */
function plan(account: Partial<FlvxAccount>, target: Target): FlvxStepOf<'assign-tunnel'>[] {
  const [observed, wanted] = [someAccount(account), someTarget(target)];
  const limits =
    wanted.limit == null
      ? []
      : [newStep('create-speed-limit', wanted.limit.name, { payload: wanted.limit, prior: null })];
  return planPermissions(observed, wanted, planUser(observed, wanted), limits) as FlvxStepOf<'assign-tunnel'>[];
}
const toValues = (steps: FlvxStepOf<'assign-tunnel'>[]): FlvxAssignValues[] =>
  steps.map(({ payload }) => payload.values);

describe('a permission', () => {
  it('is written where it differs, with what it was and the paused forwards that the panel starts', () => {
    const forwards = [
      ...[forwardOn(1, 1, { status: 0 }), forwardOn(1, 3), forwardOn(2, 4, { status: 0 })],
      forwardOn(1, 5, { status: 0, userId: 3 }),
    ];
    const row = permissionOn(1, { status: 0 });
    const steps = plan({ permissions: [row], forwards }, { permissions: { 1: { values: { status: 1, quota: q30 } } } });
    expect(steps).toEqual([expect.objectContaining({ id: 'assign-tunnel:1', prior: row })]);
    expect(steps[0]?.needs).toStrictEqual([]);
    expect(steps[0]?.payload).toEqual({
      ...{ userId: 2, tunnelId: 1, speedName: null, restarts: [1] },
      values: { quota: 30, status: 1 },
    });
  });

  it('stays where it is right, or nothing is said of it', () => {
    const values = { status: 1, quota: gigabytes(100), speedId: null };
    expect(plan({}, { permissions: { 1: { values } } })).toEqual([]);
    expect(plan({ permissions: [permissionOn(1, { quota: q7 })] }, {})).toEqual([]);
    expect(plan({ permissions: [permissionOn(1, { userId: 3 })] }, { permissions: { 2: {} } })).toEqual([]);
  });

  it('has no negative value written, which the panel ignores', () => {
    const permissions = { 1: { values: { maxForwards: -1, quota: gigabytes(0) } } };
    expect(toValues(plan({}, { permissions }))).toEqual([{ quota: 0 }]);
  });

  it('is only closed before it is removed', () => {
    const target = { permissions: { 1: { remove: true, values: { quota: q30 } } } };
    const [closing] = plan({ forwards: [forwardOn(1, 1, { status: 0 })] }, target);
    expect(closing?.payload).toMatchObject({ values: { status: 0 }, speedName: null, restarts: [] });
    expect(closing?.prior).toMatchObject({ status: 1 });
    expect(plan({ permissions: [permissionOn(1, { status: 0 })] }, target)).toEqual([]);
  });
});

describe('the values of a permission that a change of the user overwrites', () => {
  const user = { quota: q30, resetDay: 3 };
  const own = permissionOn(2, { quota: q7, maxForwards: 3 });

  it('are written again after it, where they are its own', () => {
    const steps = plan({ permissions: [permissionOn(1), own] }, { user });
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([['assign-tunnel:2', ['update-user:2']]]);
    expect(toValues(steps)).toEqual([{ quota: 7, maxForwards: 3, resetDay: 0 }]);
  });

  it('are those of the target where it has them; a status waits for nothing', () => {
    const permissions = { 1: { values: { status: 0 } }, 2: { values: { quota: q30 } } };
    const steps = plan({ permissions: [permissionOn(1), own] }, { user, permissions });
    expect(steps.map(({ needs, payload }) => [needs, payload.values])).toEqual([
      [[], { status: 0 }],
      [['update-user:2'], { maxForwards: 3, resetDay: 0 }],
    ]);
  });

  const overwritten = permissionOn(2);
  const kept = toPermissionValues(own);
  const older = { ...kept, quota: gigabytes(5) };

  it('are what they were before a run that was interrupted, or earlier in this run', () => {
    const quotas = { quota: 7, maxForwards: 3 };
    const before = { permissions: [permissionOn(1), overwritten] };
    const history = someHistory({}, { values: [kept] });
    expect(toValues(plan(before, { keep: [kept] }))).toEqual([quotas]);
    expect(toValues(plan({ ...before, history }, {}))).toEqual([quotas]);
    expect(toValues(plan({ ...before, history }, { keep: [older] }))).toEqual([{ ...quotas, quota: 5 }]);
    expect(toIds(plan({ ...before, history: someHistory({}, { values: [older, kept] }) }, { keep: [older] }))).toEqual([
      'assign-tunnel:2',
    ]);
  });
});

describe('a missing permission', () => {
  const values = { quota: q7, expiresAt: DUE };

  it('is made with its values and those of a new one', () => {
    const steps = plan({ permissions: [] }, { permissions: { 1: { values, whenNew: { status: 1 } } } });
    expect(steps).toMatchObject([{ id: 'assign-tunnel:1', prior: null, needs: [] }]);
    expect(steps[0]?.payload).toEqual({
      ...{ userId: 2, tunnelId: 1, speedName: null, restarts: [] },
      values: { ...values, status: 1 },
    });
  });

  it('is made for a user that has yet to be created', () => {
    const [step] = plan({ user: null, permissions: [] }, { permissions: { 1: { whenNew: { status: 1 } } } });
    expect(step?.payload.userId).toBeNull();
  });

  it('is made only once', () => {
    expect(plan({}, { permissions: { 1: { whenNew: { status: 1 } } } })).toEqual([]);
  });

  it('is not made unless the target says so', () => {
    expect(plan({ permissions: [] }, { permissions: { 1: { values }, 2: { values, whenNew: null } } })).toEqual([]);
  });
});

describe('the speed of a permission', () => {
  const limit = { name: 'sluice:anna:5M', speed: megabits(5), tunnelId: 1 };
  const speedLimits = [limitNamed(limit.name, 7)];
  const whenNew = { status: 1 };

  it('is a given limit, or none', () => {
    const permissions = { 1: { values: { speedId: 9 } }, 2: { values: { speedId: null } } };
    const rows = [permissionOn(1), permissionOn(2, { speedId: 9 })];
    expect(toValues(plan({ permissions: rows }, { permissions }))).toEqual([{ speedId: 9 }, { speedId: null }]);
    expect(toValues(plan({ permissions: [] }, { permissions: { 1: { values: { speedId: 9 }, whenNew } } }))).toEqual([
      { speedId: 9, status: 1 },
    ]);
  });

  it('is the own limit, where that exists', () => {
    const permissions = { 1: { ownSpeed: true }, 2: { ownSpeed: true, whenNew } };
    const steps = plan({ speedLimits }, { limit, permissions });
    expect(steps.map(({ payload: { values, speedName }, needs }) => [values, speedName, needs])).toEqual([
      [{ speedId: 7 }, null, []],
      [{ speedId: 7, status: 1 }, null, []],
    ]);
    expect(
      plan(
        { speedLimits, permissions: [permissionOn(1, { speedId: 7 })] },
        { limit, permissions: { 1: { ownSpeed: true } } },
      ),
    ).toEqual([]);
  });

  it('is the own limit that has yet to be made, and waits for it', () => {
    const permissions = { 1: { ownSpeed: true, values: { speedId: 9 } }, 2: { ownSpeed: true, whenNew } };
    const steps = plan({}, { limit, permissions });
    expect(steps.map(({ payload: { values, speedName }, needs }) => [values, speedName, needs])).toEqual([
      [{}, limit.name, [`create-speed-limit:${limit.name}`]],
      [{ status: 1 }, limit.name, [`create-speed-limit:${limit.name}`]],
    ]);
  });

  it('is not the own limit where the target has none, or does not say so', () => {
    const permissions = { 1: { ownSpeed: true, values: { speedId: 9 } } };
    expect(toValues(plan({ speedLimits }, { permissions }))).toEqual([{ speedId: 9 }]);
    expect(plan({ speedLimits }, { limit, permissions: { 1: {} } })).toEqual([]);
  });

  it('does not wait for the user, who has none', () => {
    const user = { expiresAt: epochMs(AT) };
    const [step] = plan({}, { user, limit, permissions: { 1: { ownSpeed: true } } });
    expect(step?.needs).toEqual([`create-speed-limit:${limit.name}`]);
  });
});
