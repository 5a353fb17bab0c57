import { describe, expect, it } from '@jest/globals';
import { type CallRecord, type SpendFigure, SpendSum } from './index.js';

const DAY = { start: '2026-11-20T03:00:00.000Z', end: '2026-11-21T03:00:00.000Z' };
let count = 0;

function call(over: Partial<CallRecord>): CallRecord {
  return {
    id: `c${++count}`,
    uniqueId: null,
    direction: 'outbound',
    subscriberId: '9001',
    username: null,
    source: null,
    destination: '5350001234',
    destinationDescription: 'Cuba',
    did: null,
    carrierId: null,
    trunkId: null,
    rateId: null,
    prefix: '53',
    startedAt: '2026-11-20T12:00:00.000Z',
    answeredAt: null,
    endedAt: '2026-11-20T12:10:00.000Z',
    durationSeconds: null,
    talkSeconds: 600,
    billedSeconds: null,
    pricePerMinute: null,
    charge: '1.10',
    currency: 'BRL',
    disposition: 'ANSWERED',
    ...over,
  };
}

function sum(...calls: CallRecord[]): SpendFigure | undefined {
  const sum = new SpendSum({ currency: 'BRL', lines: new Map([['9001', [DAY]]]) });
  for (const record of calls) sum.add(record);
  return sum.of('9001')[0];
}

describe('the charges of a line in a window', () => {
  it('are those of the calls that ended in it, each once', () => {
    const repeated = call({});
    const before = call({ startedAt: '2026-11-20T02:50:00.000Z', endedAt: '2026-11-20T02:59:59.999Z' });
    const over = call({ startedAt: '2026-11-20T02:59:00.000Z', endedAt: '2026-11-20T03:00:00.000Z', charge: '0.001' });
    const after = call({ endedAt: DAY.end });
    const without = call({ startedAt: '2026-11-21T02:55:00.000Z', endedAt: null, talkSeconds: 299 });
    const others = [call({ subscriberId: '9002' }), call({ direction: 'inbound', charge: '0' })];
    expect(sum(repeated, repeated, before, over, after, without, ...others)).toEqual({
      amount: '2.201',
      unrated: 0,
      problem: null,
      destinations: [{ destination: '53 Cuba', charge: '2.201' }],
    });
  });

  it('are those of calls whose times contradict each other, by how long they took', () => {
    const minute = { charge: '1', talkSeconds: 60 };
    const [early, late] = ['1970-01-01T00:00:00.000Z', '2037-01-01T00:00:00.000Z'];
    const amountOf = (over: Partial<CallRecord>) => sum(call({ ...minute, ...over }))?.amount;
    expect(amountOf({ endedAt: early })).toBe('1.00');
    expect(amountOf({ endedAt: late })).toBe('1.00');
    expect(amountOf({ endedAt: null, answeredAt: early })).toBe('1.00');
    expect(amountOf({ endedAt: null, answeredAt: late })).toBe('1.00');
    expect(amountOf({ endedAt: '2026-11-20T12:00:30.000Z', answeredAt: '2026-11-20T12:00:45.000Z' })).toBe('1.00');
    const yesterday = { startedAt: '2026-11-20T02:50:00.000Z', endedAt: early };
    expect(amountOf({ ...yesterday, talkSeconds: 599 })).toBe('0.00');
    expect(amountOf({ ...yesterday, talkSeconds: 60, durationSeconds: 600 })).toBe('1.00');
    expect(sum(call({ charge: null, talkSeconds: 0, billedSeconds: 60, endedAt: early }))?.unrated).toBe(1);
  });

  it('name the three most expensive destinations', () => {
    const to = (prefix: string | null, charge: string) =>
      call({ prefix, destination: '99', destinationDescription: null, charge });
    const { destinations } = sum(to('1', '1'), to('2', '9'), to('3', '5'), to(null, '7'), to('3', '5')) ?? {};
    expect(destinations?.map(({ destination }) => destination)).toEqual(['3', '2', '99']);
  });

  it('count unrated calls, which are not zero', () => {
    expect(sum(call({ charge: null }), call({ charge: null, talkSeconds: 0 }))).toMatchObject({ unrated: 1 });
  });

  it('are a part of all with a record that can not be summed', () => {
    const findCode = (...calls: CallRecord[]) => sum(...calls)?.problem?.code;
    expect(findCode(call({ currency: 'USD' }))).toBe('other-currency');
    expect(sum(call({ id: 'x', currency: 'USD' }))?.problem).toMatchObject({ id: 'x', currency: 'USD' });
    expect(findCode(call({ charge: '-0.01' }))).toBe('negative-charge');
    expect(findCode(call({ charge: '1e3' }))).toBe('unreadable-record');
    expect(findCode(call({ endedAt: 'soon' }))).toBe('unreadable-record');
    expect(findCode(call({ id: 'x' }), call({ id: 'x', charge: '5' }))).toBe('conflicting-records');
    expect(findCode(call({ currency: 'USD', endedAt: DAY.end }))).toBeUndefined();
    expect(sum(call({}), call({ charge: '-1' }), call({ currency: 'USD' }))?.amount).toBe('1.10');
    expect(sum(call({}), call({ direction: 'inbound', charge: '0.9' }))?.amount).toBe('2.00');
  });

  it('are never complete while a call has no subscriber', () => {
    const sum = new SpendSum({ currency: 'BRL', lines: new Map([['9001', [DAY]]]) });
    sum.add(call({ subscriberId: null, charge: '0.0000' }));
    expect(sum.isUnattributed).toBe(false);
    sum.add(call({ subscriberId: null, talkSeconds: 0 }));
    expect(sum.isUnattributed).toBe(true);
  });
});
