import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import { epochMs, type FlvxSpeedLimit, gigabytes, megabits } from '../client/records.js';
import { AT, forwardOn, limitNamed, permissionOn, someAccount, someHistory, tunnelWith } from '../test/account.js';
import {
  CREATE,
  NAME,
  onTwoTunnels,
  ownAccount,
  ownService,
  payloadOf,
  planFor,
  productWith,
  storedCheckpoint,
  someEvidence,
  someHold,
  someService,
  someTarget,
  toIds,
} from '../test/service.js';
import { toPermissionValues } from '../account/plan/step.js';
import type { ServiceObservation } from './observation.js';
import { findTunnelName } from './plan-input.js';

describe('the refs of a service', () => {
  const command: Partial<TargetState> = { scope: 'command' };
  const refsOf = (target: Partial<TargetState>, state: Partial<ServiceObservation> = {}) => planFor(target, state).refs;
  const slow = { speedLimits: [limitNamed(`sluice:user#2:5M`, 7)], permissions: [permissionOn(1, { speedId: 7 })] };
  const product = productWith({ speedMbit: 5 });
  const stored = { flvx_tunnel_id: '1', flvx_user_tunnel_id: '11' };
  const withRefs = (refs: Record<string, string>, ownRefs: string[] = []) =>
    someService({ refs: { flvx_user_id: '2', ...refs }, ownRefs });

  it('are stored by a command: tunnel, permission, and the own speed limit', () => {
    expect(refsOf(command)).toEqual(stored);
    expect(refsOf({ ...command, product }, { account: someAccount(slow) })).toEqual({ ...stored, speed_limit_id: '7' });
    expect(refsOf(command, { account: onTwoTunnels({ permissions: [permissionOn(2), permissionOn(1)] }) })).toEqual(
      stored,
    );
  });

  it.each<[string, Partial<TargetState>, Partial<ServiceObservation>]>([
    ['by a poll', {}, {}],
    ['by a reconcile of an imported service', { scope: 'reconcile' }, {}],
    [
      'where its tunnel is not known',
      { ...command, product: productWith({ tunnelGroup: 'none', tunnelId: undefined }) },
      {},
    ],
    ['where its permission has yet to be made', command, { account: someAccount({ permissions: [permissionOn(2)] }) }],
    ['where they are right', { ...command, service: withRefs(stored) }, {}],
  ])('are not stored %s', (_, target, state) => {
    expect(refsOf(target, state)).toBeUndefined();
  });

  it('are kept current by a reconcile once they were stored, except those that the operator has set', () => {
    const old = { flvx_tunnel_id: '9', flvx_user_tunnel_id: '19', speed_limit_id: '5' };
    const reconcile = (ownRefs: string[]) => refsOf({ scope: 'reconcile', service: withRefs(old, ownRefs) });
    expect(reconcile(Object.keys(old))).toEqual({ ...stored, speed_limit_id: null });
    expect(reconcile(['flvx_tunnel_id', 'flvx_user_tunnel_id'])).toEqual(stored);
  });

  it('have the speed limit only of a product with a speed, and the one before while it is throttled', () => {
    const of = (target: Partial<TargetState>, account = someAccount(slow)) =>
      refsOf({ ...command, service: withRefs({ speed_limit_id: '5' }, ['speed_limit_id']), ...target }, { account });
    expect(of({ product })).toMatchObject({ speed_limit_id: '7' });
    expect(of({})).toMatchObject({ speed_limit_id: null });
    const others = someAccount({ ...slow, permissions: [permissionOn(1, { speedId: 8 })] });
    expect(of({ product }, others)).toMatchObject({ speed_limit_id: null });
    expect(of({ product }, someAccount({ ...slow, permissions: [] }))).toEqual({ speed_limit_id: null });
    const speed = someEvidence('speed-limit', '2:1', { speedId: 7, name: 'sluice:user#2:1M' });
    const restricted = { product, holds: [someHold('throttle')] };
    expect(of({ ...restricted, evidence: [someEvidence('user', '2'), speed] })).not.toHaveProperty('speed_limit_id');
    expect(of({ product, evidence: [someEvidence('user', '2')] })).toHaveProperty('speed_limit_id');
    const first = refsOf({ ...command, ...restricted, evidence: [speed] }, { account: someAccount(slow) });
    expect(first).toEqual(stored);
  });

  it('have the id of an account that was found by its name', () => {
    const byName = ownService({ refs: { flvx_username: NAME }, ownRefs: ['flvx_username'] });
    expect(refsOf({ scope: 'reconcile', service: byName }, { account: ownAccount() })).toEqual({ flvx_user_id: '2' });
    expect(refsOf({ service: byName }, { account: ownAccount() })).toBeUndefined();
    const moved = { ...byName, refs: { ...byName.refs, flvx_user_id: '8' } };
    for (const ownRefs of [moved.ownRefs, ['flvx_username', 'flvx_user_id']]) {
      const service = { ...moved, ownRefs };
      expect(refsOf({ scope: 'reconcile', service }, { account: ownAccount() })).toEqual({ flvx_user_id: '2' });
    }
  });

  it('are the own ones after a creation, and stay so', () => {
    const create = (service: TargetState['service'], adopt = false) =>
      refsOf({ ...command, command: { ...CREATE, adopt }, service }, { account: ownAccount() });
    expect(create(ownService())).toEqual(stored);
    expect(create(someService(), true)).toMatchObject({ flvx_user_id: '2' });
    const named = someService({ refs: { flvx_username: 'bert' } });
    const adopted = refsOf({ ...command, command: { ...CREATE, adopt: true }, service: named });
    expect(adopted).toEqual({ ...stored, flvx_user_id: '2', flvx_username: 'anna' });
  });
});

