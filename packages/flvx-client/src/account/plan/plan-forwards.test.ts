import { describe, expect, it } from '@jest/globals';
import type { FlvxAccount } from '../history/history.js';
import {
  assignStep,
  findStep,
  forwardOn,
  permissionOn,
  someAccount,
  someHistory,
  someTarget,
  someUser,
  toIds,
} from '../../test/account.js';
import { changesSpeed, pauseStep, planForwards, planRedeploys } from './plan-forwards.js';
import { type FlvxStep, newStep, toUserValues } from './step.js';
import { type FlvxForwardTarget, NOWHERE } from './target.js';

const other = '203.0.113.7:443';
const paused = { status: 0 };
const user = toUserValues(someUser());
const update = newStep('update-user', 2, {
  payload: { userId: 2, changes: { status: 1 }, setsPassword: false },
  prior: { user, permissions: [] },
});
const redeploy = (tunnelId: number, forwardIds: number[], needs: string[] = []): FlvxStep =>
  newStep('redeploy-forwards', tunnelId, { payload: { tunnelId, forwardIds, restarts: [] }, prior: null, needs });
/** The plan for forward 1 on tunnel 1. */
const planOne = (
  target: FlvxForwardTarget,
  row: object = {},
  before: FlvxStep[] = [],
  more: Partial<FlvxAccount> = {},
) =>
  planForwards(
    someAccount({ forwards: [forwardOn(1, 1, row)], ...more }),
    someTarget({ forwards: { 1: target } }),
    before,
  );

describe('the address of a forward', () => {
  it.each<[string, FlvxForwardTarget, object, string[]]>([
    ['stays without a target', {}, {}, []],
    ['stays where it is right', { remoteAddr: other }, { remoteAddr: other }, []],
    ['is restored', { remoteAddr: other }, {}, ['restore-forward:1']],
    ['is restored to nowhere', { remoteAddr: NOWHERE, away: false }, {}, ['restore-forward:1']],
    ['is away only nowhere', { remoteAddr: NOWHERE }, paused, ['redirect-forward:1', 'pause-forward:1']],
    [
      'is away where that is said',
      { remoteAddr: other, away: true },
      paused,
      ['redirect-forward:1', 'pause-forward:1'],
    ],
    [
      'is away after a pause where it runs',
      { remoteAddr: NOWHERE },
      {},
      ['pause-forward:1@before', 'redirect-forward:1'],
    ],
  ])('%s', (_, target, row, ids) => {
    expect(toIds(planOne(target, row))).toEqual(ids);
  });

  it('is changed with what it was before', () => {
    const steps = planOne({ remoteAddr: NOWHERE });
    expect(steps).toMatchObject([
      { payload: { forwardId: 1, purpose: 'cut' }, prior: { status: 1 } },
      { payload: { forwardId: 1, remoteAddr: NOWHERE }, prior: { status: 0, remoteAddr: '198.51.100.1:443' } },
    ]);
    expect(planOne({ remoteAddr: other })[0]).toMatchObject({ payload: { remoteAddr: other }, prior: { status: 1 } });
  });
});

describe('a forward that should run', () => {
  it('is started where it is paused', () => {
    expect(planOne({ run: true }, paused)).toMatchObject([
      { id: 'resume-forward:1', payload: { forwardId: 1 }, prior: { id: 1, status: 0 }, needs: [] },
    ]);
    expect(planOne({ run: true })).toEqual([]);
  });

  it('is started after all that would stop it again', () => {
    const reset = newStep('reset-user', 2, { payload: { userId: 2 }, prior: { user: someUser(), permissions: [] } });
    const before = [update, reset, assignStep(1), assignStep(2), redeploy(1, [1])];
    const forwards = [forwardOn(1, 1, paused), forwardOn(1, 3, paused)];
    const target = someTarget({ forwards: { 1: { run: true, remoteAddr: other }, 3: { remoteAddr: other } } });
    const steps = planForwards(someAccount({ forwards }), target, before);
    expect(findStep(steps, 'resume-forward:1').needs).toEqual([
      ...['update-user:2', 'reset-user:2', 'assign-tunnel:1', 'restore-forward:1'],
    ]);
  });

  it('does not wait for a redirect', () => {
    const steps = planOne({ run: true, remoteAddr: NOWHERE }, paused);
    expect(findStep(steps, 'resume-forward:1').needs).toEqual([]);
  });
});

