import { describe, expect, it } from '@jest/globals';
import type { HiddifyUser } from '../client/records.js';
import type { NewHiddifyUser } from '../client/types.js';
import type { HiddifyStep } from '../steps/step.js';
import {
  packageTerm,
  planUserChangePackage,
  planUserCreate,
  planUserRenew,
  planUserSuspend,
  planUserTerminate,
  planUserUnsuspend,
  planUserZeroUsage,
} from './plan-user.js';

const GB = 1024 ** 3;
const uuid = '3c9d4f85-a06e-4b1d-8f74-5e80b1a24d01';
const agent = '1a7b2d63-8e4c-4f9b-8d52-3c6e9f802b02';

const wanted: NewHiddifyUser & { uuid: string } = {
  uuid,
  name: 'svc-1',
  limitBytes: 50 * GB,
  packageDays: 30,
  owner: agent,
};

function user(change: Partial<HiddifyUser> = {}): HiddifyUser {
  return {
    uuid,
    id: 1,
    name: 'svc-1',
    owner: agent,
    limitBytes: 50 * GB,
    usedBytes: 7 * GB,
    packageDays: 30,
    mode: 'no_reset',
    startDate: '2026-03-01',
    lastResetDate: '2026-03-01',
    lastOnline: null,
    enabled: true,
    active: true,
    comment: '',
    telegramId: null,
    lang: 'en',
    ...change,
  };
}

const short = (steps: HiddifyStep[]): unknown[] =>
  steps.map((step) => (step.type === 'update-user' ? [step.type, step.change] : [step.type]));

describe('create', () => {
  it('makes a user that is not there', () => {
    expect(planUserCreate({ wanted, observed: null })).toEqual([
      { type: 'create-user', target: uuid, agent, prior: null, why: 'create', wanted },
    ]);
  });

  it('has nothing to do for one that is there as asked for, used or not', () => {
    expect(planUserCreate({ wanted, observed: user() })).toEqual([]);
  });

  it('completes what the panel left half-made', () => {
    const half = user({
      name: 'unknown',
      limitBytes: 1000 * GB,
      packageDays: 90,
      owner: 'self',
      usedBytes: 0,
      startDate: null,
    });
    expect(short(planUserCreate({ wanted, observed: half }))).toEqual([
      ['update-user', { name: 'svc-1', limitBytes: 50 * GB, packageDays: 30, owner: agent }],
    ]);
  });

  it("takes a different user for somebody else's unless it is known to be ours", () => {
    const other = user({ name: 'anna', limitBytes: 10 * GB });
    expect(() => planUserCreate({ wanted, observed: other })).toThrow(expect.objectContaining({ code: 'user_exists' }));
    expect(short(planUserCreate({ wanted, observed: other, ours: true }))).toEqual([
      ['update-user', { name: 'svc-1', limitBytes: 50 * GB }],
    ]);
  });

  it('refuses what the panel would refuse too late', () => {
    expect(() => planUserCreate({ wanted: { ...wanted, limitBytes: 0 }, observed: null })).toThrow(
      expect.objectContaining({ code: 'invalid_user' }),
    );
  });
});

describe('suspend and unsuspend', () => {
  it('switch off and on again', () => {
    expect(short(planUserSuspend({ observed: user() }))).toEqual([['disable-user']]);
    expect(short(planUserUnsuspend({ observed: user({ enabled: false }), disabledByUs: true }))).toEqual([
      ['enable-user'],
    ]);
  });

  it('leave alone what is so already, and what somebody else had switched off', () => {
    expect(planUserSuspend({ observed: user({ enabled: false }) })).toEqual([]);
    expect(planUserUnsuspend({ observed: user(), disabledByUs: true })).toEqual([]);
    expect(planUserUnsuspend({ observed: user({ enabled: false }), disabledByUs: false })).toEqual([]);
  });

  it('say that a user is gone', () => {
    for (const plan of [
      () => planUserSuspend({ observed: null }),
      () => planUserUnsuspend({ observed: null, disabledByUs: true }),
      () => planUserRenew({ observed: null, term: packageTerm('2026-03-01', '2026-04-01') }),
      () => planUserZeroUsage({ observed: null }),
      () => planUserChangePackage({ observed: null, change: {} }),
    ]) {
      expect(plan).toThrow(expect.objectContaining({ code: 'unknown_user' }));
    }
  });
});

