import { describe, expect, it } from '@jest/globals';
import type { Subscriber, TelephonePlan } from '@sluice/quota-core/telephony';
import { customer, line, lineTarget, nothing, plan, refusalOf, systems, systemWith } from '../test/lines.js';
import { type LineObservation, type LineTarget, planLine, planUpdate } from './plan-line.js';

type Changes = Partial<LineTarget>;

const observed = (changes: Partial<LineObservation>): LineObservation => ({ ...nothing, ...changes });
const plannedOf = (system: keyof typeof systems, seen: Partial<LineObservation>, changes: Changes = {}) =>
  planLine(systems[system], observed(seen), { ...lineTarget, ...changes });
const refusal = (seen: Partial<LineObservation>, changes: Changes = {}, system = systems.default) =>
  refusalOf(() => planLine(system, observed(seen), { ...lineTarget, ...changes }));
const made = (system: keyof typeof systems, changes: Changes = {}): unknown =>
  plannedOf(system, { customers: [customer()] }, changes).steps[0]?.payload;
const update = (planId: string, plans: TelephonePlan[], wanted = lineTarget.plan) =>
  planUpdate(systems.default, { line: line({ planId }), plans }, { ...lineTarget, plan: wanted });

describe('a line that is asked for', () => {
  it.each<[string, Changes]>([
    ['an area code that is not assigned', { areaCode: '20' }],
    ['no channel', { channels: 0 }],
    ['half a channel', { channels: 1.5 }],
    ['a username that is not searched for', { username: 'maria7' }],
  ])('is refused with %s', (_, changes) => {
    expect(refusal({}, changes)).toEqual({ code: 'invalid', ids: [] });
    expect(refusal({ byReference: [line()] }, changes)).toEqual({ code: 'invalid', ids: [] });
  });

  it('needs no area code where numbers have none, and one channel at least', () => {
    expect(made('default', { areaCode: null, channels: 1 })).toEqual({
      values: {
        ...{ username: 'joao1042', planId: '11', channels: 1, billingType: 'postpaid' },
        externalRef: 'whmcs:service:311',
      },
      ...{ customerId: '501', ofCustomer: false },
    });
  });

  it('needs its number of channels only while it is new', () => {
    expect(refusal({}, { channels: null })).toEqual({ code: 'invalid', ids: [] });
    expect(refusal({ byReference: [line({ channels: 9 })] }, { channels: null })).toMatchObject({
      planned: { steps: [], line: { id: '9001' } },
    });
  });
});

describe('the plan of a line', () => {
  const other = { ...plan, id: '12', name: 'Outro' };
  const chosen = (plans: TelephonePlan[] | null, wanted: LineTarget['plan']) => {
    const found = refusal({ customers: [customer()], plans }, { plan: wanted });
    if ('code' in found) return found;
    return (found.planned as { steps: { payload: { values: object } }[] }).steps[0]?.payload.values;
  };

  it.each<[string, TelephonePlan[] | null, LineTarget['plan'], object]>([
    ['its id', [other, plan], { id: '12' }, { planId: '12' }],
    ['its name', [other, plan], { name: 'Corporativo' }, { planId: '11' }],
    ['its id, which no list confirms', null, { id: '77' }, { planId: '77' }],
    ['a name without a list', null, { name: 'Corporativo' }, { code: 'unsupported', ids: [] }],
    ['an unknown id', [plan], { id: '77' }, { code: 'not_found', ids: [] }],
    ['the id of one, the name of another', [plan], { id: 'Corporativo' }, { code: 'not_found', ids: [] }],
    [
      'a name of two',
      [plan, { ...other, name: plan.name }],
      { name: plan.name },
      { code: 'ambiguous', ids: ['11', '12'] },
    ],
    ['one that is sold no more', [{ ...plan, status: 'inactive' }], { id: '11' }, { code: 'inactive', ids: ['11'] }],
  ])('is chosen by %s', (_, plans, wanted, expected) => {
    expect(chosen(plans, wanted)).toMatchObject(expected);
  });

  it('stays the one of two with the name that the line has', () => {
    const twin = { ...plan, id: '12', status: 'inactive' as const };
    expect(update('12', [plan, twin]).steps).toEqual([]);
    expect(refusalOf(() => update('13', [plan, twin]))).toMatchObject({ code: 'ambiguous' });
    expect(update('77', [], { id: '77' }).steps).toEqual([]);
  });
});

