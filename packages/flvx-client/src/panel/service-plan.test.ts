import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import { bytes, gigabytes, UNLIMITED_QUOTA } from '../client/records.js';
import { limitNamed, permissionOn, someAccount, someUser } from '../test/account.js';
import {
  creationOf,
  NAME,
  onTwoTunnels,
  ownAccount,
  ownService,
  payloadOf,
  planFor,
  storedCheckpoint,
  shows,
  sold,
  someEvidence,
  someHold,
  someService,
  someSharer,
  someTarget,
  TERMINATE,
  toCodes,
  toIds,
} from '../test/service.js';
import { planService } from './plan.js';
import type { ServiceObservation } from './observation.js';

const nothing = { steps: [], problems: [], endedEvidence: [], moves: [], drift: [] };
const gone = { account: someAccount({ user: null, permissions: [] }) };
const command: Partial<TargetState> = { scope: 'command' };

describe('an account', () => {
  it('that was not read is a problem', () => {
    const plan = (error: { code: string; message: string } | null) =>
      planService({}, someTarget(), { ...shows(), state: null, error });
    expect(plan(null)).toMatchObject({ ...nothing, problems: [{ code: 'not_observed' }] });
    expect(toCodes(plan({ code: 'timeout', message: 'no answer' }))).toEqual(['timeout']);
  });

  it('that is as it was and as it should be is not planned at all', () => {
    expect(planFor({ checkpoint: storedCheckpoint() }, { partial: true })).toEqual(nothing);
    expect(planFor({ checkpoint: storedCheckpoint() })).toMatchObject({ ...nothing, stops: [] });
  });

  it('whose quota can not be written is a problem, not an error of the run', () => {
    expect(planFor({ allowance: { unlimited: false, allowedBytes: 2 ** 54 } })).toMatchObject({
      ...nothing,
      problems: [{ code: 'bad_value' }],
    });
    expect(() => planFor({ timeZone: 'Nowhere' })).toThrow('Nowhere');
  });

  it('has the quota that is sold, and what stops it without', () => {
    const user = someUser({ quota: gigabytes(5) });
    const account = someAccount({ user, permissions: [permissionOn(1, { quota: gigabytes(5) })] });
    const plan = planFor({}, { account });
    expect(toIds(plan)).toEqual(['update-user:2']);
    expect([plan.stops, plan.stopsNow]).toMatchObject([
      [],
      [/^user 2/, /tunnel 1/].map((text) => expect.stringMatching(text)),
    ]);
    expect(planFor()).not.toHaveProperty('stopsNow');
  });
});

describe('an account of two services', () => {
  const waits = 'restricted_for_ended';
  const [sharer, ended] = [someSharer(), someSharer({ status: 'terminated' })];

  it.each<[string, Partial<TargetState>, readonly string[], string]>([
    ['two services name it', { sharers: [sharer] }, [], 'svc-2'],
    ['another service of the run names it', {}, ['svc-2'], 'svc-2'],
    ['it is to be removed', { command: TERMINATE, sharers: [sharer] }, [], 'svc-2'],
    ['several name it', { sharers: [sharer] }, ['svc-2', 'svc-3'], 'svc-2, svc-3:'],
    ['a hold is to begin', { scope: 'hold' }, ['svc-2'], 'svc-2'],
    ['its service is terminated', { service: someService({ status: 'terminated' }) }, ['svc-2'], 'svc-2'],
  ])('is left unchanged where %s', (_, target, sharers, names) => {
    const plan = planFor({ allowance: sold(200), ...target }, { sharers });
    expect(plan).toMatchObject({ ...nothing, problems: [{ code: 'shared_account' }] });
    expect(plan.problems[0]?.message).toContain(names);
  });

  it('waits for one that has ended, also to be created or removed', () => {
    for (const verb of [null, TERMINATE, { verb: 'create', adopt: true, ordered: false, setPassword: false } as const])
      expect(toCodes(planFor({ command: verb, sharers: [ended] }))).toEqual([waits]);
  });

  it.each(['vanished', 'terminated'] as const)(
    'is given back by a %s service that the run knows to have it',
    (status) => {
      const evidence = [someEvidence('permission', '2:1', { status: 1 })];
      const account = someAccount({ permissions: [permissionOn(1, { status: 0 })] });
      const plan = planFor(
        { scope: 'hold', service: someService({ status }), evidence },
        { account, sharers: ['svc-2'] },
      );
      expect([plan.problems, toIds(plan)]).toEqual([[], ['assign-tunnel:1']]);
    },
  );
});

