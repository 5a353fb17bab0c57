import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import { MOST_BYTES } from '../client/check-user.js';
import {
  CREATE,
  GB,
  listCodes,
  listTypes,
  planFor,
  storedCheckpoint,
  shows,
  sold,
  someEvidence,
  someHold,
  someService,
  someSharer,
  someTarget,
  someUser,
  TERMINATE,
  UUID,
} from '../test/user-target.js';
import { planUser } from './plan.js';
import { AGENT_REF } from './settings.js';

const AGENT = '0b0f9bd5-3b53-4a58-9d4f-0d8a5b3a3a99';
const nothing = { steps: [], problems: [], endedEvidence: [], moves: [], drift: [] };
const dropped = [{ evidence: 'ev-1', outcome: 'dropped' }];

describe('a service that names no user', () => {
  const service = someService({ refs: {} });

  it('has nothing to plan', () => {
    expect(planFor({ service, evidence: [someEvidence()], holds: [someHold()] })).toEqual(nothing);
  });

  it('loses its evidence when it is terminated', () => {
    const evidence = [someEvidence()];
    expect(planFor({ service, evidence, command: TERMINATE })).toEqual({ ...nothing, endedEvidence: dropped });
  });
});

describe('a user that could not be read', () => {
  const unread = (target: Partial<TargetState>, error: { code: string; message: string } | null = null) =>
    planUser(someTarget(target), { ...shows(null), state: null, error });

  it('is not reported where nothing has to be done', () => {
    expect(unread({})).toEqual(nothing);
  });

  it.each<[string, Partial<TargetState>]>([
    ['has a hold', { holds: [someHold()] }],
    ['is still disabled', { evidence: [someEvidence()] }],
    ['is planned by a command', { scope: 'command' }],
    ['has a command about itself', { command: TERMINATE }],
  ])('is a problem where it %s', (_, target) => {
    expect(listCodes(unread(target))).toEqual(['not_observed']);
    expect(listCodes(unread(target, { code: 'timeout', message: 'no answer' }))).toEqual(['timeout']);
  });

  it('is left alone where the panel shows no uuid of it', () => {
    expect(planUser(someTarget({ holds: [someHold()] }), shows(someUser({ uuid: null })))).toEqual(nothing);
  });
});

describe('a user that two services name', () => {
  const sharers = [someSharer()];

  it.each<[string, Partial<TargetState>, object | null]>([
    ['exists', { holds: [someHold()] }, {}],
    ['does not exist', {}, null],
    ['is to be terminated', { command: TERMINATE }, {}],
  ])('is not changed where it %s', (_, target, user) => {
    const plan = planFor({ ...target, sharers }, user);
    expect(plan).toMatchObject({ ...nothing, problems: [{ code: 'shared_user' }] });
    expect(plan.problems[0]?.message).toContain('svc-2');
  });

  it('waits where the other service has ended', () => {
    expect(listCodes(planFor({ sharers: [someSharer({ status: 'terminated' })] }))).toEqual(['restricted_for_ended']);
  });

  it('is forgotten by a termination once it is gone', () => {
    const plan = planFor({ sharers, command: TERMINATE, evidence: [someEvidence()] }, null);
    expect(plan).toEqual({ ...nothing, endedEvidence: dropped, refs: { hiddify_user_uuid: null } });
  });
});

describe('a user that the panel does not have', () => {
  it.each<[string, Partial<TargetState>]>([
    ['in a poll', {}],
    ['while a hold is in force', { scope: 'hold', holds: [someHold()] }],
    ['while it should be enabled again', { scope: 'hold', evidence: [someEvidence()] }],
  ])('is a problem %s', (_, target) => {
    expect(planFor(target, null)).toMatchObject({ ...nothing, problems: [{ code: 'user_gone' }] });
    expect(listCodes(planFor({ ...target, checkpoint: null }, null))).toEqual(['user_not_there']);
  });

  it('is no problem where there is nothing to restrict or to give back', () => {
    expect(planFor({ scope: 'hold' }, null)).toEqual(nothing);
  });

  it('is not waited for once its service is terminated', () => {
    const service = someService({ status: 'terminated' });
    const plan = planFor({ service, scope: 'hold', evidence: [someEvidence()] }, null);
    expect(plan).toEqual({ ...nothing, endedEvidence: dropped });
  });
});