describe("the service's own line", () => {
  it('is found behind a note in the field of the reference, by its username', () => {
    const noted = line({ externalRef: 'whmcs:service:311 | VIP' });
    expect(plannedOf('default', { byUsername: [noted] })).toEqual({ steps: [], warnings: [], line: noted });
    expect(refusal({ byUsername: [{ ...noted, username: 'maria7' }] })).toMatchObject({
      planned: { steps: [{ type: 'create-customer' }, { type: 'create-subscriber' }] },
    });
  });

  it('is none with the reference of another service, whatever the filter of the system returns', () => {
    const foreign = line({ id: '9002', username: 'maria7', externalRef: 'whmcs:service:3' });
    const unnamed = line({ id: '9003', username: 'jose', externalRef: null });
    const own = line();
    expect(plannedOf('default', { byReference: [foreign, unnamed, own] })).toEqual({
      steps: [],
      warnings: [],
      line: own,
    });
  });

  it.each<[string, Partial<LineObservation>, object]>([
    ['two of them', { byReference: [line(), line({ id: '9' })] }, { code: 'ambiguous', ids: ['9001', '9'] }],
    ['one that ended', { byReference: [line({ status: 'terminated' })] }, { code: 'conflict', ids: ['9001'] }],
    [
      'one without its SIP account',
      { byReference: [line({ extra: { sip_accounts: '0' } })] },
      { code: 'conflict', ids: ['9001'] },
    ],
    [
      'one of a reseller',
      { byReference: [line({ extra: { reseller_id: '7' } })] },
      { code: 'of_reseller', ids: ['9001'] },
    ],
  ])('is refused: %s', (_, seen, expected) => {
    expect(refusal(seen)).toEqual(expected);
  });
});

describe('a line with the username alone', () => {
  const free = (changes: Partial<Subscriber> = {}) => line({ externalRef: null, ...changes });

  it.each<[string, Subscriber[], object]>([
    ['two of them', [free(), free({ id: '9', username: 'João1042' })], { code: 'ambiguous', ids: ['9001', '9'] }],
    ['one without its SIP account', [free({ extra: { sip_accounts: '0' } })], { code: 'conflict', ids: ['9001'] }],
    ['one of a reseller', [free({ extra: { reseller_id: '7' } })], { code: 'of_reseller', ids: ['9001'] }],
    ['one of another customer', [free({ customerId: '502' })], { code: 'conflict', ids: ['9001'] }],
  ])('is not taken over: %s', (_, byUsername, expected) => {
    expect(refusal({ byUsername, customers: [customer()] })).toEqual(expected);
  });

  it('is taken over with the note that it has, and only a suspended one gets a warning', () => {
    const seen = (changes: Partial<Subscriber>) => ({ byUsername: [free(changes)], customers: [customer()] });
    expect(plannedOf('default', seen({ externalRef: ' VIP ' }))).toEqual({
      steps: [
        {
          type: 'update-subscriber',
          target: '9001',
          payload: { id: '9001', changes: { externalRef: 'whmcs:service:311 | VIP' }, prior: { externalRef: ' VIP ' } },
        },
      ],
      warnings: [],
      line: free({ externalRef: ' VIP ' }),
    });
    expect(plannedOf('default', seen({ status: 'suspended' })).warnings).toHaveLength(1);
  });
});

describe('a new line', () => {
  it.each(['username', 'plan_id', 'channels', 'sip_password'])(
    'is refused where the profile cannot send %s',
    (field) => {
      const send = ['username', 'plan_id', 'channels', 'sip_password'].filter((name) => name !== field);
      const system = systemWith({ subscribers: { operations: { create: { method: 'POST', send } } } });
      expect(refusal({ customers: [customer()] }, {}, system)).toEqual({ code: 'unsupported', ids: [] });
    },
  );

  it('needs a way to make its customer only where that is new', () => {
    const system = systemWith({ customers: { operations: { create: false } } });
    expect(refusal({}, {}, system)).toEqual({ code: 'unsupported', ids: [] });
    expect(refusal({ customers: [customer()] }, {}, system)).toMatchObject({
      planned: { steps: [{ type: 'create-subscriber', payload: { customerId: '501' } }] },
    });
    const fixed = systemWith({ subscribers: { operations: { create: false } } });
    expect(refusal({ customers: [customer()] }, {}, fixed)).toEqual({ code: 'unsupported', ids: [] });
  });

  it('has the name and document of its customer only where both are one record', () => {
    expect(made('default')).toEqual({
      values: {
        ...{ username: 'joao1042', planId: '11', channels: 2, areaCode: '11', billingType: 'postpaid' },
        externalRef: 'whmcs:service:311',
      },
      ...{ customerId: '501', ofCustomer: false },
    });
    expect(made('magnus')).toMatchObject({
      values: { name: 'João da Silva', document: '12345678909' },
      ...{ customerId: null, ofCustomer: true },
    });
  });

  it('makes its customer with all that is known of it', () => {
    const { steps } = plannedOf(
      'default',
      {},
      { customer: { ...lineTarget.customer, email: 'j@example.com', phone: '+5511' } },
    );
    expect(steps[0]?.payload).toEqual({
      values: {
        ...{ name: 'João da Silva', document: '12345678909', email: 'j@example.com', phone: '+5511' },
        externalRef: 'whmcs:client:77',
      },
    });
  });
});