describe('an account with another name', () => {
  const refs = { flvx_user_id: '2', flvx_username: 'bert' };
  const named = someService({ refs, ownRefs: ['flvx_username'] });

  it('is not removed where Sluice has named it', () => {
    expect(planFor({ command: TERMINATE, service: named })).toMatchObject({
      ...nothing,
      problems: [{ code: 'account_renamed' }],
    });
  });

  it('is removed where an import has named it', () => {
    expect(planFor({ command: TERMINATE, service: someService({ refs }) }).problems).toEqual([]);
    expect(planFor({ command: TERMINATE, service: someService() }).problems).toEqual([]);
  });

  it('is still its own: customers rename themselves', () => {
    expect(planFor({ service: named, allowance: sold(200) })).toMatchObject({
      problems: [],
      steps: [{ type: 'update-user' }],
    });
  });

  it('and another instant of creation is another account, which is not changed', () => {
    const checkpoint = storedCheckpoint({ createdAt: 1 });
    expect(toCodes(planFor({ service: named, checkpoint, allowance: sold(200) }))).toEqual(['account_renamed']);
    const left = planFor(
      { service: named, checkpoint, endsLift: true },
      { account: someAccount({ user: someUser({ quota: UNLIMITED_QUOTA }) }) },
    );
    expect(left).toEqual(nothing);
  });
});

describe('a service without an account', () => {
  const service = someService({ refs: {} });

  it('has a problem where it names one', () => {
    expect(planFor({ scope: 'hold' }, gone)).toMatchObject({ ...nothing, problems: [{ code: 'account_missing' }] });
  });

  it.each<[string, Partial<TargetState>, boolean]>([
    ['is active', {}, true],
    ['is restricted', { scope: 'hold', holds: [someHold('suspend')] }, true],
    ['is to be given back', { scope: 'hold', evidence: [someEvidence('user', '2')] }, true],
    [
      'is pending and restricted',
      { service: someService({ refs: {}, status: 'pending' }), holds: [someHold('suspend')] },
      true,
    ],
    ['is pending', { service: someService({ refs: {}, status: 'pending' }) }, false],
    ['has no restriction', { scope: 'hold' }, false],
  ])('and none named, that %s: is a problem: %p', (_, target, isProblem) => {
    expect(planFor({ service, ...target }, gone)).toEqual({
      ...nothing,
      problems: isProblem ? [expect.objectContaining({ code: 'no_account' })] : [],
    });
  });

  it('is not terminated where an interrupted creation may have made one', () => {
    const account = someAccount({ user: null, permissions: [], strangers: [someUser({ name: 'anna' })] });
    const terminate = { verb: 'terminate', earlier: [creationOf('anna')] } as const;
    expect(toCodes(planFor({ service, command: terminate }, { account }))).toEqual(['not_ours']);
    expect(planFor({ service, command: TERMINATE }, { account })).toEqual(nothing);
  });
});

describe('a termination', () => {
  it('removes the account and its own speed limits, and counts for the brake', () => {
    const speedLimits = [limitNamed(`sluice:${NAME}:5M`, 7), limitNamed('old', 8), limitNamed('sluice:user#2:5M', 9)];
    const own = planFor(
      { service: ownService(), command: TERMINATE },
      { account: ownAccount({ speedLimits }), oldLimitNames: ['old'] },
    );
    expect(toIds(own)).toEqual([
      ...['update-user:2', 'assign-tunnel:1', 'remove-tunnel:1', 'delete-user:2'],
      ...['delete-speed-limit:7', 'delete-speed-limit:8'],
    ]);
    expect(own.counts).toBe(true);
    const imported = planFor({ command: TERMINATE }, { account: someAccount({ speedLimits }) });
    expect(toIds(imported).at(-1)).toBe('delete-speed-limit:9');
  });

  it('removes limits of an account that is gone', () => {
    const account = someAccount({ user: null, permissions: [], speedLimits: [limitNamed('sluice:user#2:5M', 9)] });
    expect(toIds(planFor({ command: TERMINATE }, { account }))).toEqual(['delete-speed-limit:9']);
  });
});

