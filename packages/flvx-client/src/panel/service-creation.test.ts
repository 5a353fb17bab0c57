import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import { UNLIMITED_QUOTA } from '../client/records.js';
import { AT, DUE, limitNamed, someAccount, someHistory, someUser } from '../test/account.js';
import {
  CREATE,
  creationOf,
  NAME,
  ownAccount,
  ownService,
  payloadOf,
  planFor,
  productWith,
  storedCheckpoint,
  someService,
  someSharer,
  toCodes,
  toIds,
} from '../test/service.js';
import type { ServiceObservation } from './observation.js';

const nothing = { steps: [], problems: [], endedEvidence: [], moves: [], drift: [] };
const ADOPT = { ...CREATE, adopt: true };
const create = (target: Partial<TargetState> = {}, state: Partial<ServiceObservation> = {}) =>
  planFor({ scope: 'command', command: CREATE, ...target }, state);

describe('a new account', () => {
  const service = ownService({ refs: { flvx_username: NAME }, ownRefs: ['flvx_username'] });
  const none = ownAccount({ user: null, permissions: [] });
  const made = (target: Partial<TargetState> = {}, state: Partial<ServiceObservation> = {}) =>
    create({ service, ...target }, { account: none, ...state });

  it('is created with the values of its product, then planned again for its tunnels', () => {
    const plan = made({ product: productWith({ tunnelIds: [1, 2], maxForwards: 3 }) });
    expect(plan).toMatchObject({ problems: [], again: true, counts: true });
    expect(toIds(plan)).toEqual([`create-user:${NAME}`, 'assign-tunnel:1', 'assign-tunnel:2']);
    expect(plan.steps.map(({ later, needsPassword }) => [later, needsPassword])).toEqual([
      [undefined, true],
      [true, undefined],
      [true, undefined],
    ]);
    const values = { quota: 100, maxForwards: 3, resetDay: 0, expiresAt: DUE };
    expect(payloadOf(plan, `create-user:${NAME}`)).toEqual({ name: NAME, status: 1, ...values });
    expect(payloadOf(plan, 'assign-tunnel:2')).toMatchObject({ userId: null, values: { ...values, status: 1 } });
  });

  it.each<[string, Partial<TargetState>, object]>([
    [
      'what is left of the cycle where the panel resets it: its counter is 0',
      { product: productWith({ resetDay: 3 }) },
      { quota: 94, resetDay: 3 },
    ],
    ['all where nothing was counted', { product: productWith({ resetDay: 3 }), counted: null }, { quota: 100 }],
    ['no limit where no quota is known', { allowance: null }, { quota: UNLIMITED_QUOTA }],
    [
      'the days of its product without a due date',
      { service: { ...service, nextDueDate: null } },
      { expiresAt: AT + 30 * 86_400_000 },
    ],
  ])('gets %s', (_, target, values) => {
    expect(payloadOf(made(target), `create-user:${NAME}`)).toMatchObject(values);
  });

  it('has no name where the service has none', () => {
    expect(made({ service: someService({ refs: {} }) }).steps[0]).toMatchObject({ type: 'create-user', target: '' });
  });

  it('needs tunnels that the panel has', () => {
    const product = productWith({ tunnelIds: [1, 9] });
    expect(made({ product })).toMatchObject({ ...nothing, problems: [{ code: 'unknown_tunnel' }] });
  });

  it('is not one of others with its name, unless the operator says which', () => {
    const account = { ...none, strangers: [someUser({ id: 8 })] };
    expect(toCodes(made({}, { account }))).toEqual(['account_exists']);
    expect(toCodes(made({ command: ADOPT }, { account }))).toEqual(['ambiguous_account']);
  });
});

