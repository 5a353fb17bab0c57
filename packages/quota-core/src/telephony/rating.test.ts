import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { billedSeconds, toCharge, compareCharge, type IncrementBase, type Rate, rateCall, RateTable } from './index.js';
import { call, calls, catchCode, fixture, rates } from './test/fixtures.js';
import { modelCharge } from './test/rating-model.js';

interface Case {
  destination: string;
  talk_seconds: number;
  day: string;
  why: string;
  increment_base?: IncrementBase;
  expect: { rate_id: string; prefix: string; billed_seconds: number; charge: string } | null;
  error: string | null;
}

const table = new RateTable(rates(), '11');
const base = rates()[0]!;
const rate = (changes: Partial<Rate> = {}): Rate => ({ ...base, ...changes });

describe('rateCall', () => {
  it.each((fixture('rating-cases') as { cases: Case[] }).cases)('$why', (one) => {
    const { destination, talk_seconds: talkSeconds, day, increment_base: incrementBase = 'after-initial' } = one;
    const rated = (): unknown => {
      const { rate: found, ...figures } = rateCall(table, { destination, talkSeconds, day, incrementBase });
      return { rate_id: found.id, prefix: found.prefix, billed_seconds: figures.billedSeconds, charge: figures.charge };
    };
    if (one.error === null) expect(rated()).toEqual(one.expect);
    else expect(catchCode(rated)).toBe(one.error);
  });

  it("agrees with the simulator's answer", () => {
    const { data } = fixture('simulator.response') as { data: Record<string, unknown> };
    const rated = rateCall(table, { destination: '+5511987654321', talkSeconds: 45, day: '2026-10-05' });
    expect([rated.rate.id, rated.billedSeconds, rated.charge]).toEqual([
      data['rate_id'],
      data['billed_seconds'],
      data['charge'],
    ]);
  });
});

/** 100,000 cases with SLUICE_LONG=1. */
const CASES = process.env['SLUICE_LONG'] === '1' ? 100_000 : 2000;

