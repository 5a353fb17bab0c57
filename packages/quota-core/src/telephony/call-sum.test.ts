import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CallRecord, CallSum, type CallTotals, callWarnings, decideBill } from './index.js';
import { call, calls, catchCode, fixture, OCTOBER } from './test/fixtures.js';

const options = { period: OCTOBER, currency: 'BRL', subscriberId: '9001' };

function toTotals(records: readonly CallRecord[], changes: Partial<typeof options> = {}): CallTotals {
  const sum = new CallSum({ ...options, ...changes });
  for (const one of records) sum.add(one);
  return sum.totals();
}

const october = [...calls('cdrs.period.page1'), ...calls('cdrs.period.page2')];
const charged = (charges: readonly string[]): CallRecord[] =>
  charges.map((charge, index) => call({ id: String(index), charge }));

describe('the calls of October', () => {
  it('add up to what is expected', () => {
    const expected = fixture('consumption.expected-2026-10') as Record<string, unknown>;
    const totals = toTotals(october);
    expect(totals).toMatchObject({
      calls: expected['calls'],
      chargeableCalls: expected['chargeable_calls'],
      talkSeconds: expected['talk_seconds'],
      billedSeconds: expected['billed_seconds'],
      total: expected['total_4dp'],
      amount: expected['invoice_amount'],
      currency: expected['currency'],
      repeats: 0,
      outside: null,
      problems: [],
      warnings: [],
    });
    expect(decideBill({ totals, billingType: 'postpaid' })).toEqual({ kind: 'add', amount: '1.06', currency: 'BRL' });
  });

  it('are the same when a page shifts, and when a later call comes along', () => {
    const shifted = [...calls('cdrs.period.page1'), ...calls('cdrs.period.page2-shifted')];
    expect(toTotals(shifted)).toEqual({ ...toTotals(october), repeats: 1 });
    expect(toTotals([...october, ...calls('cdrs.outside-period')])).toEqual({
      ...toTotals(october),
      outside: { code: 'outside-period', count: 1, ids: ['100008'] },
    });
    expect(toTotals(calls('cdrs.day-2026-10-05')).total).toBe('0.0480');
    expect(toTotals(calls('cdrs.empty'))).toMatchObject({ calls: 0, total: '0.0000', amount: '0.00' });
  });

  it('are refused when one came twice with different content', () => {
    const totals = toTotals([...october, ...calls('cdrs.duplicate-conflict')]);
    expect(totals.problems).toEqual([{ code: 'conflicting-records', count: 1, ids: ['100002'] }]);
    expect(decideBill({ totals, billingType: 'postpaid' })).toEqual({
      kind: 'refuse',
      code: 'conflicting-records',
      message: '1 of the calls came twice with different content: "100002"',
    });
  });
});

