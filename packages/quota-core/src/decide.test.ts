import { describe, expect, it } from '@jest/globals';
import {
  BYTES_PER_GB,
  decide,
  type Decision,
  type DecisionInput,
  describeReason,
  describeRule,
  type MeteredLimit,
} from './index.js';
import { AT, known, limited, unknown } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';

const quota: MeteredLimit = {
  id: 'quota',
  window: 'c1',
  allowance: limited(1000),
  mode: 'TOTAL',
  exceededAt: 'reached',
  release: 'margin',
  restriction: 'disable-ports',
  usage: known({ totalBytes: 500 }),
  peakUsedBytes: null,
  hold: null,
};
const base: Omit<DecisionInput, 'limits'> = {
  now: AT,
  billing: { suspended: false, overdue: false, overduePolicy: 'meter', restriction: 'suspend-order' },
  standing: [],
  protectedUntil: null,
};
/** A change of the input, or of its one limit. */
type Change = Partial<Omit<DecisionInput, 'limits'> & MeteredLimit>;
const held: Change = {
  hold: { window: 'c1', usedBytes: 1000, allowedBytes: 1000 },
  peakUsedBytes: 1000,
};
const manual = { reason: 'manual' as const, restriction: 'suspend-order' };
const agentLimit = { reason: 'agent-limit' as const, restriction: 'disable' };
const run = (...changes: Change[]): Decision => {
  const { now, billing, standing, protectedUntil, ...limit } = Object.assign(
    {},
    base,
    quota,
    ...changes,
  ) as Required<Change>;
  return decide({ now, billing, standing, protectedUntil, limits: [limit] });
};
const used = (totalBytes: number): Change => ({ usage: known({ totalBytes }) });

it('words are known for each rule of a decision, and for no other text', () => {
  const rules = [run(used(1000)), run(used(1)), run({ usage: unknown })].map(({ rule }) => describeRule(rule));
  expect(rules).toEqual(['the allowance is used up', 'usage is below the allowance', 'usage is unknown']);
  expect(['toString', 'quota', ''].map(describeRule)).toEqual([null, null, null]);
  expect(['agent-limit', 'quota', 'daily'].map(describeReason)).toEqual(['limit of its agent', 'quota', 'daily']);
});

describe('decide about usage that a new window does not show yet', () => {
  const most = (totalBytes: number): Change => ({ usage: null, most: { inBytes: null, outBytes: null, totalBytes } });
  const hold = { window: 'c0', usedBytes: 1000, allowedBytes: 1000 };

  it('ends the hold of an earlier window where the most that can have been used is below the allowance', () => {
    expect(run(most(999), { hold })).toMatchObject({ rule: 'below-allowance', holds: [] });
    expect(run(most(1000), { hold }).rule).toBe('not-metered-keeps');
    expect(run(most(999), { hold, peakUsedBytes: 1000 }).rule).toBe('not-metered-keeps');
  });

  it('ends none of this window, or without one', () => {
    expect(run(most(999), held, { peakUsedBytes: null }).rule).toBe('not-metered-keeps');
    const ofThis = { hold: { window: 'c1', usedBytes: 900, allowedBytes: 1000 } };
    expect(run(most(999), ofThis).rule).toBe('not-metered-keeps');
    expect(run(most(999), { hold, window: null }).rule).toBe('not-metered-keeps');
    expect(run({ usage: null }, { hold }).rule).toBe('not-metered-keeps');
  });

  it('begins none', () => {
    expect(run({ usage: null })).toMatchObject({ rule: 'not-metered', status: 'skipped', holds: [] });
  });
});

