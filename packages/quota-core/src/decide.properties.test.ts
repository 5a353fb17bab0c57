import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Allowance,
  BYTES_PER_GB,
  decide,
  type Decision,
  type DecisionInput,
  type LimitRelease,
  type MeteredLimit,
  type Mode,
  type MoneyLimit,
  type MoneyReading,
  type Reading,
  type DueHold,
} from './index.js';
import { AT, bytes, known, limited, unknown } from './test/arbitraries.js';
import { runs } from './test/runs.js';

const figure = fc.option(bytes);
const reading: fc.Arbitrary<Reading | null> = fc.oneof(
  fc.record({ inBytes: figure, outBytes: figure, totalBytes: figure }).map(known),
  fc.constant(unknown),
  fc.constant(null),
);
const allowance: fc.Arbitrary<Allowance> = fc.oneof(
  bytes.map(limited),
  fc.constant<Allowance>({ kind: 'unlimited', parts: [] }),
  fc.constant<Allowance>({ kind: 'unmanaged', parts: [] }),
);
const hold = fc.record({
  window: fc.constantFrom('c1', 'c2', null),
  usedBytes: figure,
  allowedBytes: figure,
});
const release: fc.Arbitrary<LimitRelease> = fc.oneof(
  fc.constantFrom<LimitRelease>('margin', 'window-end'),
  fc.record({ belowPercent: fc.integer({ min: 1, max: 100 }) }),
);
const toLimit = (id: string): fc.Arbitrary<MeteredLimit> =>
  fc.record({
    id: fc.constant(id),
    window: fc.constantFrom('c1', null),
    allowance,
    mode: fc.constantFrom<Mode>('IN', 'OUT', 'TOTAL'),
    exceededAt: fc.constantFrom('reached', 'passed'),
    release,
    restriction: fc.constant(`restrict-${id}`),
    usage: reading,
    peakUsedBytes: figure,
    hold: fc.option(hold),
  });
const amount = fc.integer({ min: 0, max: 3000 }).map((cents) => `${Math.floor(cents / 100)}.${cents % 100}`);
const spend: fc.Arbitrary<MoneyReading | null> = fc.oneof(
  fc.record({
    known: fc.constant(true as const),
    at: fc.constant(AT),
    amount,
    partial: fc.option(fc.constant({ code: 'unrated', message: 'not all calls are rated' })),
  }),
  fc.constant({ known: false as const, at: AT, code: 'unreadable', message: 'no answer' }),
  fc.constant(null),
);
const toMoneyLimit = (id: string): fc.Arbitrary<MoneyLimit> =>
  fc.record({
    id: fc.constant(id),
    window: fc.constantFrom('c1', null),
    unit: fc.constant({ currency: 'BRL' }),
    allowance: amount,
    exceededAt: fc.constantFrom('reached', 'passed'),
    release,
    restriction: fc.constant(`restrict-${id}`),
    usage: spend,
    peakUsed: fc.option(amount),
    hold: fc.option(fc.record({ window: fc.constantFrom('c1', 'c2', null) })),
  });
const bill = fc.record({
  suspended: fc.boolean(),
  overdue: fc.boolean(),
  overduePolicy: fc.constantFrom<'meter' | 'hold' | 'ignore'>('meter', 'hold', 'ignore'),
  restriction: fc.constant('suspend'),
});
const others = {
  now: fc.constant(AT),
  billing: fc.option(bill),
  standing: fc.subarray([
    { reason: 'manual' as const, restriction: 'suspend' },
    { reason: 'agent-limit' as const, restriction: 'disable' },
  ]),
  protectedUntil: fc.constantFrom(null, '2026-03-10T11:00:00.000Z', '2026-03-10T13:00:00.000Z'),
};
/** One limit, and whatever else. */
const anyInput: fc.Arbitrary<DecisionInput & { limits: [MeteredLimit] }> = fc.record({
  ...others,
  limits: fc.tuple(toLimit('quota')),
});
/** Up to four limits. */
const manyLimits: fc.Arbitrary<DecisionInput> = fc.record({
  ...others,
  limits: fc
    .tuple(
      toLimit('quota'),
      toLimit('fair-use'),
      toMoneyLimit('spend'),
      toLimit('burst'),
      fc.integer({ min: 1, max: 4 }),
    )
    .map(([a, b, c, d, count]) => [a, ...[b, c, d].slice(0, count - 1)] as const),
});
/** Nothing but a quota and a figure; `change` is about the quota. */
const plain = (
  usedBytes: number,
  allowedBytes: number,
  change: Partial<MeteredLimit> = {},
): DecisionInput & { limits: [MeteredLimit] } => ({
  now: AT,
  limits: [
    {
      id: 'quota',
      window: 'c1',
      allowance: limited(allowedBytes),
      mode: 'TOTAL',
      exceededAt: 'reached',
      release: 'margin',
      restriction: 'restrict-quota',
      usage: known({ totalBytes: usedBytes }),
      peakUsedBytes: null,
      hold: null,
      ...change,
    },
  ],
  billing: null,
  standing: [],
  protectedUntil: null,
});
const withLimit = (
  input: DecisionInput & { limits: [MeteredLimit] },
  change: Partial<MeteredLimit>,
): DecisionInput & { limits: [MeteredLimit] } => ({ ...input, limits: [{ ...input.limits[0], ...change }] });
const due = (input: DecisionInput): string[] => {
  const decision = decide(input);
  return [...decision.holds, ...decision.withheld].map((hold) => hold.reason);
};
const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
};