/** Prefixes and numbers of few digits, so that many of them overlap. */
const digits = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[15]{0,${length}}$`));
const seconds = fc.oneof(fc.constantFrom(0, 1, 6, 20, 30, 60), fc.integer({ min: 0, max: 100 }));
const money = (places: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom('0', '0.5', '0.0003'),
    fc.integer({ min: 0, max: 99_999_999 }).map((units) => toText(units, places)),
  );
const day = fc.integer({ min: 1, max: 9 }).map((number) => `2026-01-0${number}`);

function toText(units: number, places: number): string {
  const text = String(units).padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}

const anyRate = fc.record({
  planId: fc.constantFrom('11', '11', '11', '12'),
  prefix: digits(4),
  pricePerMinute: money(6),
  connectionFee: money(4),
  initialIncrementSeconds: seconds,
  incrementSeconds: seconds,
  minimumSeconds: seconds,
  minChargeableSeconds: fc.oneof(fc.constant(0), seconds),
  validFrom: fc.option(day),
  validTo: fc.option(day),
  status: fc.constantFrom('active', 'active', 'active', 'inactive'),
});

describe('the reference model', () => {
  it('agrees', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(anyRate, { maxLength: 12 }),
        fc.tuple(digits(5), fc.oneof(seconds, fc.integer({ min: 0, max: 100_000 })), day),
        fc.constantFrom<IncrementBase>('after-initial', 'whole-duration'),
        (some, [number, talkSeconds, on], incrementBase) => {
          const all = some.map((one, index) => rate({ ...one, id: String(index) }));
          const expected = modelCharge(all, {
            planId: '11',
            digits: `1${number}`,
            talkSeconds,
            day: on,
            incrementBase,
          });
          outcomes.add(typeof expected === 'string' ? expected : 'rated');
          const ours = (): unknown => {
            const of = new RateTable(all, '11');
            const rated = rateCall(of, { destination: `+1${number}`, talkSeconds, day: on, incrementBase });
            return { id: rated.rate.id, seconds: rated.billedSeconds, charge: rated.charge };
          };
          if (typeof expected === 'string') expect(catchCode(ours)).toBe(expected);
          else expect(ours()).toEqual(expected);
        },
      ),
      { numRuns: CASES },
    );
    expect(outcomes).toEqual(new Set(['rated', 'no_rate', 'ambiguous_rate']));
  }, 600_000);
});

describe('RateTable', () => {
  it('prefers the newest rate of a prefix, and refuses two of one day', () => {
    const two = [rate({ id: 'a', validFrom: '2026-01-01' }), rate({ id: 'b', validFrom: '2026-02-01' })];
    expect(new RateTable(two, null).find('551133334444', '2026-03-01').id).toBe('b');
    expect(new RateTable(two, null).find('551133334444', '2026-01-15').id).toBe('a');
    const same = new RateTable([...two, rate({ id: 'c', validFrom: '2026-02-01' })], null);
    expect(catchCode(() => same.find('55', '2026-03-01'))).toBe('ambiguous_rate');
    expect(same.find('55', '2026-01-15').id).toBe('a');
  });

  it('has a default rate where a prefix is empty', () => {
    expect(new RateTable([rate({ prefix: '' })], null).find('190', '2026-03-01').id).toBe(base.id);
  });

  it('leaves out rates that are not valid, and lists them', () => {
    const faulty = [
      rate({ id: 'a', prefix: '+55' }),
      rate({ id: 'b', pricePerMinute: '0,12' }),
      rate({ id: 'c', connectionFee: '-1' }),
      rate({ id: 'd', incrementSeconds: 0.5 }),
      rate({ id: 'e', validTo: '01/01/2026' }),
    ];
    const of = new RateTable(faulty, null);
    expect(of.invalid.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(catchCode(() => of.find('55', '2026-03-01'))).toBe('no_rate');
  });
});

describe('seconds and charges', () => {
  it('never fall when a call is longer', () => {
    fc.assert(
      fc.property(anyRate, fc.integer({ min: 0, max: 5000 }), (some, talk) => {
        const one = rate(some);
        for (const incrementBase of ['after-initial', 'whole-duration'] as const) {
          const [shorter, longer] = [talk, talk + 1].map((seconds) => billedSeconds(seconds, one, incrementBase));
          expect(longer).toBeGreaterThanOrEqual(shorter!);
          if (shorter !== 0) expect(shorter).toBeGreaterThanOrEqual(talk);
        }
      }),
    );
  });

  it('are exact at halves, and where binary fractions are not', () => {
    expect(toCharge(60, { pricePerMinute: '0.00005', connectionFee: '0' })).toBe('0.0001');
    expect(toCharge(1, { pricePerMinute: '0.0029999999999999999', connectionFee: '0' })).toBe('0.0000');
    expect(toCharge(1, { pricePerMinute: '0.003', connectionFee: '0' })).toBe('0.0001');
    expect(toCharge(60, { pricePerMinute: '1.00499', connectionFee: '0.00006' })).toBe('1.0051');
    const large = '999999999999999999999999.999999999999999999999999';
    expect(toCharge(60, { pricePerMinute: large, connectionFee: '0' })).toBe('1000000000000000000000000.0000');
    expect(toCharge(0, { pricePerMinute: '1', connectionFee: '5' })).toBe('0.0000');
  });

  it.each([-1, 0.5, NaN, Infinity])('refuse a duration of %s', (talk) => {
    expect(catchCode(() => billedSeconds(talk, base))).toBe('invalid_seconds');
  });

  it.each(['0,29', '1e-3', '', '1.234,56', '+1'])('refuse the price %j', (pricePerMinute) => {
    expect(catchCode(() => toCharge(60, { pricePerMinute, connectionFee: '0' }))).toBe('invalid_amount');
  });
});

describe('compareCharge', () => {
  const options = { timeZone: 'America/Sao_Paulo' };

  it('agrees with the calls of October', () => {
    const all = [...calls('cdrs.period.page1'), ...calls('cdrs.period.page2')];
    expect(all.map((one) => compareCharge(one, table, options))).toEqual(all.map(() => null));
  });

  it('shows both figures where they differ', () => {
    const [, conflicting] = calls('cdrs.duplicate-conflict');
    expect(compareCharge(conflicting!, table, options)).toEqual({
      id: '100002',
      kind: 'charge',
      system: { rateId: '702', billedSeconds: 36, charge: '9.9999' },
      expected: { rateId: '702', prefix: '5511', billedSeconds: 36, charge: '0.0480' },
    });
  });

  it('says what is missing', () => {
    const firstFinding = (changes: Parameters<typeof call>[0]): string | undefined =>
      compareCharge(call(changes), table, options)?.kind;
    expect(firstFinding({ charge: null })).toBe('unrated');
    expect(firstFinding({ destination: '+447700900123' })).toBe('no-rate');
    expect(firstFinding({ destination: 'anonymous' })).toBe('no-rate');
    expect(firstFinding({ destination: '+447700900123', charge: '0.0000' })).toBe('no-rate');
    expect(firstFinding({ charge: '0.08' })).toBeUndefined();
    expect(firstFinding({ disposition: 'BUSY', charge: '0.0000' })).toBeUndefined();
    expect(firstFinding({ direction: 'inbound', destination: '+447700900123', charge: '0' })).toBeUndefined();
    expect(firstFinding({ direction: 'inbound', destination: '+447700900123', charge: '1' })).toBe('no-rate');
    // Local midnight, not that of UTC: the rate of Portuguese mobiles ended on 1 January.
    const portugal = { destination: '+351912345678', startedAt: '2026-01-01T02:59:59.000Z', charge: '0.9000' };
    expect(firstFinding(portugal)).toBeUndefined();
    expect(firstFinding({ ...portugal, startedAt: '2026-01-01T03:00:00.000Z' })).toBe('charge');
  });
});

describe('the rules of MagnusBilling', () => {
  const rules = { incrementBase: 'whole-duration', minimum: 'free', places: 6, digits: 6 } as const;
  const rate = {
    ...{ ...rates()[0]!, id: 'm', planId: '11', prefix: '', pricePerMinute: '0.123457', connectionFee: '0.01' },
    ...{ initialIncrementSeconds: 20, incrementSeconds: 6, minimumSeconds: 0, minChargeableSeconds: 3 },
    ...{ validFrom: null, validTo: null, status: 'active' },
  };

  /** As `calculateCost` and `updateSystem` of its CalcAgi do it, in floats. */
  function compute(talk: number, { initial, block, free }: { initial: number; block: number; free: number }): string {
    let seconds = Math.max(talk, initial);
    if (block > 0 && seconds > initial && seconds % block > 0) seconds += block - (seconds % block);
    return (talk <= free ? 0 : Math.round(((seconds / 60) * 0.123457 + 0.01) * 1e6) / 1e6).toFixed(6);
  }

  it.each([
    { initial: 20, block: 6, free: 3 },
    { initial: 1, block: 1, free: 0 },
    { initial: 30, block: 0, free: 30 },
    { initial: 0, block: 60, free: 5 },
  ])('charge what the panel charges: %j', (one) => {
    const { initial: initialIncrementSeconds, block: incrementSeconds, free: minChargeableSeconds } = one;
    const table = new RateTable([{ ...rate, initialIncrementSeconds, incrementSeconds, minChargeableSeconds }], '11');
    for (let talkSeconds = 0; talkSeconds < 200; talkSeconds += 1) {
      const { charge } = rateCall(table, { destination: '+5511', talkSeconds, day: '2026-10-05', ...rules });
      expect([talkSeconds, charge]).toEqual([talkSeconds, compute(talkSeconds, one)]);
    }
  });

  it('agree with charges of six digits', () => {
    const table = new RateTable([{ ...rate, pricePerMinute: '123.456789' }], '11');
    const compared = (charge: string) =>
      compareCharge(call({ talkSeconds: 60, charge }), table, { timeZone: 'America/Sao_Paulo', rules })?.kind;
    expect([compared('123.467'), compared('123.469'), compared('123.4')]).toEqual([undefined, 'charge', 'charge']);
  });
});