describe('an account that exists', () => {
  const adoptable = someAccount({ user: someUser({ id: 5, name: 'bert' }), permissions: [] });
  const none = someAccount({ user: null, permissions: [] });
  const byName = someService({ refs: { flvx_username: 'anna' }, ownRefs: ['flvx_username'] });

  it('is not taken without a proof', () => {
    expect(create({ service: byName })).toMatchObject({ ...nothing, problems: [{ code: 'account_exists' }] });
    const otherName = ownAccount({ user: someUser({ name: 'anna' }) });
    expect(toCodes(create({ service: byName }, { account: otherName }))).toEqual(['account_exists']);
  });

  it.each<[string, Partial<TargetState>, Partial<ServiceObservation>]>([
    ['it has its stored id', { service: ownService() }, { account: ownAccount() }],
    [
      'this run has created it',
      { service: byName },
      { account: someAccount({ history: someHistory({}, { createdUserId: 2 }) }) },
    ],
    [
      'only Sluice can know its name',
      { service: ownService({ refs: { flvx_username: NAME }, ownRefs: ['flvx_username'] }) },
      { account: ownAccount() },
    ],
  ])('is planned as any other where %s', (_, target, state) => {
    const plan = create({ ...target, allowance: { unlimited: false, allowedBytes: 200 * 2 ** 30 } }, state);
    expect([plan.problems, toIds(plan)[0]]).toEqual([[], 'update-user:2']);
    expect(plan.refs).not.toHaveProperty('flvx_username');
  });

  it('is adopted where the operator says so, with its id and name', () => {
    const plan = create({ service: byName, command: ADOPT }, { account: none, adoptable });
    expect(plan.problems).toEqual([]);
    expect(plan.refs).toMatchObject({ flvx_user_id: '5', flvx_username: 'bert' });
    expect(toCodes(create({ service: byName, command: ADOPT }))).toEqual([]);
    const own = create({ service: byName, command: ADOPT }, { adoptable });
    expect(own.refs).toMatchObject({ flvx_user_id: '2' });
    expect(toIds(create({ service: byName }, { account: none, adoptable }))[0]).toBe('create-user:anna');
    expect(toIds(create({ service: byName, command: ADOPT }, { account: none }))[0]).toBe('create-user:anna');
  });

  it('is not that of another service', () => {
    const plan = create({ command: ADOPT, sharers: [someSharer()] });
    expect(plan).toMatchObject({ ...nothing, problems: [{ code: 'account_exists' }] });
    expect(plan.problems[0]?.message).toContain('svc-2');
  });

  it('that may be another one by now has to be adopted', () => {
    const service = someService({ refs: { flvx_user_id: '2', flvx_username: 'bert' }, ownRefs: ['flvx_user_id'] });
    const changed = { service, checkpoint: storedCheckpoint({ createdAt: 1 }) };
    expect(create(changed)).toMatchObject({ ...nothing, problems: [{ code: 'account_renamed' }] });
    const plan = create({ ...changed, command: ADOPT });
    expect([plan.problems, plan.refs]).toMatchObject([[], { flvx_username: 'anna' }]);
  });

  it('loses second accounts of its name first, and keeps its values', () => {
    const account = ownAccount({ duplicates: [someUser({ id: 3, name: NAME })] });
    expect(toIds(create({ service: ownService() }, { account }))).toEqual(['delete-user:3']);
  });
});

describe('the password of a creation', () => {
  const command = { ...CREATE, setPassword: true };
  const setsPassword = (target: Partial<TargetState>, state: Partial<ServiceObservation>): boolean =>
    create({ command, ...target }, state).steps.some((step) => step.needsPassword === true);
  const service = ownService({ refs: { flvx_user_id: '2', flvx_username: 'anna' } });
  const earlier = { ...command, earlier: [creationOf('anna')] };

  it.each<[string, Partial<TargetState>, Partial<ServiceObservation>]>([
    ['only Sluice can know its name', { service: ownService() }, { account: ownAccount() }],
    ['an interrupted creation may have made it', { service, command: earlier }, {}],
    ['this run may have made it', { service, recent: [creationOf('anna')] }, {}],
  ])('is set on an account that exists where %s', (_, target, state) => {
    expect(setsPassword(target, state)).toBe(true);
  });

  const made = ownAccount({ history: someHistory({}, { createdUserId: 2 }) });
  const renamed = ownAccount({ user: someUser({ name: 'anna' }) });
  const updated = creationOf('anna', { type: 'update-user' });

  it.each<[string, Partial<TargetState>, Partial<ServiceObservation>]>([
    ['the command sets none', { service: ownService(), command: CREATE }, { account: ownAccount() }],
    ['this run has created it with one', { service: ownService() }, { account: made }],
    ['it was created long ago', { service }, {}],
    ['the creation never called the panel', { service, recent: [creationOf('anna', { calledAt: null })] }, {}],
    [
      'the panel refused the creation, since somebody else has the name',
      { service, recent: [creationOf('anna', { state: 'failed', errorCode: 'PANEL_REJECTED' })] },
      {},
    ],
    ['another account was created', { service, recent: [creationOf('bert')] }, {}],
    ['it was only changed', { service, recent: [updated] }, {}],
    ['its customer has renamed it', { service: ownService() }, { account: renamed }],
  ])('stays where %s', (_, target, state) => {
    expect(setsPassword(target, state)).toBe(false);
  });

  it('is set on an adopted account only where a creation has made it', () => {
    const adopt = { service: someService({ refs: { flvx_username: 'anna' } }), command: { ...command, adopt: true } };
    expect(setsPassword(adopt, {})).toBe(false);
  });
});

describe('a creation whose product the panel can not serve', () => {
  const product = productWith({ speedLimitId: 7 });

  it.each<[string, Partial<TargetState>, string]>([
    ['tunnel', { product: productWith({ tunnelId: 9 }) }, 'unknown_tunnel'],
    ['speed limit', { product }, 'unknown_speed_limit'],
  ])('waits for its %s, while a renewal does what it can', (_, target, code) => {
    const allowance = { unlimited: false, allowedBytes: 200 * 2 ** 30 };
    expect(create({ service: ownService(), allowance, ...target }, { account: ownAccount() })).toMatchObject({
      ...nothing,
      problems: [{ code }],
    });
    const renewal = create({ command: null, allowance, ...target });
    expect([toCodes(renewal), toIds(renewal)[0]]).toEqual([[code], 'update-user:2']);
    expect(toCodes(planFor({ ...target, allowance }))).toEqual([]);
    expect(toCodes(planFor({ ...target, allowance, scope: 'reconcile' }))).toEqual([code]);
  });

  it('has no problem where the panel has it', () => {
    expect(
      toCodes(create({ command: null, product }, { account: someAccount({ speedLimits: [limitNamed('x', 7)] }) })),
    ).toEqual([]);
  });
});