describe('a change of the password', () => {
  it('changes nothing else', () => {
    const plan = planFor({ ...command, command: { verb: 'change-password' }, allowance: sold(200) });
    expect(plan.steps).toMatchObject([{ id: 'update-user:2', needsPassword: true }]);
    expect(payloadOf(plan, 'update-user:2')).toEqual({ userId: 2, changes: {}, setsPassword: true });
    expect(planFor({ ...command, allowance: sold(200) }).steps[0]).not.toHaveProperty('needsPassword');
  });
});

describe('a lift whose service has ended', () => {
  const lifted = { quota: UNLIMITED_QUOTA };
  const both = onTwoTunnels({ user: someUser(lifted), permissions: [permissionOn(1, lifted), permissionOn(2)] });
  const end = (target: Partial<TargetState> = {}, state: Partial<ServiceObservation> = { account: both }) =>
    planFor({ scope: 'hold', endsLift: true, checkpoint: storedCheckpoint(), ...target }, state);

  it('ends with the quota that is sold, on all that is lifted, also of a shared account', () => {
    for (const sharers of [[], [someSharer()]]) {
      const plan = end({ sharers });
      expect([plan.problems, toIds(plan), plan.counts]).toEqual([[], ['update-user:2'], true]);
      expect(payloadOf(plan, 'update-user:2')).toMatchObject({ changes: { quota: 100 } });
    }
    const tunnel = someAccount({ permissions: [permissionOn(1, lifted), permissionOn(2, { quota: gigabytes(7) })] });
    const plan = end({}, { account: tunnel });
    expect(toIds(plan)).toEqual(['assign-tunnel:1']);
    expect(payloadOf(plan, 'assign-tunnel:1')).toMatchObject({ values: { quota: 100 } });
  });

  it.each<[string, ReturnType<typeof end>]>([
    ['nothing is lifted', end({}, {})],
    ['no quota is known', end({ allowance: null })],
  ])('changes nothing where %s', (_, plan) => {
    expect(plan).toEqual({ ...nothing, counts: false });
  });

  it.each<[string, ReturnType<typeof end>]>([
    ['others have lifted it', end({ checkpoint: storedCheckpoint({ ownQuota: false }) })],
    ['there is no account', end({}, gone)],
  ])('is left alone where %s', (_, plan) => {
    expect(plan).toEqual(nothing);
  });
});

describe('what stops an account besides Sluice', () => {
  const closedUser = { account: someAccount({ user: someUser({ status: 0 }) }) };
  const usedUp = { inBytes: bytes(2 ** 40) };

  it('is reported, of the whole or of a part', () => {
    const whole = planFor({}, closedUser);
    expect(whole).toMatchObject({ steps: [], stops: [expect.stringContaining('user 2')] });
    expect(whole.drift).toEqual(whole.stops);
    expect(whole).not.toHaveProperty('stopsPart');
    const account = onTwoTunnels({ permissions: [permissionOn(1), permissionOn(2, { status: 0 })] });
    expect(planFor({}, { account })).toMatchObject({ stops: [expect.stringContaining('tunnel 2')], stopsPart: true });
    expect(planFor()).toMatchObject({ drift: [], stops: [] });
  });

  it('is no drift where its own quota stops it', () => {
    const plan = planFor({}, { account: onTwoTunnels({ permissions: [permissionOn(1), permissionOn(2, usedUp)] }) });
    expect(plan).toMatchObject({ drift: [], stops: [expect.stringContaining('tunnel 2')], stopsPart: true });
  });

  it('is reported before and after the steps', () => {
    const { stops, stopsNow } = planFor({ allowance: sold(200) }, closedUser);
    expect(stops).toMatchObject([expect.stringContaining('user 2')]);
    expect(stopsNow).toEqual(stops);
  });
});