describe('a forward that should be paused', () => {
  const pause = ['pause-forward:1'];

  it('is paused where it runs', () => {
    const [step] = planOne({ run: false });
    expect(step).toMatchObject({ id: 'pause-forward:1', prior: { status: 1 }, needs: [] });
    expect(step?.payload).toEqual({ forwardId: 1, entryNodes: 1 });
  });

  it.each<[string, FlvxForwardTarget]>([
    ['as it should be', { run: false }],
    ['and nothing is said of it', {}],
  ])('stays so where it is shown as paused %s', (_, target) => {
    expect(planOne(target, paused)).toEqual([]);
    expect(planOne({})).toEqual([]);
  });

  it.each<[string, FlvxStep, string[]]>([
    ['its permission is written', assignStep(1), pause],
    ['its permission is made', assignStep(1, {}, { prior: null }), []],
    ['another permission is written', assignStep(2), []],
    ['it is deployed again', redeploy(1, [1]), pause],
    ['others are deployed again', redeploy(1, [3]), []],
    ['the user is written', update, []],
  ])('is paused again after %s, which may start it', (_, step, ids) => {
    expect(toIds(planOne({ run: false }, paused, [step]))).toEqual(ids);
    expect(toIds(planOne({}, paused, [step]))).toEqual(ids);
  });

  it('is paused again after its own address was written, not after that of another', () => {
    const forwards = [forwardOn(1, 1, paused), forwardOn(1, 3, paused)];
    const target = someTarget({ forwards: { 1: { remoteAddr: other } } });
    const steps = planForwards(someAccount({ forwards }), target, []);
    expect(toIds(steps)).toEqual(['restore-forward:1', 'pause-forward:1']);
  });

  it.each<[string, object, object, string[]]>([
    ['it may run', {}, {}, pause],
    ['it may run, unless this run has paused it', {}, { paused: [1] }, []],
    ['a push has started it', { restarted: [1] }, { paused: [1] }, pause],
  ])('is paused again where %s', (_, history, run, ids) => {
    const account = someAccount({ forwards: [forwardOn(1, 1, paused)], history: someHistory(history, run) });
    expect(toIds(planForwards(account, someTarget({ forwards: { 1: { run: false } }, repause: [1] }), []))).toEqual(
      ids,
    );
    const others = planForwards(account, someTarget({ forwards: { 1: { run: false } }, repause: [3] }), []);
    expect(toIds(others)).toEqual(Object.keys(history).length > 0 ? pause : []);
  });

  it('is shown as paused by a pause before its redirect; another one is not', () => {
    const forwards = [forwardOn(1, 1), forwardOn(1, 3)];
    const target = someTarget({ forwards: { 1: { run: false, remoteAddr: NOWHERE }, 3: { run: false } } });
    const steps = planForwards(someAccount({ forwards }), target, []);
    expect(steps.map(({ id, prior }) => [id, (prior as { status: number }).status])).toEqual([
      ['pause-forward:1@before', 1],
      ['redirect-forward:1', 0],
      ['pause-forward:1', 0],
      ['pause-forward:3', 1],
    ]);
    expect(findStep(planOne({ run: false, remoteAddr: other }), 'pause-forward:1').prior).toMatchObject({ status: 1 });
  });

  it('is left to its removal', () => {
    expect(planOne({ run: false, remove: true, remoteAddr: other })).toEqual([]);
  });
});

describe('a pause', () => {
  const payload = (tunnelId: number, more: Partial<FlvxAccount> = {}) =>
    pauseStep(someAccount(more), forwardOn(tunnelId, 1)).payload;

  it('says on how many nodes the forward may run; of an unknown tunnel two', () => {
    expect([payload(1), payload(2), payload(3)].map(({ entryNodes }) => entryNodes)).toEqual([1, 3, 2]);
  });

  it('says where the permission of the forward is gone', () => {
    expect(payload(1)).not.toHaveProperty('withoutPermission');
    expect(payload(2)).toMatchObject({ withoutPermission: true });
    expect(payload(1, { permissions: [permissionOn(1, { userId: 3 })] })).toMatchObject({ withoutPermission: true });
  });
});

