import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Allowance, BYTES_PER_GB, decide, type DecisionInput, type Mode, type Reading } from './index.js';
import { AT, bytes, known, limited, unknown } from './test/arbitraries.js';

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
const quotaHold = fc.record({
  since: fc.constant(AT),
  cycleId: fc.constantFrom('c1', 'c2'),
  usedBytes: figure,
  allowedBytes: figure,
});
const anyInput: fc.Arbitrary<DecisionInput> = fc.record({
  now: fc.constant(AT),
  mode: fc.constantFrom<Mode>('IN', 'OUT', 'TOTAL'),
  usage: reading,
  allowance,
  quotaHold: fc.option(quotaHold),
  cycleId: fc.constant('c1'),
  peakUsedBytes: figure,
  billing: fc.record({
    suspended: fc.boolean(),
    overdue: fc.boolean(),
    overduePolicy: fc.constantFrom('meter', 'hold', 'ignore'),
  }),
  manual: fc.boolean(),
  agentLimit: fc.boolean(),
  protectedUntil: fc.constantFrom(null, '2026-03-10T11:00:00.000Z', '2026-03-10T13:00:00.000Z'),
});
/** Nothing but a limit and a figure. */
const plain = (usedBytes: number, allowedBytes: number): DecisionInput => ({
  now: AT,
  mode: 'TOTAL',
  usage: known({ totalBytes: usedBytes }),
  allowance: limited(allowedBytes),
  quotaHold: null,
  cycleId: 'c1',
  peakUsedBytes: null,
  billing: { suspended: false, overdue: false, overduePolicy: 'meter' },
  manual: false,
  agentLimit: false,
  protectedUntil: null,
});
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
        const holds = due({ ...plain(usedBytes, allowedBytes), peakUsedBytes }).includes('quota');
        expect(holds).toBe(usedBytes >= allowedBytes);
      }),
      { numRuns: 500 },
    );
  });

  it('holds whatever is at or over its allowance, also when it was held before', () => {
    fc.assert(
      fc.property(bytes, bytes, quotaHold, figure, (a, b, hold, peakUsedBytes) => {
        const input = { ...plain(Math.max(a, b), Math.min(a, b)), quotaHold: hold, peakUsedBytes };
        expect(decide(input).rule).toBe('at-or-over-allowance');
      }),
    );
  });

  it('changes nothing about the quota on what is unknown', () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom<Reading | null>(unknown, known({})), (input, usage) => {
        fc.pre(input.allowance.kind === 'limited' || usage === unknown);
        expect(due({ ...input, usage }).includes('quota')).toBe(input.quotaHold !== null);
      }),
      { numRuns: 500 },
    );
  });

  it('decides about bills, orders and agents without looking at usage', () => {
    fc.assert(
      fc.property(anyInput, reading, allowance, (input, usage, other) => {
        const withoutQuota = (reasons: string[]): string[] => reasons.filter((reason) => reason !== 'quota');
        expect(withoutQuota(due({ ...input, usage, allowance: other }))).toEqual(withoutQuota(due(input)));
      }),
    );
  });

  it('restricts nothing under protection, and reports the same holds', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const free = decide({ ...input, protectedUntil: null });
        const shielded = decide({ ...input, protectedUntil: '2026-03-11T00:00:00.000Z' });
        expect(shielded.holds).toEqual([]);
        expect(shielded.withheld).toEqual(free.holds);
        expect(shielded.rule).toBe(free.rule);
      }),
    );
  });

  it('releases a hold of this cycle and allowance only by the margin and by no great fall', () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, (usedBytes, allowedBytes, over) => {
        const peak = Math.min(allowedBytes + over, Number.MAX_SAFE_INTEGER);
        const input = {
          ...plain(usedBytes, allowedBytes),
          quotaHold: { since: AT, cycleId: 'c1', usedBytes: peak, allowedBytes },
          peakUsedBytes: peak,
        };
        const margin = allowedBytes / 100 < BYTES_PER_GB ? BigInt(allowedBytes) : BigInt(BYTES_PER_GB) * 100n;
        const clearlyBelow = BigInt(usedBytes) * 100n < BigInt(allowedBytes) * 100n - margin;
        const released = clearlyBelow && BigInt(usedBytes) * 2n >= BigInt(peak);
        expect(due(input).includes('quota')).toBe(!released);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not flap when readings waver by less than the margin', () => {
    const wavering = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(wavering, (dips) => {
        const allowedBytes = 100_000;
        let hold: DecisionInput['quotaHold'] = null;
        let peakUsedBytes: number | null = null;
        let begun = 0;
        for (const dip of [0, ...dips]) {
          const usedBytes = allowedBytes - dip;
          const holds = due({ ...plain(usedBytes, allowedBytes), quotaHold: hold, peakUsedBytes }).includes('quota');
          if (holds && hold === null) begun += 1;
          hold = holds ? (hold ?? { since: AT, cycleId: 'c1', usedBytes, allowedBytes }) : null;
          peakUsedBytes = Math.max(peakUsedBytes ?? 0, usedBytes);
        }
        expect([begun, hold !== null]).toEqual([1, true]);
      }),
    );
  });

  it('never needs more than the allowance to be raised above everything read in the cycle', () => {
    fc.assert(
      fc.property(bytes, quotaHold, bytes, (usedBytes, hold, peak) => {
        const allowedBytes = Math.max(usedBytes, peak) + 1;
        fc.pre(hold.allowedBytes !== null && allowedBytes > hold.allowedBytes);
        expect(due({ ...plain(usedBytes, allowedBytes), quotaHold: hold, peakUsedBytes: peak })).toEqual([]);
      }),
    );
  });

  it('tells what remains, never below zero, and null when it is not known', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { usedBytes, remainingBytes } = decide(input);
        if (input.allowance.kind !== 'limited' || usedBytes === null) expect(remainingBytes).toBeNull();
        else expect(remainingBytes).toBe(Math.max(0, input.allowance.allowedBytes - usedBytes));
      }),
    );
  });

  it('gives the reason whenever a reading is unknown', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const decision = decide(input);
        if (decision.status === 'unreadable') expect(decision.problem).not.toBeNull();
        if (input.usage?.known === false) expect(decision.problem?.code).toBe('unreadable');
      }),
    );
  });

  it('leaves its input as it was and answers the same again', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const frozen = freeze(structuredClone(input));
        expect(decide(frozen)).toEqual(decide(input));
      }),
    );
  });
});
