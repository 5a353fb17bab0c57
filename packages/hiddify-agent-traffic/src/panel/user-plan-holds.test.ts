import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import type { HiddifyUser } from '../client/records.js';
import { MOST_BYTES } from '../client/check-user.js';
import {
  GB,
  listChanges,
  listCodes,
  listTypes,
  planFor,
  storedCheckpoint,
  sold,
  someEvidence,
  someHold,
  UUID,
} from '../test/user-target.js';

const hold: Partial<TargetState> = { scope: 'hold' };

describe('a hold', () => {
  it('disables the user, with evidence of how it was', () => {
    const plan = planFor({ ...hold, holds: [someHold(), someHold('hold-2')] });
    const prior = { name: 'svc-1', enabled: true, owner: 'self', restriction: 'disable' };
    expect(plan.steps).toEqual([
      expect.objectContaining({
        ...{ type: 'disable-user', target: UUID, hold: 'hold-1', prior },
        begins: { kind: 'user', target: UUID, prior },
      }),
    ]);
    expect([plan.drift, plan.moves]).toEqual([[], []]);
  });

  it('disables a user that others have enabled, and keeps the first evidence', () => {
    const plan = planFor({ ...hold, holds: [someHold()], evidence: [someEvidence()] });
    expect(plan.steps).toMatchObject([{ type: 'disable-user', begins: null }]);
    expect(plan.drift).toEqual(['user "svc-1" is enabled and should be disabled']);
  });

  it.each([{ kind: 'port' }, { target: 'another' }])(
    'begins evidence of a user that has only other evidence (%j)',
    (it) => {
      const plan = planFor({ ...hold, holds: [someHold()], evidence: [someEvidence(it)] });
      expect(plan.steps[0]?.begins).toMatchObject({ kind: 'user', target: UUID });
      expect(plan.drift).toEqual([]);
    },
  );

  it('writes nothing about a disabled user', () => {
    expect(planFor({ ...hold, holds: [someHold()] }, { enabled: false })).toMatchObject({ steps: [], drift: [] });
  });

  it('takes over what a hold that has ended has disabled', () => {
    const holds = [someHold('hold-2'), someHold('hold-3')];
    const evidence = [someEvidence(), someEvidence({ id: 'ev-2', hold: 'hold-3' })];
    const plan = planFor({ ...hold, holds, evidence }, { enabled: false });
    expect(plan).toMatchObject({ steps: [], endedEvidence: [], moves: [{ evidence: 'ev-1', hold: 'hold-2' }] });
    expect(plan.moves).toHaveLength(1);
  });
});

describe('the end of a hold', () => {
  it('enables the user, and ends the evidence', () => {
    const plan = planFor({ ...hold, evidence: [someEvidence()] }, { enabled: false });
    expect(plan.steps).toEqual([
      expect.objectContaining({ type: 'enable-user', target: UUID, hold: 'hold-1', ends: ['ev-1'] }),
    ]);
    expect(plan.steps[0]).toMatchObject({ prior: { enabled: false, limitBytes: 100 * GB } });
    expect(plan.steps[0]).not.toHaveProperty('needs');
  });

  it('writes nothing where others have enabled the user', () => {
    const plan = planFor({ ...hold, evidence: [someEvidence()] });
    expect([plan.steps, plan.endedEvidence]).toEqual([[], [{ evidence: 'ev-1', outcome: 'dropped' }]]);
  });

  it('does not enable another user than the disabled one', () => {
    const plan = planFor({ ...hold, evidence: [someEvidence({ target: 'another' })] }, { enabled: false });
    expect([listCodes(plan), plan.steps, plan.endedEvidence]).toEqual([['user_changed'], [], []]);
  });

  it('enables a user at its limit only after the limit was raised', () => {
    const user = { enabled: false, usedBytes: 100 * GB };
    const plan = planFor({ evidence: [someEvidence()], allowance: sold(200) }, user);
    const [raise, enable] = plan.steps;
    expect(listTypes(plan)).toEqual(['update-user', 'enable-user']);
    expect(enable?.needs).toEqual([raise?.id]);
  });
});

