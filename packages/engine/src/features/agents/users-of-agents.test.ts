import { describe, expect, it } from '@jest/globals';
import { newStep } from '@sluice/panel-kind';
import { type Found, disabledFor, holdOf, planFor } from '../../test/user-list.js';

const nothing = { steps: [], left: 0, moves: [], endedEvidence: [], serviceUsers: [], notices: [] };
const off = { enabled: false };
const limit = holdOf('north');
const suspension = holdOf('north', 'manual');
const over: Partial<Found> = { holds: [limit], force: { north: 'over' } };
const suspended: Partial<Found> = { holds: [suspension] };
/** The steps in short. */
const short = ({ steps }: ReturnType<typeof planFor>): unknown =>
  steps.map(({ type, target, hold }) => `${type} ${target} for ${hold ?? ''}`);

describe('a user of an agent', () => {
  it.each<[string, Partial<Found>]>([
    ['within its limit', { users: [{}] }],
    ['beside one that is over', { ...over, users: [{ owner: 'south' }] }],
    ['over its limit without a hold, which nothing would end', { force: { north: 'over' }, users: [{}] }],
    ['over a limit that does not count for it', { ...over, exempt: ['north'], users: [{}] }],
    ['over its limit, where the user is disabled already', { ...over, users: [off] }],
    ['over its limit, where the user has no uuid', { ...over, users: [{ uuid: null }] }],
    ['over its limit, in a check of another one', { ...over, users: [{}], agent: 'south' }],
  ])('stays where the agent is %s', (_, found) => {
    expect(planFor(found)).toEqual({ ...nothing, notices: expect.any(Array) });
  });

  it('is disabled where the agent is over its limit', () => {
    const agents = [{ uuid: 'south' }, { uuid: 'north', usedBytes: 20, limitBytes: 10 }];
    const { steps, ...rest } = planFor({ ...over, users: [{ usedBytes: 3 }], agents });
    const prior = { name: 'anna', owner: 'north', usedBytes: 20, limitBytes: 10 };
    expect(steps).toEqual([
      {
        ...newStep('disable-user', 'u1'),
        hold: limit.id,
        prior: { enabled: true, active: null },
        payload: { agent: 'north', why: 'agent-over-limit', owner: 'north' },
        begins: { kind: 'user', target: 'u1', prior },
      },
    ]);
    expect({ ...rest, steps: [] }).toEqual(nothing);
  });

  it('has evidence without figures where those of the agent are not known', () => {
    expect(planFor({ ...over, users: [{}] }).steps[0]?.begins?.prior).toMatchObject({
      usedBytes: null,
      limitBytes: null,
    });
  });

  it('is disabled below the agent, too, in a check of it or of all', () => {
    for (const agent of ['north', 'east', null]) {
      const { steps } = planFor({ ...over, users: [{ owner: 'east' }], agent });
      expect(steps).toMatchObject([{ target: 'u1', payload: { agent: 'north', owner: 'east' } }]);
    }
  });

  it('is disabled where the agent is suspended, which is for no limit', () => {
    const agents = [{ uuid: 'north', usedBytes: 20, limitBytes: 10 }];
    const [step] = planFor({ ...suspended, users: [{}], agents }).steps;
    expect(step).toMatchObject({ hold: suspension.id, payload: { why: 'agent-suspended' } });
    expect(step?.begins?.prior).not.toHaveProperty('usedBytes');
  });
});

describe('a user that others have enabled', () => {
  it('is disabled again while its agent is over, with new evidence, and a notice says how many', () => {
    const users = [{}, { uuid: 'u2' }, { uuid: 'u3' }];
    const evidence = [disabledFor(limit), disabledFor(limit, {}, 'u2')];
    const plan = planFor({ ...over, users, evidence, agents: [{ uuid: 'north', name: 'North' }] });
    expect(plan.steps).toHaveLength(3);
    expect(plan.endedEvidence).toEqual(
      ['ev-u1', 'ev-u2'].map((id) => ({ evidence: id, outcome: 'enabled-by-others' })),
    );
    expect(plan.notices).toMatchObject([{ code: 'agent_users_enabled_again' }]);
    expect(plan.notices[0]?.message).toMatch(/^2 users of agent "North"/);
  });

  it('stays so once its agent is not', () => {
    const plan = planFor({ users: [{}], evidence: [disabledFor(limit)] });
    expect(plan).toMatchObject({ steps: [], endedEvidence: [{ evidence: 'ev-u1', outcome: 'enabled-by-others' }] });
    expect(plan.notices).toMatchObject([{ code: 'agent_user_enabled_by_others' }]);
    expect(plan.notices[0]?.message).toContain('anna');
  });

  it('is enabled once more where the list may be older and its agent is not over', () => {
    const unread = { users: [{}], evidence: [disabledFor(limit)], unread: ['u1'] };
    expect(short(planFor(unread))).toEqual([`enable-user u1 for ${limit.id}`]);
    expect(planFor({ ...unread, force: { north: 'over' } })).toMatchObject(nothing);
  });
});