describe('decide about the quota', () => {
  it('lets a service below its allowance be', () => {
    const figures = { rule: 'below-allowance', usedBytes: 999, remainingBytes: 1, problem: null };
    expect(run(used(999))).toEqual({
      ...{ ...figures, status: 'ok', holds: [], withheld: [] },
      limits: [{ ...figures, limit: 'quota', status: 'ok', allowedBytes: 1000, money: null }],
    });
  });

  it.each([1000, 1001])('holds at the allowance and over it: %d', (usedBytes) => {
    const rule = 'at-or-over-allowance';
    const figures = { rule, usedBytes, remainingBytes: 0, problem: null };
    expect(run(used(usedBytes))).toEqual({
      ...{ ...figures, status: 'held', withheld: [] },
      limits: [{ ...figures, limit: 'quota', status: 'ok', allowedBytes: 1000, money: null }],
      holds: [{ reason: 'quota', rule, restriction: 'disable-ports' }],
    });
  });

  it('holds a quota of 0 that somebody has written', () => {
    expect(run(used(0), { allowance: limited(0) }).rule).toBe('at-or-over-allowance');
  });

  it('counts the direction of the mode', () => {
    const usage = known({ inBytes: 1000, outBytes: 1, totalBytes: 1001 });
    expect(run({ usage, mode: 'IN' }).status).toBe('held');
    expect(run({ usage, mode: 'OUT' }).status).toBe('ok');
  });

  it('begins no hold on what is unknown', () => {
    expect(run({ usage: unknown })).toMatchObject({
      status: 'unreadable',
      rule: 'unknown-usage',
      usedBytes: null,
      remainingBytes: null,
      holds: [],
      problem: { code: 'unreadable', message: 'no figures in the answer' },
    });
  });

  it('keeps a hold on what is unknown, also in a new cycle and after a raise', () => {
    const changes: Change[] = [
      {},
      { window: 'c2', peakUsedBytes: null },
      { allowance: limited(9000) },
      { allowance: { kind: 'unlimited', parts: [{ source: 'override', bytes: null }] } },
    ];
    for (const change of changes) {
      expect(run(held, { usage: unknown }, change)).toMatchObject({
        status: 'unreadable',
        holds: [{ reason: 'quota', rule: 'unknown-usage-keeps' }],
      });
    }
  });

  it('takes a reading that does not tell the mode for unknown, not for 0', () => {
    const decision = run(held, used(400), { mode: 'OUT' });
    expect(decision).toMatchObject({
      status: 'unreadable',
      rule: 'unknown-usage-keeps',
      problem: { code: 'usage_not_in_mode' },
    });
    expect(decision.problem?.message).toContain('mode OUT');
  });

  it('releases within a cycle only below the allowance less 1 %', () => {
    expect(run(held, used(999)).rule).toBe('within-release-margin');
    expect(run(held, used(990))).toMatchObject({
      status: 'held',
      holds: [{ reason: 'quota', rule: 'within-release-margin' }],
    });
    expect(run(held, used(989))).toMatchObject({ status: 'ok', rule: 'below-allowance', holds: [] });
  });

  it('has a margin of 1 GB at most', () => {
    const allowed = 1000 * BYTES_PER_GB;
    const change = {
      allowance: limited(allowed),
      hold: { window: 'c1', usedBytes: allowed, allowedBytes: allowed },
      peakUsedBytes: allowed,
    };
    expect(run(change, used(allowed - BYTES_PER_GB)).rule).toBe('within-release-margin');
    expect(run(change, used(allowed - BYTES_PER_GB - 1)).rule).toBe('below-allowance');
  });

  it('never releases by a fall to less than half of the peak', () => {
    expect(run(held, used(500)).rule).toBe('below-allowance');
    expect(run(held, used(499))).toMatchObject({
      status: 'held',
      rule: 'fall-of-more-than-half-keeps',
      holds: [{ reason: 'quota', rule: 'fall-of-more-than-half-keeps' }],
      problem: { code: 'usage_fell' },
    });
    expect(run(held, used(0)).status).toBe('held');
  });

  it('rounds the margin down to whole bytes', () => {
    const odd = { allowance: limited(1099), peakUsedBytes: 1099 };
    const hold = { window: 'c1', usedBytes: 1099, allowedBytes: 1099 };
    expect(run(used(1088), odd, { hold }).rule).toBe('below-allowance');
    expect(run(used(1089), odd, { hold }).rule).toBe('within-release-margin');
  });

  it('keeps the margin where the allowance is the one that the hold was taken on', () => {
    expect(run(used(995), held, { peakUsedBytes: 995 }).rule).toBe('within-release-margin');
    expect(run(used(989), held, { peakUsedBytes: 995 }).rule).toBe('below-allowance');
  });

  it('keeps the margin after a raise to what the cycle has reached', () => {
    const hold = { window: 'c1', usedBytes: 1000, allowedBytes: 1000 };
    const raised = { allowance: limited(2000), hold };
    expect(run(used(1995), raised, { peakUsedBytes: 2000 }).rule).toBe('within-release-margin');
    expect(run(used(1995), raised, { peakUsedBytes: 1999 }).rule).toBe('below-allowance');
  });

  it('is no trouble of the reading when a hold that goes on is withheld', () => {
    const isProtected = { protectedUntil: '2036-01-01T00:00:00.000Z' };
    const fallen = run(used(400), held, isProtected);
    expect([fallen.rule, fallen.status]).toEqual(['fall-of-more-than-half-keeps', 'ok']);
    const within = run(used(995), held, isProtected);
    expect([within.rule, within.status]).toEqual(['within-release-margin', 'ok']);
  });

  it('knows the fall also by the figure of the hold, where the peak is lost', () => {
    expect(run(held, { peakUsedBytes: null }, used(499)).rule).toBe('fall-of-more-than-half-keeps');
  });

  it('does not compare one mode with the figure of another', () => {
    const change = { mode: 'IN' as const, usage: known({ inBytes: 400, totalBytes: 990 }), peakUsedBytes: 400 };
    expect(run(held, change)).toMatchObject({ rule: 'below-allowance', problem: null, holds: [] });
  });

  it('reports a fall of a service that is not held, and lets it be', () => {
    const decision = run(used(100), { peakUsedBytes: 900 });
    expect(decision).toMatchObject({ status: 'ok', rule: 'below-allowance', usedBytes: 100, holds: [] });
    expect(decision.problem?.code).toBe('usage_fell');
    expect(decision.problem?.message).toContain('100 B, less than half of the 900 B');
  });

  it('compares plainly after a raise that is enough by itself', () => {
    expect(run(held, used(1000), { allowance: limited(1001) })).toMatchObject({ rule: 'below-allowance', holds: [] });
    expect(run(held, used(1000), { allowance: { kind: 'unlimited', parts: [] } })).toMatchObject({
      status: 'ok',
      rule: 'unlimited',
      holds: [],
      remainingBytes: null,
    });
    expect(run(held, used(1000), { allowance: limited(1000) }).holds).toHaveLength(1);
  });

  it('does not release after a raise that alone would not be enough', () => {
    const change = { peakUsedBytes: 3000, allowance: limited(2000) };
    expect(run(held, change, used(0)).rule).toBe('fall-of-more-than-half-keeps');
    expect(run(held, change, used(1990)).rule).toBe('within-release-margin');
    expect(run(held, change, used(1900)).rule).toBe('below-allowance');
  });

  it('keeps the margin when the allowance was lowered', () => {
    const hold = { window: 'c1', usedBytes: null, allowedBytes: 1000 };
    expect(run({ hold }, used(899), { allowance: limited(900) }).rule).toBe('within-release-margin');
    expect(run({ hold }, used(1099), { allowance: limited(1100) }).rule).toBe('below-allowance');
  });

  it('compares plainly in a new cycle', () => {
    expect(run(held, { window: 'c2', peakUsedBytes: null }, used(999)).holds).toEqual([]);
    expect(run(held, { window: 'c2', peakUsedBytes: null }, used(0)).problem).toBeNull();
    expect(run(held, { window: 'c2', peakUsedBytes: null }, used(1000)).status).toBe('held');
  });

  it('has the margin again when a hold of an earlier cycle is due in this one as well', () => {
    expect(run(held, { window: 'c2', peakUsedBytes: 1005 }, used(999)).rule).toBe('within-release-margin');
    expect(run(held, { window: 'c2', peakUsedBytes: 1005 }, used(0)).rule).toBe('fall-of-more-than-half-keeps');
  });

  it('has the margin for a hold whose figures are not known', () => {
    const hold = { window: 'c1', usedBytes: null, allowedBytes: null };
    expect(run({ hold }, used(999)).rule).toBe('within-release-margin');
    expect(run({ hold }, used(900)).rule).toBe('below-allowance');
  });

  it('does not begin a hold without a configured quota, and keeps one', () => {
    const unmanaged = { allowance: { kind: 'unmanaged' as const, parts: [] as [] } };
    expect(run(unmanaged)).toMatchObject({
      status: 'unmanaged',
      rule: 'no-quota-configured',
      holds: [],
      usedBytes: 500,
    });
    expect(run(unmanaged, held)).toMatchObject({
      status: 'held',
      holds: [{ reason: 'quota', rule: 'no-quota-configured-keeps' }],
    });
    expect(run(unmanaged, { usage: unknown })).toMatchObject({
      status: 'unmanaged',
      problem: { code: 'unreadable' },
    });
  });

  it('needs no figure of the mode where there is no limit', () => {
    const decision = run(held, { mode: 'IN', allowance: { kind: 'unlimited', parts: [] } });
    expect(decision).toMatchObject({ status: 'ok', rule: 'unlimited', holds: [], usedBytes: null, problem: null });
  });

  it('skips what is not metered and keeps its hold', () => {
    expect(run({ usage: null })).toMatchObject({ status: 'skipped', rule: 'not-metered', holds: [], problem: null });
    expect(run({ usage: null, allowance: { kind: 'unmanaged', parts: [] } }).status).toBe('skipped');
    expect(run({ usage: null, allowance: { kind: 'unlimited', parts: [] } }).status).toBe('ok');
    expect(run({ usage: null }, held)).toMatchObject({
      status: 'held',
      holds: [{ reason: 'quota', rule: 'not-metered-keeps' }],
    });
  });
});