describe('the limit of a user that is given back', () => {
  const lifted = { ...sold(100), lifted: true };
  const limitsAfter = (target: Partial<TargetState>, user: Partial<HiddifyUser> = {}, limitBefore?: number) => {
    const checkpoint = storedCheckpoint(limitBefore === undefined ? {} : { limitBefore });
    return listChanges(planFor({ ...hold, allowance: lifted, checkpoint, ...target }, user));
  };

  it.each<[string, Partial<TargetState>, Partial<HiddifyUser>, number | undefined]>([
    ['it is not used up', {}, {}, undefined],
    ['it is not used up, and no other tool had set one', { givesBack: true }, {}, undefined],
    ['only a hold ends', {}, {}, 50 * GB],
    ['a hold is in force', { holds: [someHold()] }, { usedBytes: 100 * GB }, undefined],
    ['it is not lifted', { allowance: sold(100) }, { usedBytes: 100 * GB }, undefined],
    ['no quota is known', { allowance: null }, { usedBytes: 100 * GB }, undefined],
  ])('stays where %s', (_, target, user, limitBefore) => {
    expect(limitsAfter(target, user, limitBefore)).toEqual([]);
  });

  it.each([100, 101])('is the highest where the panel would stop it: %d of 100 GB used', (used) => {
    expect(limitsAfter({}, { usedBytes: used * GB })).toEqual([{ limitBytes: MOST_BYTES }]);
  });

  it.each([
    [51, 51],
    [10, MOST_BYTES / GB],
    [9, MOST_BYTES / GB],
  ])('that another tool had set to %d GB is %d GB again while 10 GB are used', (before, after) => {
    expect(limitsAfter({ givesBack: true }, {}, before * GB)).toEqual([{ limitBytes: after * GB }]);
  });
});

describe('a lift whose service has ended', () => {
  const end = (target: Partial<TargetState> = {}, user: Partial<HiddifyUser> = {}, ownLimit = true) =>
    planFor(
      { ...hold, endsLift: true, checkpoint: storedCheckpoint({ ownLimit }), ...target },
      { limitBytes: MOST_BYTES, ...user },
    );

  it.each([
    [null, 100],
    [0, 100],
    [60, 60],
    [130, 100],
  ])('leaves a user that counts %p GB with a limit of %d GB', (counted, limit) => {
    const plan = end({ countedBytes: counted === null ? null : counted * GB });
    expect([listChanges(plan), plan.counts]).toEqual([[{ limitBytes: limit * GB }], true]);
  });

  it.each<[string, ReturnType<typeof end>]>([
    ['no quota is known', end({ allowance: null })],
    ['no limit was sold', end({ allowance: { unlimited: true, allowedBytes: null } })],
    ['others have set a limit since', end({}, { limitBytes: MOST_BYTES - 1 })],
    ['others had set the limit', end({}, {}, false)],
  ])('changes nothing where %s', (_, plan) => {
    expect([plan.steps, plan.counts]).toEqual([[], undefined]);
  });
});

describe('what stops a user besides Sluice', () => {
  const stops = (target: Partial<TargetState>, user: Partial<HiddifyUser> = {}) => {
    const { stops, stopsNow } = planFor(target, user);
    return { stops, stopsNow };
  };
  const off = { enabled: false };
  const usedUp = { usedBytes: 100 * GB };
  const some = [expect.any(String)];

  it.each<[string, Partial<HiddifyUser>]>([
    ['nothing', { startDate: '2026-02-08', packageDays: 30 }],
    ['nothing before its first use', { startDate: null, packageDays: 1 }],
  ])('is %s', (_, user) => {
    expect(stops({}, user)).toEqual({ stops: [] });
  });

  it.each<[string, Partial<HiddifyUser>]>([
    ['is disabled', off],
    ['ended', { startDate: '2026-02-07', packageDays: 30 }],
    ['used up', usedUp],
  ])('is that it %s', (word, user) => {
    expect(stops({}, user)).toEqual({ stops: [expect.stringContaining(word)] });
  });

  it.each<[string, Partial<TargetState>, number]>([
    ['while Sluice has disabled it', { holds: [someHold()], evidence: [someEvidence()] }, 0],
    ['where others had disabled it before the hold', { holds: [someHold()] }, 1],
    ['while it is disabled for its agent', { disabledForAgent: true }, 0],
  ])('is reported of a disabled user %s', (_, target, count) => {
    expect(stops(target, off).stops).toHaveLength(count);
  });

  it('is reported before and after the steps', () => {
    expect(stops({ evidence: [someEvidence()] }, off)).toEqual({ stops: [], stopsNow: some });
    expect(stops({ allowance: sold(200) }, usedUp)).toEqual({ stops: [], stopsNow: some });
    expect(stops({ allowance: sold(200) })).toEqual({ stops: [], stopsNow: [] });
    expect(stops({ allowance: sold(200) }, off)).toEqual({ stops: some, stopsNow: some });
  });

  it('depends on the date in the time zone of the panel', () => {
    const user = { startDate: '2026-02-08', packageDays: 30 };
    expect(stops({ timeZone: 'Pacific/Kiritimati' }, user).stops).toHaveLength(1);
  });
});