describe('renew', () => {
  it('counts the days so that the last one is the due date, over leap days and changes of the clocks', () => {
    expect(packageTerm('2026-03-01', '2026-04-01')).toEqual({ startDate: '2026-03-01', packageDays: 31 });
    expect(packageTerm('2028-02-28', '2028-03-01')).toEqual({ startDate: '2028-02-28', packageDays: 2 });
    expect(packageTerm('2026-03-01', '2026-03-01').packageDays).toBe(0);
    expect(() => packageTerm('2026-03-02', '2026-03-01')).toThrow(expect.objectContaining({ code: 'invalid_user' }));
    expect(() => packageTerm('2026-02-30', '2026-03-01')).toThrow(expect.objectContaining({ code: 'invalid_date' }));
  });

  it('sets start and days together, also where only one of them changes', () => {
    const term = packageTerm('2026-04-01', '2026-05-01');
    expect(short(planUserRenew({ observed: user(), term }))).toEqual([
      ['update-user', { startDate: '2026-04-01', packageDays: 30 }],
    ]);
    const longer = packageTerm('2026-03-01', '2026-05-01');
    expect(short(planUserRenew({ observed: user(), term: longer }))).toEqual([
      ['update-user', { startDate: '2026-03-01', packageDays: 61 }],
    ]);
  });

  it('zeroes the usage in the same write when asked to', () => {
    const term = packageTerm('2026-04-01', '2026-05-01');
    expect(short(planUserRenew({ observed: user(), term, zeroUsage: true }))).toEqual([
      ['update-user', { startDate: '2026-04-01', packageDays: 30, usedBytes: 0 }],
    ]);
  });

  it('has nothing to do a second time', () => {
    const term = packageTerm('2026-03-01', '2026-03-31');
    expect(planUserRenew({ observed: user(), term })).toEqual([]);
    expect(planUserRenew({ observed: user({ usedBytes: 0 }), term, zeroUsage: true })).toEqual([]);
  });
});

describe('the rest', () => {
  it('zeroes a usage, a negative one too', () => {
    expect(short(planUserZeroUsage({ observed: user() }))).toEqual([['update-user', { usedBytes: 0 }]]);
    expect(planUserZeroUsage({ observed: user({ usedBytes: 0 }) })).toEqual([]);
    expect(short(planUserZeroUsage({ observed: user({ usedBytes: 0, odd: { usedBytes: -5 } }) }))).toEqual([
      ['update-user', { usedBytes: 0 }],
    ]);
  });

  it('changes a package without touching the switch', () => {
    const change = { limitBytes: 100 * GB, mode: 'monthly' as const, name: 'svc-1' };
    expect(short(planUserChangePackage({ observed: user({ enabled: false }), change }))).toEqual([
      ['update-user', { limitBytes: 100 * GB, mode: 'monthly' }],
    ]);
    expect(planUserChangePackage({ observed: user(), change: { limitBytes: 50 * GB } })).toEqual([]);
  });

  it('terminates once', () => {
    expect(short(planUserTerminate({ observed: user() }))).toEqual([['delete-user']]);
    expect(planUserTerminate({ observed: null })).toEqual([]);
  });

  it('refuses a user that the API cannot address', () => {
    expect(() => planUserTerminate({ observed: user({ uuid: null }) })).toThrow(
      expect.objectContaining({ code: 'unknown_user' }),
    );
  });
});