describe('every decision', () => {
  it('holds an unheld service exactly when used >= allowed', () => {
    fc.assert(
      fc.property(bytes, bytes, figure, (usedBytes, allowedBytes, peakUsedBytes) => {
        const holds = due(plain(usedBytes, allowedBytes, { peakUsedBytes })).includes('quota');
        expect(holds).toBe(usedBytes >= allowedBytes);
      }),
      { numRuns: runs(500) },
    );
  });

  it('holds whatever is at or over its allowance, also when it was held before', () => {
    fc.assert(
      fc.property(bytes, bytes, hold, figure, (a, b, open, peakUsedBytes) => {
        const input = plain(Math.max(a, b), Math.min(a, b), { hold: open, peakUsedBytes });
        expect(decide(input).rule).toBe('at-or-over-allowance');
      }),
    );
  });

  it('changes nothing about the quota on what is unknown', () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom<Reading | null>(unknown, known({})), (input, usage) => {
        const [limit] = input.limits;
        fc.pre(limit.allowance.kind === 'limited' || usage === unknown);
        expect(due(withLimit(input, { usage })).includes('quota')).toBe(limit.hold !== null);
      }),
      { numRuns: runs(500) },
    );
  });

  it('decides about bills, orders and agents without looking at usage', () => {
    fc.assert(
      fc.property(anyInput, reading, allowance, (input, usage, other) => {
        const withoutQuota = (reasons: string[]): string[] => reasons.filter((reason) => reason !== 'quota');
        expect(withoutQuota(due(withLimit(input, { usage, allowance: other })))).toEqual(withoutQuota(due(input)));
      }),
    );
  });

  it('restricts nothing but by hand under protection, and reports the same holds', () => {
    fc.assert(
      fc.property(manyLimits, (input) => {
        const free = decide({ ...input, protectedUntil: null });
        const shielded = decide({ ...input, protectedUntil: '2026-03-11T00:00:00.000Z' });
        const [byHand, others] = [true, false].map((is) =>
          free.holds.filter(({ reason }) => (reason === 'manual') === is),
        );
        expect(shielded.holds).toEqual(byHand);
        expect(shielded.withheld).toEqual(others);
        expect(shielded.rule).toBe(free.rule);
      }),
    );
  });

  it('releases a hold of this cycle and allowance only by the margin and by no great fall', () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, (usedBytes, allowedBytes, over) => {
        const peak = Math.min(allowedBytes + over, Number.MAX_SAFE_INTEGER);
        const input = plain(usedBytes, allowedBytes, {
          hold: { window: 'c1', usedBytes: peak, allowedBytes },
          peakUsedBytes: peak,
        });
        const margin = allowedBytes / 100 < BYTES_PER_GB ? BigInt(allowedBytes) : BigInt(BYTES_PER_GB) * 100n;
        const clearlyBelow = BigInt(usedBytes) * 100n < BigInt(allowedBytes) * 100n - margin;
        const released = clearlyBelow && BigInt(usedBytes) * 2n >= BigInt(peak);
        expect(due(input).includes('quota')).toBe(!released);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('does not flap when readings waver by less than the margin', () => {
    const wavering = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(wavering, (dips) => {
        const allowedBytes = 100_000;
        let open: MeteredLimit['hold'] = null;
        let peakUsedBytes: number | null = null;
        let begun = 0;
        for (const dip of [0, ...dips]) {
          const usedBytes = allowedBytes - dip;
          const holds = due(plain(usedBytes, allowedBytes, { hold: open, peakUsedBytes })).includes('quota');
          if (holds && open === null) begun += 1;
          open = holds ? (open ?? { window: 'c1', usedBytes, allowedBytes }) : null;
          peakUsedBytes = Math.max(peakUsedBytes ?? 0, usedBytes);
        }
        expect([begun, open !== null]).toEqual([1, true]);
      }),
    );
  });

  it('never needs more than the allowance to be raised above everything read in the cycle', () => {
    fc.assert(
      fc.property(bytes, hold, bytes, (usedBytes, open, peak) => {
        const allowedBytes = Math.max(usedBytes, peak) + 1;
        fc.pre(open.allowedBytes !== null && allowedBytes > open.allowedBytes);
        expect(due(plain(usedBytes, allowedBytes, { hold: open, peakUsedBytes: peak }))).toEqual([]);
      }),
    );
  });

  it('tells what remains, never below zero, and null when it is not known', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { usedBytes, remainingBytes } = decide(input);
        const [{ allowance: kind }] = input.limits;
        if (kind.kind !== 'limited' || usedBytes === null) expect(remainingBytes).toBeNull();
        else expect(remainingBytes).toBe(Math.max(0, kind.allowedBytes - usedBytes));
      }),
    );
  });

  it('gives the reason whenever a reading is unknown', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const decision = decide(input);
        if (decision.status === 'unreadable') expect(decision.problem).not.toBeNull();
        if (input.limits[0].usage?.known === false) expect(decision.problem?.code).toBe('unreadable');
      }),
    );
  });

  it('leaves its input as it was and answers the same again', () => {
    fc.assert(
      fc.property(manyLimits, (input) => {
        const frozen = freeze(structuredClone(input));
        expect(decide(frozen)).toEqual(decide(input));
      }),
    );
  });
});