describe('a throttle that a poll finds', () => {
  const name = `sluice:user#2:1M`;
  const evidence = [someEvidence('speed-limit', '2:1', { speedId: null, name })];
  const account = someAccount({ permissions: [permissionOn(1, { speedId: 9, quota: gigabytes(99_999) })] });
  const poll = (
    state: Partial<ServiceObservation>,
    speeds: Record<string, number> = { 1: 9 },
    speedLimits: FlvxSpeedLimit[] = [],
  ) => {
    const unlimited = { unlimited: true, allowedBytes: null };
    const target = {
      holds: [someHold('throttle')],
      evidence,
      checkpoint: storedCheckpoint({ speeds }),
      allowance: unlimited,
    };
    const user = account.user && { ...account.user, quota: gigabytes(99_999) };
    return planFor(target, { partial: true, ...state, account: { ...account, user, speedLimits } });
  };

  it('is known without the list of limits', () => {
    expect(poll({}).steps).toEqual([]);
  });

  it('is not known where its limit is not', () => {
    expect(toIds(poll({}, {}))).toEqual([`create-speed-limit:${name}`, 'assign-tunnel:1']);
    expect(toIds(poll({}, { 2: 9 }))).toEqual([`create-speed-limit:${name}`, 'assign-tunnel:1']);
  });

  it('is in force by the list of limits where that was read', () => {
    expect(toIds(poll({ partial: false }))).toContain(`create-speed-limit:${name}`);
    const speedLimits = [limitNamed(name, 9, { speed: megabits(1) })];
    expect(poll({ partial: false }, { 1: 9 }, speedLimits).steps).toEqual([]);
  });
});

describe('what earlier steps have left', () => {
  it('is undone, whether they were of this run or not', () => {
    const forwards = [1, 3, 4].map((id) => forwardOn(1, id, { status: 0 }));
    const account = someAccount({ forwards, history: someHistory({ restarted: [1] }) });
    const rested = Object.fromEntries(forwards.map(({ id }) => [id, { status: 0, bytes: id, tunnelId: 1 }]));
    const checkpoint = storedCheckpoint({ restarted: [3], forwards: rested });
    const evidence = forwards.map(({ id }) => someEvidence('forward', String(id), { name: '', wasRunning: true }));
    const closed = { holds: [someHold('close')], evidence: [someEvidence('permission', '2:1'), ...evidence] };
    const held = { ...account, permissions: [permissionOn(1, { status: 0 })] };
    const plan = planFor({ ...closed, checkpoint }, { account: held });
    expect(toIds(plan)).toEqual(['pause-forward:1', 'pause-forward:3']);
  });

  it('is restored where this run has overwritten values of others', () => {
    const values = [{ ...toPermissionValues(permissionOn(2)), quota: gigabytes(7) }];
    const plan = planFor({}, { account: onTwoTunnels({ history: someHistory({}, { values }) }) });
    expect(payloadOf(plan, 'assign-tunnel:2')).toMatchObject({ values: { quota: 7 } });
  });
});

describe('forwards beyond the number of the product', () => {
  const at = (createdAt: number) => ({ createdAt: epochMs(AT + createdAt) });
  const forwards = [forwardOn(1, 5, at(2)), forwardOn(1, 4, at(2)), forwardOn(1, 6, at(1)), forwardOn(1, 3, at(3))];
  const paused = (flvx: Parameters<typeof productWith>[0]) =>
    toIds(planFor({ product: productWith(flvx) }, { account: someAccount({ forwards }) }));

  it('are paused, the newest of them, where that is enforced', () => {
    expect(paused({ enforceMaxForwards: true, maxForwards: 2 })).toEqual(['pause-forward:5', 'pause-forward:3']);
    expect(paused({ enforceMaxForwards: true, maxForwards: 3 })).toEqual(['pause-forward:3']);
    expect(paused({ maxForwards: 2 })).toEqual([]);
  });
});

describe('tunnels of an earlier product', () => {
  const account = onTwoTunnels();
  const checkpoint = storedCheckpoint({ tunnels: [1, 2], permissions: { 1: 1, 2: 1 } });
  const removed = (target: Partial<TargetState>) =>
    toIds(planFor({ checkpoint, ...target }, { account })).filter((id) => id?.startsWith('remove'));

  it('are removed by a run that plans everything, once the present ones are there', () => {
    expect(removed({ scope: 'reconcile' })).toEqual(['remove-tunnel:2']);
    expect(removed({ scope: 'command' })).toEqual(['remove-tunnel:2']);
    expect(removed({ scope: 'poll' })).toEqual([]);
    expect(removed({ scope: 'hold' })).toEqual([]);
    expect(removed({ scope: 'reconcile', product: productWith({ tunnelIds: [1, 9] }) })).toEqual([]);
  });
});

describe('the name of a tunnel', () => {
  it('is that on the panel, else the one at the last full observation', () => {
    const checkpoint = {
      account: {
        tunnels: [
          { id: 1, name: 'old' },
          { id: 3, name: 'three' },
        ],
      },
    };
    const nameOf = (id: string, stored: unknown = checkpoint) =>
      findTunnelName(
        { account: someAccount({ tunnels: [tunnelWith(1, 1)] }), target: someTarget({ checkpoint: stored }) },
        id,
      );
    expect([nameOf('1'), nameOf('3'), nameOf('4')]).toEqual(['T-1', 'three', undefined]);
    expect([nameOf('3', null), nameOf('3', { account: null }), nameOf('3', {})]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