describe('a change of speed', () => {
  const forwards = [forwardOn(1, 1), forwardOn(1, 3, paused), forwardOn(2, 4), forwardOn(2, 5)];
  const slow = (tunnelId: number) => assignStep(tunnelId, { speedId: 7 });

  it.each<[string, FlvxStep, boolean]>([
    ['another limit', slow(1), true],
    ['no limit', assignStep(1, { speedId: null }), true],
    ['a limit that has yet to be made', assignStep(1, {}, { speedName: 'sluice:anna:5M' }), true],
    ['another quota', assignStep(1, { status: 0 }), false],
    ['a new permission, which has no forward', assignStep(1, { speedId: 7 }, { prior: null }), false],
    ['a change of the user', update, false],
  ])('is %s: %p', (_, step, changes) => {
    expect(changesSpeed(step)).toBe(changes);
  });

  it('is confirmed by a redeploy of the forwards on its tunnel', () => {
    expect(planRedeploys(someAccount({ forwards }), someTarget(), [slow(1), assignStep(2), slow(3)])).toEqual([
      expect.objectContaining({
        ...{ id: 'redeploy-forwards:1', needs: ['assign-tunnel:1'], prior: null },
        payload: { tunnelId: 1, forwardIds: [1, 3], restarts: [3] },
      }),
    ]);
  });

  it('that was not confirmed is deployed again, without forwards that are removed', () => {
    const account = someAccount({ forwards, history: someHistory({ unpushed: [2, 1] }) });
    const steps = planRedeploys(account, someTarget({ forwards: { 4: { remove: true } } }), [slow(1)]);
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['redeploy-forwards:1', ['assign-tunnel:1']],
      ['redeploy-forwards:2', []],
    ]);
    expect(steps[1]?.payload).toMatchObject({ forwardIds: [5], restarts: [] });
  });
});

describe('open connections', () => {
  const begin = { 1: { cut: true } };
  const pushed = redeploy(1, [1], ['assign-tunnel:1']);
  const cut = (target: Parameters<typeof someTarget>[0], before: FlvxStep[], row: object = {}): FlvxStep[] =>
    planForwards(someAccount({ forwards: [forwardOn(1, 1, row)] }), someTarget(target), before);

  it('are cut by a pause after the speed is in force, then the forward is started', () => {
    expect(cut({ permissions: begin }, [pushed])).toMatchObject([
      {
        id: 'pause-forward:1',
        needs: ['redeploy-forwards:1'],
        payload: { purpose: 'cut', entryNodes: 1 },
        prior: { status: 1 },
      },
      { id: 'resume-forward:1', needs: ['pause-forward:1'], payload: { forwardId: 1 }, prior: { id: 1, status: 0 } },
    ]);
  });

  it('are cut where that was left to this run', () => {
    expect(toIds(cut({ cuts: [1] }, []))).toEqual(['pause-forward:1', 'resume-forward:1']);
  });

  it.each<[string, Parameters<typeof someTarget>[0], FlvxStep[]]>([
    ['no throttle begins', { permissions: { 1: {} } }, [pushed]],
    ['the throttle of another tunnel begins', { permissions: { 2: { cut: true } } }, [pushed]],
    ['no speed is written', { permissions: begin }, [redeploy(1, [1])]],
    ['others are deployed', { permissions: begin }, [redeploy(1, [3], ['assign-tunnel:1'])]],
    ['only the user is written', { permissions: begin }, [{ ...update, needs: ['assign-tunnel:1'] }]],
    ['others were left to this run', { cuts: [3] }, []],
    ['the forward is removed', { cuts: [1], forwards: { 1: { remove: true } } }, []],
  ])('stay where %s', (_, target, before) => {
    expect(cut(target, before)).toEqual([]);
  });

  it('end with a pause for good', () => {
    expect(toIds(cut({ cuts: [1], forwards: { 1: { run: false } } }, []))).toEqual(['pause-forward:1']);
    expect(cut({ cuts: [1] }, [], paused)).toEqual([]);
  });
});
