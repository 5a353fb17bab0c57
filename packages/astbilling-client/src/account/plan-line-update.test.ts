import { describe, expect, it } from '@jest/globals';
import type { Subscriber } from '@sluice/quota-core/telephony';
import type { SubscriberValues } from '../client/types.js';
import { customer, line, lineTarget, nothing, plan, refusalOf, systems, systemWith } from '../test/lines.js';
import { differingFields, type LineTarget, planLine, planUpdate } from './plan-line.js';

type Changes = Partial<LineTarget>;

const made = (system: keyof typeof systems, changes: Changes = {}): unknown =>
  planLine(systems[system], { ...nothing, customers: [customer()] }, { ...lineTarget, ...changes }).steps[0]?.payload;
const update = (
  changes: Partial<Subscriber>,
  { system = systems.default, ...target }: Changes & { system?: typeof systems.default } = {},
) => planUpdate(system, { line: line(changes), plans: [plan] }, { ...lineTarget, ...target });

describe('a line that is compared', () => {
  it('gets its plan, channels and lost reference in one step', () => {
    const seen = { planId: '12', channels: 1, externalRef: null } as const;
    expect(update(seen)).toEqual({
      steps: [
        {
          type: 'update-subscriber',
          target: '9001',
          payload: {
            id: '9001',
            changes: { planId: '11', channels: 2, externalRef: 'whmcs:service:311' },
            prior: { planId: '12', channels: 1, externalRef: null },
          },
        },
      ],
      warnings: [],
      line: line(seen),
    });
    expect(update({})).toEqual({ steps: [], warnings: [], line: line() });
  });

  it('keeps channels that the service does not state, and its reference', () => {
    expect(update({ channels: 9, externalRef: 'sluice:service:311' }, { channels: null }).steps).toEqual([]);
    expect(refusalOf(() => update({}, { channels: 0 }))).toEqual({ code: 'invalid', ids: [] });
  });

  it('is left alone in what the system does not show, and warned of in what it cannot change', () => {
    const blind = systemWith({ subscribers: { fields: { channels: null } } });
    expect(update({ channels: 1 }, { system: blind })).toMatchObject({ steps: [], warnings: [] });
    const fixed = systemWith({ subscribers: { operations: { update: { method: 'PATCH', send: ['plan_id'] } } } });
    const { steps, warnings } = update({ planId: '12', channels: 1 }, { system: fixed });
    expect(steps).toMatchObject([{ payload: { changes: { planId: '11' }, prior: { planId: '12' } } }]);
    expect(warnings).toEqual([expect.stringContaining('channels')]);
    const none = systemWith({ subscribers: { operations: { update: false } } });
    expect(update({ channels: 1 }, { system: none })).toMatchObject({ steps: [], warnings: [expect.any(String)] });
  });

  it.each<[Subscriber['billingType'], number]>([
    ['postpaid', 0],
    ['prepaid', 1],
    [null, 0],
  ])('that is billed as %s gets %d warnings, and no change', (billingType, count) => {
    const { steps, warnings } = update({ billingType });
    expect([steps, warnings.length]).toEqual([[], count]);
  });
});

describe('the credit limit', () => {
  it.each<[string, unknown, string | undefined, string | null]>([
    ['differs', '40', '50', '40'],
    ['is not shown', undefined, '50', null],
    ['is not a number', 'abc', '50', 'abc'],
    ['is a list', ['50'], '50', ['50'] as never],
  ])('is written where it %s', (_, shown, creditLimit, prior) => {
    const { steps } = update(
      { extra: shown === undefined ? {} : { credit_limit: shown } },
      { system: systems.magnus, ...(creditLimit === undefined ? {} : { creditLimit }) },
    );
    expect(steps).toEqual([
      {
        type: 'update-subscriber',
        target: '9001',
        payload: {
          id: '9001',
          changes: { extra: { credit_limit: creditLimit } },
          prior: { extra: { credit_limit: prior } },
        },
      },
    ]);
  });

  it.each<[string, unknown, Changes]>([
    ['the same amount', '50.0000', { creditLimit: '50' }],
    ['the same as a number', 50, { creditLimit: '50.00' }],
    ['another, but the product names none', '40', {}],
  ])('is left where the line has %s', (_, shown, changes) => {
    expect(update({ extra: { credit_limit: shown } }, { system: systems.magnus, ...changes }).steps).toEqual([]);
  });

  it('is nothing to a profile that has none', () => {
    expect(update({}, { creditLimit: '50' }).steps).toEqual([]);
    expect(made('default', { creditLimit: '50' })).not.toHaveProperty('values.extra');
  });

  it('is that of the product beside other further fields of a new line', () => {
    const values = (changes: Changes) => (made('magnus', changes) as { values: { extra?: unknown } }).values.extra;
    expect(values({ creditLimit: '50', extra: { language: 'pt' } })).toEqual({ language: 'pt', credit_limit: '50' });
    expect(values({ creditLimit: '50' })).toEqual({ credit_limit: '50' });
    expect(values({})).toBeUndefined();
  });
});

describe('a line that was read back', () => {
  const sent: SubscriberValues & Partial<Subscriber> = {
    ...{ username: 'a', planId: '1', channels: 3, areaCode: '21', billingType: 'prepaid', externalRef: 'x:service:1' },
    callerId: '+55',
  };

  it('differs in each field that is shown with another value', () => {
    expect(differingFields(sent, line({ callerId: '+5511' }))).toEqual(Object.keys(sent));
    expect(differingFields(sent, line({ ...sent }))).toEqual([]);
  });

  it('does not differ in what is not shown, or was not sent', () => {
    const unseen = { areaCode: null, billingType: null, externalRef: null, callerId: null } as const;
    expect(differingFields(sent, line({ ...sent, ...unseen }))).toEqual([]);
    expect(differingFields({}, line())).toEqual([]);
  });
});