describe('every list of limits', () => {
  it('is decided limit by limit: none changes what follows from another', () => {
    fc.assert(
      fc.property(manyLimits, (input) => {
        const all = decide(input);
        const alone = input.limits.map((limit) => decide({ ...input, limits: [limit] }));
        expect(all.limits).toEqual(alone.flatMap(({ limits }) => limits));
        const ids = input.limits.map(({ id }) => id);
        const ofLimits = (decision: Decision): DueHold[] =>
          [...decision.holds, ...decision.withheld].filter(({ reason }) => ids.includes(reason));
        expect(ofLimits(all)).toEqual(alone.flatMap(ofLimits));
      }),
      { numRuns: runs(500) },
    );
  });

  it('holds for a limit with its id as the reason and its own restriction', () => {
    fc.assert(
      fc.property(manyLimits, (input) => {
        const restrictions = new Map(input.limits.map(({ id, restriction }) => [id, restriction]));
        const { holds, withheld } = decide(input);
        for (const { reason, restriction } of [...holds, ...withheld]) {
          expect(restriction).toBe(restrictions.get(reason) ?? (reason === 'agent-limit' ? 'disable' : 'suspend'));
        }
      }),
    );
  });

  it('has the same holds and status in any order, and reports the first limit', () => {
    fc.assert(
      fc.property(manyLimits, (input) => {
        const turned = decide({ ...input, limits: [...input.limits].reverse() as [MeteredLimit] });
        const { status, holds, rule, usedBytes, remainingBytes, limits } = decide(input);
        expect(turned.status).toBe(status);
        expect(new Set(turned.holds)).toEqual(new Set(holds));
        expect(limits[0]).toMatchObject({ rule, usedBytes, remainingBytes });
      }),
    );
  });

  it('is unreadable as soon as one limit is, and gives the reason', () => {
    fc.assert(
      fc.property(manyLimits, (input) => {
        const { status, limits, problem } = decide(input);
        const unreadable = limits.filter((limit) => limit.status === 'unreadable');
        expect(status === 'unreadable').toBe(unreadable.length > 0);
        if (unreadable.length > 0) expect(problem).toEqual(unreadable[0]?.problem);
      }),
    );
  });
});

describe('every limit', () => {
  it('is exceeded from its allowance on, or only beyond it', () => {
    fc.assert(
      fc.property(bytes, bytes, (usedBytes, allowedBytes) => {
        const at = (exceededAt: MeteredLimit['exceededAt'], used: number): boolean =>
          due(plain(used, allowedBytes, { exceededAt })).includes('quota');
        expect([at('reached', allowedBytes), at('passed', allowedBytes)]).toEqual([true, false]);
        expect(at('reached', usedBytes)).toBe(usedBytes >= allowedBytes);
        expect(at('passed', usedBytes)).toBe(usedBytes > allowedBytes);
      }),
    );
  });

  it('with a percentage is released exactly below it, whatever the window and the peak', () => {
    const percent = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(bytes, bytes, percent, hold, figure, (usedBytes, allowedBytes, belowPercent, open, peak) => {
        fc.pre(usedBytes < allowedBytes);
        const input = plain(usedBytes, allowedBytes, { release: { belowPercent }, hold: open, peakUsedBytes: peak });
        const isBelow = BigInt(usedBytes) * 100n < BigInt(allowedBytes) * BigInt(belowPercent);
        expect(decide(input).rule).toBe(isBelow ? 'below-allowance' : 'within-release-margin');
        expect(due(input)).toEqual(isBelow ? [] : ['quota']);
      }),
      { numRuns: runs(500) },
    );
  });

  it('that lasts until the end of its window is released by the next one or by a raise, never by usage', () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, (usedBytes, allowedBytes, peak) => {
        fc.pre(usedBytes < allowedBytes && peak >= allowedBytes);
        const open = { window: 'c1', usedBytes: peak, allowedBytes };
        const last = { release: 'window-end' as const, hold: open, peakUsedBytes: peak };
        expect(decide(plain(usedBytes, allowedBytes, last)).rule).toBe('until-window-end');
        expect(due(plain(usedBytes, peak + 1, last))).toEqual([]);
        expect(due(plain(usedBytes, allowedBytes, { ...last, window: 'c2', peakUsedBytes: null }))).toEqual([]);
      }),
    );
  });

  it('begins its hold by the same figures, however it is released', () => {
    fc.assert(
      fc.property(anyInput, release, (input, other) => {
        fc.pre(input.limits[0].hold === null);
        expect(due(withLimit(input, { release: other }))).toEqual(due(input));
      }),
    );
  });
});