describe('decide about usage that is only bounded', () => {
  const past: Change = { ...held, hold: { window: 'c0', usedBytes: 1000, allowedBytes: 1000 }, peakUsedBytes: null };
  const most = (totalBytes: number): Change => ({
    usage: null,
    most: { inBytes: null, outBytes: null, totalBytes },
  });

  it('ends the hold of an earlier window below the allowance', () => {
    expect(run(past, most(999))).toMatchObject({ status: 'ok', rule: 'below-allowance', holds: [], usedBytes: null });
  });

  it('keeps it otherwise, and begins none', () => {
    const kept = [{ reason: 'quota', rule: 'not-metered-keeps' }];
    expect(run(past, most(1000)).holds).toMatchObject(kept);
    expect(run(past, most(999), { mode: 'IN' }).holds).toMatchObject(kept);
    expect(run(past, most(999), { peakUsedBytes: 1000 }).holds).toMatchObject(kept);
    expect(run(held, most(999), { peakUsedBytes: null }).holds).toMatchObject(kept);
    expect(run(most(2000)).holds).toEqual([]);
  });
});

describe('decide about bills and orders', () => {
  const billing = (change: Partial<DecisionInput['billing']>): Change => ({
    billing: { ...base.billing!, ...change },
  });

  it('holds for the bill, whatever the usage', () => {
    const expected = [{ reason: 'billing', rule: 'billing-suspended', restriction: 'suspend-order' }];
    expect(run(billing({ suspended: true }))).toMatchObject({
      status: 'held',
      rule: 'below-allowance',
      holds: expected,
    });
    expect(run(billing({ suspended: true }), { usage: unknown })).toMatchObject({
      status: 'unreadable',
      holds: expected,
    });
    expect(run(billing({ suspended: true }), { allowance: { kind: 'unmanaged', parts: [] } })).toMatchObject({
      status: 'held',
      rule: 'no-quota-configured',
    });
  });

  it('treats an overdue service as the policy says', () => {
    expect(run(billing({ overdue: true, overduePolicy: 'meter' }))).toMatchObject({
      status: 'ok',
      rule: 'below-allowance',
      holds: [],
    });
    expect(run(billing({ overdue: true, overduePolicy: 'hold' })).holds).toEqual([
      { reason: 'billing', rule: 'overdue', restriction: 'suspend-order' },
    ]);
    expect(run(billing({ overdue: false, overduePolicy: 'hold' })).holds).toEqual([]);
    expect(run(billing({ overdue: true, overduePolicy: 'ignore' }), used(5000))).toMatchObject({
      status: 'skipped',
      rule: 'overdue-ignored',
      holds: [],
    });
    expect(run(billing({ overdue: true, overduePolicy: 'ignore' }), held, used(1))).toMatchObject({
      status: 'skipped',
      holds: [{ reason: 'quota', rule: 'overdue-ignored-keeps' }],
    });
  });

  it('meters a service that is paid, whatever the policy for others', () => {
    for (const overduePolicy of ['meter', 'hold', 'ignore'] as const) {
      const paid = run(billing({ suspended: false, overdue: false, overduePolicy }));
      expect([paid.rule, paid.status, paid.holds]).toEqual(['below-allowance', 'ok', []]);
    }
  });

  it('skips an overdue service that is not metered, also when something else holds it', () => {
    const decision = run(billing({ overdue: true, overduePolicy: 'ignore' }), { standing: [manual, agentLimit] });
    expect(decision.status).toBe('skipped');
    expect(decision.holds).toEqual([
      { reason: 'manual', rule: 'manual', restriction: 'suspend-order' },
      { reason: 'agent-limit', rule: 'agent-limit', restriction: 'disable' },
    ]);
  });

  it('names the instant that is none', () => {
    expect(() => run({ now: 'today', protectedUntil: AT })).toThrow(/^now is/);
    expect(() => run({ protectedUntil: 'later' })).toThrow(/^the end of the protection is/);
  });

  it('is one billing hold for two reasons', () => {
    expect(run(billing({ suspended: true, overdue: true, overduePolicy: 'hold' })).holds).toEqual([
      { reason: 'billing', rule: 'billing-suspended', restriction: 'suspend-order' },
    ]);
  });

  it('lists every reason', () => {
    const decision = run(used(1000), billing({ suspended: true }), { standing: [manual, agentLimit] });
    expect(decision.holds.map((hold) => hold.reason)).toEqual(['quota', 'billing', 'manual', 'agent-limit']);
    expect(decision.status).toBe('held');
  });

  it('withholds every hold but a manual one until the protection ends', () => {
    const all = [used(1000), billing({ suspended: true }), { standing: [agentLimit] }] as const;
    expect(run(...all, { protectedUntil: '2026-03-10T12:00:00.001Z' })).toMatchObject({
      status: 'ok',
      rule: 'at-or-over-allowance',
      holds: [],
      withheld: [
        { reason: 'quota', rule: 'at-or-over-allowance', restriction: 'disable-ports' },
        { reason: 'billing', rule: 'billing-suspended', restriction: 'suspend-order' },
        { reason: 'agent-limit', rule: 'agent-limit', restriction: 'disable' },
      ],
    });
    const byHand = run(used(1000), { standing: [manual], protectedUntil: '2026-03-10T12:00:00.001Z' });
    expect([byHand.status, byHand.holds, byHand.withheld.map(({ reason }) => reason)]).toEqual([
      'held',
      [{ reason: 'manual', rule: 'manual', restriction: 'suspend-order' }],
      ['quota'],
    ]);
    expect(run(...all, { protectedUntil: AT })).toMatchObject({ status: 'held', withheld: [] });
    expect(catchCode(() => run({ protectedUntil: '2026-03-10' }))).toBe('invalid_instant');
  });
});