describe('a creation', () => {
  const create = (target: Partial<TargetState> = {}) => planFor({ scope: 'command', command: CREATE, ...target }, null);
  const wanted = (target: Partial<TargetState>): unknown =>
    (create(target).steps[0]?.payload as { wanted: unknown } | undefined)?.wanted;

  it('makes the user of the service as it is sold, and counts for the brake', () => {
    const plan = create({ service: someService({ refs: { hiddify_user_uuid: UUID, [AGENT_REF]: AGENT } }) });
    expect(plan).toMatchObject({ ...nothing, counts: true, steps: [{ type: 'create-user', target: UUID }] });
    expect(plan.again).toBeUndefined();
    expect(plan.steps[0]?.payload).toEqual({
      wanted: {
        ...{ uuid: UUID, name: 'svc-1', limitBytes: 100 * GB, mode: 'no_reset', owner: AGENT, comment: '' },
        packageDays: 90,
      },
    });
  });

  it('begins the days with the cycle and ends them at the due date', () => {
    const service = someService({ nextDueDate: '2026-04-01' });
    expect(wanted({ service })).toMatchObject({ startDate: '2026-03-01', packageDays: 31 });
  });

  it.each<[string, TargetState['allowance'], number | undefined]>([
    ['what is sold while it is lifted', { ...sold(300), lifted: true, soldBytes: 50 * GB }, 50 * GB],
    [
      'the limit of the lift where that is not known',
      { unlimited: true, allowedBytes: null, lifted: true },
      MOST_BYTES,
    ],
    ['the allowance, whatever was sold before', { ...sold(300), soldBytes: 50 * GB }, 300 * GB],
  ])('has %s as its limit', (_, allowance, limitBytes) => {
    expect(wanted({ allowance })).toMatchObject({ limitBytes });
  });

  it.each([null, sold(0)])('needs a quota (%j)', (allowance) => {
    expect(create({ allowance })).toMatchObject({ ...nothing, problems: [{ code: 'no_quota' }] });
  });

  it('is restricted afterwards where a hold is in force', () => {
    const plan = create({ holds: [someHold(), someHold('hold-2')] });
    expect(plan.again).toBe(true);
    expect(plan.steps[1]).toMatchObject({ type: 'disable-user', target: UUID, hold: 'hold-1', later: true });
    expect(plan.steps).toHaveLength(2);
  });
});

describe('a creation whose user exists', () => {
  const imported = someService({ ownRefs: [] });
  const create = (service: TargetState['service'], adopt: boolean, name: string) =>
    planFor({ scope: 'command', command: { ...CREATE, adopt }, service, allowance: sold(200) }, { name });

  it('is refused where the user may belong to another service', () => {
    expect(create(imported, false, 'anna')).toMatchObject({ ...nothing, problems: [{ code: 'account_exists' }] });
  });

  it.each([
    ['the operator confirms it', true, 'anna'],
    ['it has the name of the service', false, 'svc-1'],
  ])('adopts the user where %s', (_, adopt, name) => {
    const plan = create(imported, adopt, name);
    expect([plan.problems, plan.refs, listTypes(plan)]).toEqual([[], { hiddify_user_uuid: UUID }, ['update-user']]);
  });

  it('continues with its own user', () => {
    const plan = create(someService(), false, 'anna');
    expect([plan.problems, plan.refs, listTypes(plan)]).toEqual([[], undefined, ['update-user']]);
  });

  it('does not begin with an import that only polls', () => {
    expect(planFor({ service: imported }, { name: 'anna' })).toMatchObject(nothing);
    expect(planFor({ service: imported })).not.toHaveProperty('refs');
  });
});

describe('a termination', () => {
  it('deletes the user, ends its evidence, and counts for the brake', () => {
    const plan = planFor({ command: TERMINATE, evidence: [someEvidence(), someEvidence({ id: 'ev-2' })] });
    expect(plan).toMatchObject({ ...nothing, counts: true, steps: [{ type: 'delete-user', target: UUID }] });
    expect(plan.steps[0]).toMatchObject({ ends: ['ev-1', 'ev-2'], prior: { enabled: true, limitBytes: 100 * GB } });
  });

  it('leaves a user alone that Sluice has not created', () => {
    const plan = planFor({ command: TERMINATE, service: someService({ ownRefs: [] }), checkpoint: storedCheckpoint() });
    expect(plan).toEqual({ ...nothing, problems: [expect.objectContaining({ code: 'not_ours' })] });
  });
});