describe('rounding', () => {
  interface Case {
    charges: string[];
    why: string;
    total_4dp: string;
    invoice_amount: string;
  }

  it.each((fixture('rounding-cases') as { cases: Case[] }).cases)('$why', (one) => {
    expect(toTotals(charged(one.charges))).toMatchObject({ total: one.total_4dp, amount: one.invoice_amount });
  });

  it('keeps every digit of the charges, and has the places of the currency', () => {
    expect(toTotals(charged(['0.077333', '0.01']))).toMatchObject({ total: '0.087333', amount: '0.09' });
    const yen = charged(['1.5', '1']).map((one) => ({ ...one, currency: 'JPY' }));
    expect(toTotals(yen, { currency: 'JPY' }).amount).toBe('3');
  });

  it('agrees with whole ten-thousandths, in any order and with repeats', () => {
    const units = fc.array(fc.integer({ min: -99_999, max: 999_999 }), { maxLength: 60 });
    fc.assert(
      fc.property(units, fc.infiniteStream(fc.nat()), (amounts, order) => {
        const text = (amount: number): string => {
          const digits = String(Math.abs(amount)).padStart(5, '0');
          return `${amount < 0 ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
        };
        const records = charged(amounts.map(text));
        const keys = [...records, ...records].map((record) => ({ record, key: order.next().value as number }));
        const shuffled = keys.sort((a, b) => a.key - b.key).map(({ record }) => record);
        const totals = toTotals(shuffled);
        const sum = amounts.reduce((left, right) => left + right, 0);
        const cents = Math.sign(sum) * Math.floor((Math.abs(sum) + 50) / 100);
        expect(totals).toMatchObject({
          calls: amounts.length,
          repeats: amounts.length,
          total: text(sum),
          problems: [],
        });
        expect(Number(totals.amount)).toBe(cents === 0 ? 0 : cents / 100);
      }),
    );
  });
});

describe('records that stop a bill', () => {
  const refusal = (changes: Partial<CallRecord>, allowUnrated = false): string => {
    const totals = toTotals([call(changes), call({ id: '2' })]);
    const decision = decideBill({ totals, billingType: 'postpaid', allowUnrated });
    return decision.kind === 'refuse' ? decision.code : decision.kind;
  };

  it.each<[string, Partial<CallRecord>]>([
    ['other-currency', { currency: 'USD' }],
    ['other-subscriber', { subscriberId: '9002' }],
    ['unreadable-record', { charge: '0,08' }],
    ['unreadable-record', { charge: '1e3' }],
    ['unreadable-record', { startedAt: 'yesterday' }],
    ['unreadable-record', { talkSeconds: -1 }],
    ['unreadable-record', { billedSeconds: 1.5 }],
    ['unrated', { charge: null }],
    ['negative-total', { charge: '-5.0000' }],
    ['negative-total', { charge: '-0.0801' }],
    ['nothing', { charge: '-0.0800' }],
    ['add', { charge: '0.0000' }],
  ])('%s: %j', (code, changes) => {
    expect(refusal(changes)).toBe(code);
  });

  it('of no charge are left out when that is allowed, others never', () => {
    expect(refusal({ charge: null }, true)).toBe('add');
    expect(refusal({ currency: 'USD' }, true)).toBe('other-currency');
    expect(toTotals([call({ charge: null })])).toMatchObject({ calls: 1, chargeableCalls: 0, total: '0.0000' });
  });

  it('that changed into another period are conflicts, not calls outside', () => {
    const totals = toTotals([call(), call({ startedAt: '2026-11-05T12:00:00.000Z' })]);
    expect(totals).toMatchObject({ outside: null, problems: [{ code: 'conflicting-records', count: 1 }] });
  });

  it('name ten ids, cleaned', () => {
    const totals = toTotals(
      charged(Array.from({ length: 12 }, () => 'x')).map((one) => ({ ...one, id: `\u001b${one.id}` })),
    );
    expect(totals.problems).toMatchObject([{ code: 'unreadable-record', count: 12 }]);
    const decision = decideBill({ totals, billingType: 'postpaid' });
    expect(decision).toMatchObject({
      message: expect.stringMatching(/^12 of the calls .*: " 0", .*" 9", …$/) as unknown,
    });
  });
});

describe('a bill without an amount', () => {
  it('is nothing, unless a line of zero is wanted', () => {
    const totals = toTotals(charged(['0.0010']));
    expect(decideBill({ totals, billingType: 'postpaid' })).toEqual({ kind: 'nothing', reason: 'zero' });
    expect(decideBill({ totals, billingType: 'postpaid', zeroLine: true })).toMatchObject({ amount: '0.00' });
  });

  it('is that of a prepaid line', () => {
    expect(decideBill({ totals: toTotals(october), billingType: 'prepaid' })).toEqual({
      kind: 'nothing',
      reason: 'prepaid',
    });
  });
});

describe('CallSum', () => {
  it('counts from the start of the period and up to its end', () => {
    const sum = new CallSum(options);
    const at = (id: string, startedAt: string): string => sum.add(call({ id, startedAt }));
    expect(at('1', '2026-10-01T02:59:59.999Z')).toBe('outside');
    expect(at('2', '2026-10-01T03:00:00.000Z')).toBe('counted');
    expect(at('3', '2026-11-01T02:59:59.999Z')).toBe('counted');
    expect(at('4', '2026-11-01T03:00:00.000Z')).toBe('outside');
    expect(sum.add(call({ id: '5', charge: 'x' }))).toBe('problem');
    // What another bill would refuse does not stop this one.
    const later = { startedAt: '2026-11-01T03:00:00.000Z', currency: 'USD', charge: null };
    expect(sum.add(call({ id: '6', ...later }))).toBe('outside');
  });

  it('does not know billed seconds that one call lacks', () => {
    expect(toTotals([call(), call({ id: '2', billedSeconds: null })]).billedSeconds).toBeNull();
  });

  it('recognises repeats among many records', () => {
    const sum = new CallSum(options);
    for (let round = 0; round < 2; round++) {
      for (let id = 0; id < 20_000; id++) sum.add(call({ id: String(id) }));
    }
    expect(sum.totals()).toMatchObject({ calls: 20_000, repeats: 20_000, problems: [], amount: '1600.00' });
  });

  it('needs a currency and a period', () => {
    expect(() => new CallSum({ ...options, currency: 'R$' })).toThrow('is not a currency');
    expect(catchCode(() => new CallSum({ ...options, period: { start: '2026', end: '2027' } }))).toBe(
      'invalid_instant',
    );
  });
});

describe('callWarnings', () => {
  it.each<[string[], Partial<CallRecord>]>([
    [[], {}],
    [[], { disposition: 'BUSY', talkSeconds: 0, charge: '0.0000' }],
    [['charged-unanswered'], { disposition: 'NO ANSWER', talkSeconds: 0 }],
    [['charged-unanswered', 'answered-without-talk'], { talkSeconds: 0 }],
    [['answered-without-talk'], { talkSeconds: 0, charge: '0.0000' }],
    [['talk-longer-than-duration'], { durationSeconds: 59 }],
    [[], { durationSeconds: null }],
    [[], { answeredAt: '2026-10-05T12:00:00.000Z', endedAt: '2026-10-05T12:00:00.000Z' }],
    [['ends-before-start'], { endedAt: '2026-10-05T11:59:59.000Z' }],
    [['ends-before-start'], { answeredAt: '2026-10-05T11:59:59.000Z', endedAt: null }],
    [['unknown-disposition'], { disposition: 'TRANSFERRED' }],
  ])('%j of %j', (warnings, changes) => {
    expect(callWarnings(call(changes))).toEqual(warnings);
    expect(toTotals([call(changes)])).toMatchObject({
      calls: 1,
      problems: [],
      warnings: warnings.map((code) => ({ code, count: 1, ids: ['1'] })),
    });
  });
});