describe('decide about several limits', () => {
  const fairUse: MeteredLimit = {
    ...quota,
    id: 'fair-use',
    window: 'day-1',
    allowance: limited(100),
    exceededAt: 'passed',
    release: 'window-end',
    restriction: 'throttle',
  };
  const decideBoth = (change: Partial<MeteredLimit>, ofQuota: Partial<MeteredLimit> = {}): Decision =>
    decide({
      ...base,
      limits: [
        { ...quota, ...ofQuota },
        { ...fairUse, ...change },
      ],
    });

  it('holds for each that is exceeded, with its own restriction', () => {
    const usage = known({ totalBytes: 101 });
    const decision = decideBoth({ usage });
    expect([decision.status, decision.rule]).toEqual(['held', 'below-allowance']);
    expect(decision.holds).toEqual([{ reason: 'fair-use', rule: 'over-allowance', restriction: 'throttle' }]);
    expect(decideBoth({ usage }, { usage: known({ totalBytes: 1000 }) }).holds.map((hold) => hold.reason)).toEqual([
      'quota',
      'fair-use',
    ]);
    expect(decideBoth({ usage: known({ totalBytes: 100 }) }).holds).toEqual([]);
  });

  it('keeps a hold until its window ends, or its allowance is raised above all that was used', () => {
    const hold = { window: 'day-1', usedBytes: 101, allowedBytes: 100 };
    const usage = known({ totalBytes: 10 });
    expect(decideBoth({ usage, hold }).limits[1]?.rule).toBe('until-window-end');
    expect(decideBoth({ usage, hold, window: 'day-2' }).holds).toEqual([]);
    const raised = { usage, hold, allowance: limited(200) };
    expect(decideBoth({ ...raised, peakUsedBytes: 200 }).holds).toEqual([]);
    expect(decideBoth({ ...raised, peakUsedBytes: 201 }).limits[1]?.rule).toBe('until-window-end');
  });

  it('releases below a percentage, of any window and after any fall', () => {
    const hold = { window: 'day-1', usedBytes: 1000, allowedBytes: 100 };
    const release = { belowPercent: 95 };
    expect(decideBoth({ usage: known({ totalBytes: 95 }), hold, release }).limits[1]?.rule).toBe(
      'within-release-margin',
    );
    expect(decideBoth({ usage: known({ totalBytes: 94 }), hold, release }).limits[1]?.rule).toBe('below-allowance');
    expect(decideBoth({ usage: known({ totalBytes: 0 }), hold, release }).holds).toEqual([]);
    for (const belowPercent of [0, 101, 1.5]) {
      expect(catchCode(() => decideBoth({ release: { belowPercent } }))).toBe('invalid_threshold');
    }
    for (const belowPercent of [1, 100]) expect(decideBoth({ release: { belowPercent } }).limits).toHaveLength(2);
  });

  it('is ok by one limit where another has no allowance or no usage', () => {
    const unmanaged = { allowance: { kind: 'unmanaged' as const, parts: [] as [] } };
    expect(decideBoth(unmanaged).status).toBe('ok');
    expect(decideBoth({ usage: known({ totalBytes: 1 }) }, unmanaged).status).toBe('ok');
    expect(decideBoth(unmanaged, { usage: null }).status).toBe('unmanaged');
    expect(decideBoth({ usage: null }, { usage: null }).status).toBe('skipped');
  });

  it('is unreadable by one limit, while another one holds', () => {
    const decision = decideBoth({ usage: unknown }, used(1000));
    expect(decision).toMatchObject({ status: 'unreadable', rule: 'at-or-over-allowance' });
    expect(decision.problem?.code).toBe('unreadable');
    expect(decision.holds.map((hold) => hold.reason)).toEqual(['quota']);
  });

  it('names the problem of an unreadable limit before a fall of another one', () => {
    const decision = decideBoth({ usage: unknown }, { ...used(100), peakUsedBytes: 900 });
    expect(decision.problem?.code).toBe('unreadable');
    expect(decision.limits.map(({ problem }) => problem?.code)).toEqual(['usage_fell', 'unreadable']);
    expect(decideBoth({ ...used(10), peakUsedBytes: 90 }).problem?.code).toBe('usage_fell');
  });

  it('needs no bill', () => {
    expect(decide({ ...base, billing: null, limits: [{ ...quota, ...used(1000) }] }).holds).toEqual([
      { reason: 'quota', rule: 'at-or-over-allowance', restriction: 'disable-ports' },
    ]);
  });

  it('has no window to account for a hold where neither is known', () => {
    const hold = { window: null, usedBytes: 1000, allowedBytes: 1000 };
    expect(run({ window: null, hold }, used(999))).toMatchObject({ rule: 'below-allowance', problem: null });
  });
});