describe('a user that Sluice has disabled', () => {
  const evidence = [disabledFor(limit)];
  const users = [off];

  it('is enabled once no agent above is over', () => {
    const { steps, endedEvidence } = planFor({ users, evidence, holds: [limit] });
    expect(steps).toEqual([
      {
        ...newStep('enable-user', 'u1'),
        hold: limit.id,
        prior: { enabled: false, active: null },
        payload: { agent: 'north', why: 'agent-within-limit' },
        ends: ['ev-u1'],
      },
    ]);
    expect(endedEvidence).toEqual([]);
  });

  it.each<[string, Partial<Found>]>([
    ['over', over],
    ['perhaps over', { ...over, force: { north: 'keep' } }],
    ['over, although nothing says so any more', { force: { north: 'over' } }],
  ])('stays so while its agent is %s', (_, found) => {
    expect(planFor({ ...found, users, evidence })).toMatchObject(nothing);
  });

  it('stays so while its agent is suspended', () => {
    expect(planFor({ ...suspended, users, evidence: [disabledFor(suspension)] })).toMatchObject(nothing);
  });

  it('stays under the suspension that it has while a limit is exceeded, too', () => {
    const found = { ...over, holds: [limit, suspension], users, evidence: [disabledFor(suspension)] };
    expect(planFor(found)).toMatchObject(nothing);
  });

  it('moves to the suspension once the limit is not exceeded any more', () => {
    const plan = planFor({ users, evidence, holds: [limit, suspension] });
    expect(plan).toMatchObject({ ...nothing, moves: [{ evidence: 'ev-u1', hold: suspension.id }] });
  });

  it('does not move to the hold that it has', () => {
    const moved = [{ ...disabledFor(suspension), service: holdOf('south').service }];
    expect(planFor({ ...suspended, users, evidence: moved })).toMatchObject(nothing);
  });

  it.each([
    ['moved', [{ ...off, owner: 'south' }]],
    ['touched', [{ ...off, comment: 'paused by staff' }]],
  ])('is left to those who have %s it', (outcome, changed) => {
    const plan = planFor({ users: changed, evidence });
    expect(plan).toMatchObject({ steps: [], moves: [], endedEvidence: [{ evidence: 'ev-u1', outcome }] });
    expect(plan.notices).toMatchObject([{ code: `agent_user_${outcome}` }]);
  });

  it('is not enabled by evidence of a service', () => {
    const ofService = [{ ...disabledFor(limit), service: 'svc-1' }];
    expect(planFor({ users, evidence: ofService })).toMatchObject(nothing);
  });
});

describe('a disabled user that the list does not have', () => {
  it.each<[string, Partial<Found>, string[]]>([
    ['is waited for while it is only hidden', { ledger: { u1: false } }, []],
    ['is given up once it is gone', { ledger: { u1: true } }, ['gone']],
    ['is given up where it has another uuid', { ledger: { u2: false } }, ['touched']],
    ['is none while the list has it', { ledger: {}, ...over, users: [off] }, []],
  ])('%s', (_, found, outcomes) => {
    const { endedEvidence, steps } = planFor({ ...found, evidence: [disabledFor(limit)] });
    expect([endedEvidence.map(({ outcome }) => outcome), steps]).toEqual([outcomes, []]);
  });
});

describe('a user of a service', () => {
  const one = (found: Partial<Found>, user: object = {}) => {
    const plan = planFor({ ...found, users: [user], serviceUsers: ['u1'] });
    expect(plan).toMatchObject({ steps: [], moves: [], endedEvidence: [] });
    return plan.serviceUsers[0];
  };

  it('is handed to its service as it is, and not changed', () => {
    const evidence = [disabledFor(limit)];
    expect(one({ ...over, evidence }, { owner: 'east', enabled: false })).toEqual({
      ...{ uuid: 'u1', name: 'anna', owner: 'east', enabled: false, suspended: null, evidence: evidence[0] },
      ...{ force: 'over', agent: 'north', chain: ['east', 'north'] },
    });
  });

  it('is handed to its service where others have disabled it, too', () => {
    expect(one({}, off)).toMatchObject({ uuid: 'u1', enabled: false, evidence: null });
  });

  it.each<[string, Partial<Found>, object]>([
    ['free', {}, { force: 'free', agent: null, suspended: null, evidence: null }],
    ['kept as it is', { force: { east: 'keep' } }, { force: 'keep', agent: 'east' }],
    ['over before kept', { force: { east: 'keep', north: 'over' } }, { force: 'over', agent: 'north' }],
    [
      'free where limits do not count for it',
      { force: { north: 'over' }, exempt: ['east'] },
      { force: 'free', agent: null },
    ],
    ['free of limits below a suspended agent', suspended, { force: 'free', agent: null, suspended: 'north' }],
  ])('is %s', (_, found, expected) => {
    expect(one(found, { owner: 'east' })).toMatchObject(expected);
  });
});

describe('the order of the steps', () => {
  it('disables first who is served, then who is not, then enables; by agent and user', () => {
    const users = [
      { uuid: 'f', owner: 'south', enabled: false },
      { uuid: 'e', owner: 'south', enabled: false },
      { uuid: 'a', active: false },
      { uuid: 'd', owner: 'east' },
      { uuid: 'c' },
      { uuid: 'b', active: null },
    ];
    const south = holdOf('south');
    const evidence = ['e', 'f'].map((uuid) => disabledFor(south, { owner: 'south' }, uuid));
    const east = holdOf('east');
    const found = { holds: [limit, east, south], force: { north: 'over', east: 'over' } as const, users, evidence };
    const inOrder = ['d', 'b', 'c', 'a', 'e', 'f'];
    for (const listed of [users, users.toReversed()])
      expect(planFor({ ...found, users: listed }).steps.map(({ target }) => target)).toEqual(inOrder);
    const first = planFor(found, 4);
    expect([first.steps.map(({ target }) => target), first.left]).toEqual([inOrder.slice(0, 4), 2]);
    expect(planFor(found, 6).left).toBe(0);
    expect(planFor(found, 7).left).toBe(0);
  });
});
