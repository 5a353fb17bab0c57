import { describe, expect, it } from '@jest/globals';
import type { Did, Subscriber, TelephoneCustomer, TelephonePlan } from '@sluice/quota-core/telephony';
import { parseProfile } from '../profile/load.js';
import {
  carrier,
  catchRefusal,
  customer,
  did,
  line,
  lineTarget as target,
  nothing,
  plan,
  systems,
} from '../test/lines.js';
import {
  type DidObservation,
  differingFields,
  findCustomer,
  isReleased,
  type LineObservation,
  type LineTarget,
  planLine,
  planLink,
  planSuspend,
  planTerminate,
  planUnlink,
  planUnsuspend,
  toLineSystem,
} from './index.js';

describe('a line that does not exist', () => {
  it('is created after its customer, with what the system can store', () => {
    expect(planLine(systems.default, nothing, target).steps).toEqual([
      {
        type: 'create-customer',
        target: 'João da Silva',
        payload: { values: { name: 'João da Silva', document: '12345678909', externalRef: 'whmcs:client:77' } },
      },
      {
        type: 'create-subscriber',
        target: 'joao1042',
        payload: {
          values: {
            username: 'joao1042',
            planId: '11',
            channels: 2,
            areaCode: '11',
            billingType: 'postpaid',
            externalRef: 'whmcs:service:311',
          },
          customerId: null,
          ofCustomer: false,
        },
      },
    ]);
    const known = planLine(systems.default, { ...nothing, customers: [customer()] }, target);
    expect(known.steps).toMatchObject([{ type: 'create-subscriber', payload: { customerId: '501' } }]);
  });

  it('carries its customer where both are one record', () => {
    expect(
      planLine(systems.magnus, nothing, { ...target, callerId: '+551133330000', extra: { credit_limit: 50 } }).steps,
    ).toMatchObject([
      {
        type: 'create-subscriber',
        payload: {
          values: {
            name: 'João da Silva',
            document: '12345678909',
            areaCode: '11',
            callerId: '+551133330000',
            extra: { credit_limit: 50 },
          },
          ofCustomer: true,
        },
      },
    ]);
  });

  it.each([
    ['an area code that is not assigned', { areaCode: '20' }, 'invalid'],
    ['no channel', { channels: 0 }, 'invalid'],
    ['an unknown plan', { plan: { id: '99' } }, 'not_found'],
  ] as const)('is refused for %s', (_, changes, code) => {
    expect(catchRefusal(() => planLine(systems.default, nothing, { ...target, ...changes }))).toBe(code);
  });

  it('is refused before the first write where the profile lacks a part', () => {
    const without = (resources: object) =>
      toLineSystem(parseProfile({ profileVersion: 1, name: 'x', extends: 'default', resources }));
    for (const resources of [
      { customers: { operations: { create: false } } },
      { subscribers: { operations: { create: false } } },
      { subscribers: { fields: { sip_password: null } } },
    ]) {
      expect(catchRefusal(() => planLine(without(resources), nothing, target))).toBe('unsupported');
    }
    expect(catchRefusal(() => planLine(systems.default, { ...nothing, plans: null }, target))).toBe('unsupported');
    expect(
      catchRefusal(() => planLine(systems.default, { ...nothing, plans: [{ ...plan, status: 'inactive' }] }, target)),
    ).toBe('inactive');
    const noReference = without({ subscribers: { fields: { external_ref: null } } });
    const planned = planLine(noReference, nothing, target);
    expect(planned.warnings).toHaveLength(1);
    expect(planned.steps[1]?.payload).not.toHaveProperty('values.externalRef');
  });
});

describe('an existing line', () => {
  it.each([
    [[{ ...plan, status: 'inactive' }], { id: '11' }],
    [[{ ...plan, status: 'inactive' }], { name: plan.name }],
    [[{ ...plan, id: '12' }, plan], { name: plan.name }],
    [[], { id: '11' }],
    [null, { id: '11' }],
  ] as [TelephonePlan[] | null, LineTarget['plan']][])('keeps the plan that it has, listed as %j', (plans, named) => {
    const observed = { ...nothing, byReference: [line()], plans };
    expect(planLine(systems.default, observed, { ...target, plan: named }).steps).toEqual([]);
    const other = { ...observed, byReference: [line({ planId: '13' })], plans: [{ ...plan, status: 'inactive' }] };
    expect(catchRefusal(() => planLine(systems.default, other, target))).toBe('inactive');
  });

  it('of this service is compared; what differs is updated', () => {
    expect(planLine(systems.default, { ...nothing, byReference: [line()] }, target).steps).toEqual([]);
    const changed = line({ channels: 1, planId: '12', externalRef: 'sluice:service:311', customerId: '7' });
    expect(planLine(systems.default, { ...nothing, byReference: [changed, changed] }, target).steps).toEqual([
      {
        type: 'update-subscriber',
        target: '9001',
        payload: { id: '9001', changes: { planId: '11', channels: 2 }, prior: { planId: '12', channels: 1 } },
      },
    ]);
  });

  const free = line({ externalRef: null });
  it.each<[string, keyof typeof systems, Partial<LineObservation>, string]>([
    ['two with the reference', 'default', { byReference: [line(), line({ id: '9' })] }, 'ambiguous'],
    ['a terminated one with the reference', 'default', { byReference: [line({ status: 'terminated' })] }, 'conflict'],
    [
      'one of another customer',
      'default',
      { byUsername: [line({ externalRef: null, customerId: '502' })], customers: [customer()] },
      'conflict',
    ],
    ['one whose customer is not known', 'default', { byUsername: [free] }, 'conflict'],
    [
      'one with another reference',
      'default',
      { byUsername: [line({ externalRef: 'whmcs:service:299' })], customers: [customer()] },
      'conflict',
    ],
    [
      'a terminated one',
      'default',
      { byUsername: [line({ externalRef: null, status: 'terminated' })], customers: [customer()] },
      'conflict',
    ],
    [
      'two with its usernames',
      'default',
      { byUsername: [free, line({ id: '9', username: 'João1042' })], customers: [customer()] },
      'ambiguous',
    ],
    [
      'another document in one record',
      'magnus',
      { byUsername: [free], customers: [customer({ id: '9001', document: '1' })] },
      'conflict',
    ],
    [
      'another name in one record',
      'magnus',
      { byUsername: [free], customers: [customer({ id: '9001', name: 'Maria' })] },
      'conflict',
    ],
    [
      'no owner in one record',
      'magnus',
      { byUsername: [free], customers: [customer({ id: '9001', name: null })] },
      'conflict',
    ],
  ])('is not taken over: %s', (_, system, observed, code) => {
    expect(catchRefusal(() => planLine(systems[system], { ...nothing, ...observed }, target))).toBe(code);
  });

  it('of the same customer is adopted, without its password, and stays suspended', () => {
    const observed = {
      ...nothing,
      byUsername: [line({ externalRef: null, status: 'suspended', username: 'João1042' })],
      customers: [customer()],
    };
    const { steps, warnings } = planLine(systems.default, observed, target);
    expect(steps).toMatchObject([
      { type: 'update-subscriber', payload: { changes: { externalRef: 'whmcs:service:311' } } },
    ]);
    expect(warnings).toEqual([expect.stringContaining('stays so')]);
    const owned = {
      ...nothing,
      byUsername: [free],
      customers: [customer({ id: '9001', document: '12345678909', name: 'Old name' })],
    };
    expect(planLine(systems.magnus, owned, target).steps).toMatchObject([{ type: 'update-subscriber' }]);
    // The username of somebody else that a system's filter took for this one.
    const other = { ...nothing, byUsername: [line({ username: 'JOAO1042' })], customers: [customer()] };
    expect(planLine(systems.default, other, target).steps).toMatchObject([{ type: 'create-subscriber' }]);
  });

  it('of a customer that only an unseen order names is left to an operator', () => {
    const ordered = { ...target, isUnproven: true };
    const owner = { ...nothing, byUsername: [free], customers: [customer({ externalRef: null })] };
    expect(catchRefusal(() => planLine(systems.default, owner, ordered))).toBe('unproven');
    const record = { ...nothing, byUsername: [free], customers: [customer({ id: '9001', externalRef: null })] };
    expect(catchRefusal(() => planLine(systems.magnus, record, ordered))).toBe('unproven');
    const known = { ...nothing, byUsername: [free], customers: [customer({ externalRef: 'whmcs:client:77' })] };
    expect(planLine(systems.default, known, ordered).steps).toMatchObject([{ type: 'update-subscriber' }]);
    const stated = { ...ordered, customer: { ...target.customer, id: customer().id } };
    expect(planLine(systems.default, owner, stated).steps).toMatchObject([{ type: 'update-subscriber' }]);
  });

  it.each<[string, keyof typeof systems, Partial<Subscriber>, Partial<TelephoneCustomer> | null, string]>([
    ['another username, no owner', 'default', { username: 'maria7' }, null, 'foreign'],
    ['another username and name', 'magnus', { username: 'maria7' }, { name: 'Maria' }, 'foreign'],
    ['another document', 'default', {}, { document: '1' }, 'foreign'],
    ['another document in one record', 'magnus', {}, { document: '1' }, 'foreign'],
    ['the username, a new name', 'default', {}, { name: 'Maria' }, 'own'],
    ['the document, another username', 'magnus', { username: 'old' }, { document: '123.456.789-09' }, 'own'],
    ['the name, another username', 'default', { username: 'old' }, {}, 'own'],
  ])('with the reference of a store needs a second fact: %s', (_, system, changes, owner, result) => {
    const { within } = systems[system];
    const mine = line({ externalRef: 'sluice:service:311', ...changes });
    const customers = owner === null ? [] : [customer({ id: within ? '9001' : '501', ...owner })];
    const observed = { ...nothing, byReference: [mine], customers };
    const planned = catchRefusal(() => planLine(systems[system], observed, target));
    expect(planned.startsWith('planned') ? 'own' : planned).toBe(result);
    // The service of a billing system has one id.
    const synced = { ...observed, byReference: [{ ...mine, externalRef: 'whmcs:service:311' }] };
    expect(catchRefusal(() => planLine(systems[system], synced, target))).toContain('planned');
  });

  it('that was made by half is refused', () => {
    const half = line({ extra: { sip_accounts: '0' } });
    expect(catchRefusal(() => planLine(systems.magnus, { ...nothing, byReference: [half] }, target))).toBe('conflict');
  });

  it('shows which fields did not arrive', () => {
    expect(
      differingFields({ username: 'joao1042', channels: 3, areaCode: '11', callerId: '+55' }, line({ areaCode: null })),
    ).toEqual(['channels']);
  });
});

describe('a customer', () => {
  const byName = [customer(), customer({ id: '519', email: 'b@example.com' })];
  it.each<[string, TelephoneCustomer[], Partial<LineTarget['customer']>, string | null]>([
    ['by the id that decides', byName, { id: '519' }, '519'],
    [
      'by reference before document',
      [customer({ document: '12345678909' }), customer({ id: '2', externalRef: 'whmcs:client:77' })],
      {},
      '2',
    ],
    ['by document before name', [customer(), customer({ id: '2', name: 'X', document: '12345678909' })], {}, '2'],
    ['by e-mail with its name', byName, { email: 'b@example.com' }, '519'],
    ['by its exact name', [customer(), customer({ id: '2', name: 'JOÃO DA SILVA' })], {}, '501'],
    ['not at all', [customer({ name: 'Joao da Silva' })], {}, null],
  ])('is found %s', (_, customers, changes, id) => {
    expect(findCustomer(customers, { ...target.customer, ...changes })?.id ?? null).toBe(id);
  });

  it('with the reference of a store needs a document or name that agrees', () => {
    const wanted = { ...target.customer, externalRef: 'sluice:client:77' };
    const known = (changes: object) => [customer({ externalRef: 'sluice:client:77', ...changes })];
    expect(findCustomer(known({ document: '12345678909', name: 'X' }), wanted)?.id).toBe('501');
    expect(findCustomer(known({}), wanted)?.id).toBe('501');
    for (const changes of [{ document: '1' }, { name: 'Maria' }])
      expect(catchRefusal(() => findCustomer(known(changes), wanted))).toBe('ambiguous');
  });

  it('stops at two of a name, and lists them', () => {
    expect(() => findCustomer(byName, target.customer)).toThrow('501, 519');
    expect(catchRefusal(() => findCustomer(byName, { ...target.customer, id: '7' }))).toBe('not_found');
  });
});

describe('states', () => {
  const linked = [
    did({ subscriberId: '9001', status: 'active' }),
    did({ id: '6002', subscriberId: '9001', status: 'suspended' }),
  ];
  const types = ({ steps }: { steps: { type: string; target: string }[] }): string[] =>
    steps.map((step) => `${step.type} ${step.target}`);

  it('suspends numbers first and ends only our suspensions, the line first', () => {
    const state = { line: line(), dids: linked };
    expect(types(planSuspend(systems.default, state))).toEqual(['suspend-subscriber 9001']);
    expect(types(planSuspend(systems.default, state, true))).toEqual(['suspend-did 6001', 'suspend-subscriber 9001']);
    const suspended = {
      line: line({ status: 'suspended' }),
      dids: linked.map((one) => ({ ...one, status: 'suspended' as const })),
    };
    expect(types(planUnsuspend(systems.default, suspended, ['6001']))).toEqual([
      'unsuspend-subscriber 9001',
      'unsuspend-did 6001',
    ]);
    expect(types(planSuspend(systems.default, suspended))).toEqual([]);
    expect(types(planUnsuspend(systems.default, state, []))).toEqual([]);
  });

  it('releases numbers before the line ends', () => {
    expect(types(planTerminate(systems.magnus, { line: line(), dids: linked }))).toEqual([
      'terminate-did 6001',
      'terminate-did 6002',
      'terminate-subscriber 9001',
    ]);
    expect(types(planTerminate(systems.default, { line: null, dids: [] }, true))).toEqual([]);
    expect(isReleased(did())).toBe(true);
    expect(isReleased(did({ status: 'suspended' }))).toBe(true);
    expect(isReleased(did({ subscriberId: '1', status: 'active' }))).toBe(false);
  });

  it('makes a number active that we suspended before it goes back to a pool', () => {
    const state = { line: null, dids: linked.map((one) => ({ ...one, status: 'suspended' as const })) };
    expect(types(planTerminate(systems.magnus, state, true, ['6001']))).toEqual([
      'unsuspend-did 6001',
      'terminate-did 6001',
      'terminate-did 6002',
    ]);
    expect(types(planTerminate(systems.default, state, true, ['6001']))).toEqual([
      'terminate-did 6001',
      'terminate-did 6002',
    ]);
  });

  it('reserves a number whose line was set by hand before it is released', () => {
    const byHand = did({ subscriberId: '9001', status: 'active', extra: { reserved: '0' } });
    expect(types(planTerminate(systems.magnus, { line: null, dids: [byHand] }, true))).toEqual([
      'update-did 6001',
      'terminate-did 6001',
    ]);
  });

  it('refuses what is not there, and what never comes back', () => {
    const gone = { line: line({ status: 'terminated' }), dids: [] };
    expect(catchRefusal(() => planUnsuspend(systems.default, gone, []))).toBe('conflict');
    for (const run of [planSuspend, planTerminate])
      expect(catchRefusal(() => run(systems.default, { line: null, dids: [] }))).toBe('not_found');
    const lacking = toLineSystem(
      parseProfile({
        profileVersion: 1,
        name: 'x',
        extends: 'default',
        resources: { dids: { operations: { suspend: false } } },
      }),
    );
    expect(catchRefusal(() => planSuspend(lacking, { line: line(), dids: linked }, true))).toBe('unsupported');
  });
});

describe('a number', () => {
  const carriers = [carrier];
  const observed = (dids: Did[]): DidObservation => ({ line: line(), dids, carriers });
  const wanted = { number: '+551140001234', areaCode: '11', carrier: 'EXA', channels: 2 };

  it('that is available is linked by the way of the profile', () => {
    expect(planLink(systems.magnus, observed([did()]), wanted).steps).toEqual([
      { type: 'link-did', target: '+551140001234', payload: { id: '6001', subscriberId: '9001' } },
      {
        type: 'update-did',
        target: '6001',
        payload: { id: '6001', changes: { channels: 2 }, prior: { channels: null } },
      },
    ]);
    expect(planLink(systems.default, observed([did()]), { number: wanted.number }).steps).toMatchObject([
      { type: 'update-did', payload: { changes: { subscriberId: '9001' } } },
    ]);
  });

  it('gets the reference of its line, also after another line, and keeps a note', () => {
    const target = { number: wanted.number, externalRef: 'whmcs:service:400' };
    for (const [before, after] of [
      [null, 'whmcs:service:400'],
      ['block A', 'whmcs:service:400 | block A'],
      ['whmcs:service:311', 'whmcs:service:400'],
      ['sluice:service:svc-1 | block A', 'whmcs:service:400 | block A'],
    ] as const) {
      expect(planLink(systems.magnus, observed([did({ externalRef: before })]), target)).toMatchObject({
        steps: [{ type: 'link-did' }, { payload: { changes: { externalRef: after }, prior: { externalRef: before } } }],
        warnings: [],
      });
    }
    const own = { subscriberId: '9001', status: 'active' } as const;
    const complete = observed([did({ ...own, externalRef: 'whmcs:service:400 | block A' })]);
    expect(planLink(systems.magnus, complete, target)).toEqual({ steps: [], warnings: [] });
    expect(planLink(systems.magnus, observed([did({ ...own, externalRef: 'whmcs:service:311' })]), target)).toEqual({
      steps: [],
      warnings: [expect.stringContaining('left as it is')],
    });
  });

  it('that is absent is created, and linked at once or afterwards', () => {
    expect(planLink(systems.default, observed([]), wanted).steps).toEqual([
      {
        type: 'create-did',
        target: wanted.number,
        payload: {
          values: { number: wanted.number, areaCode: '11', carrierId: '21', channels: 2, subscriberId: '9001' },
        },
      },
    ]);
    expect(
      planLink(systems.magnus, observed([did({ status: 'terminated', number: '+551140009999' })]), wanted).steps,
    ).toEqual([
      { type: 'create-did', target: wanted.number, payload: { values: { number: wanted.number, channels: 2 } } },
      { type: 'link-did', target: wanted.number, payload: { id: null, subscriberId: '9001' } },
    ]);
    expect(catchRefusal(() => planLink(systems.default, observed([]), { ...wanted, carrier: 'Z' }))).toBe('not_found');
  });

  it('that is linked is left, changed or refused', () => {
    const mine = did({ subscriberId: '9001', status: 'active', channels: 2 });
    expect(planLink(systems.default, observed([mine]), wanted).steps).toEqual([]);
    for (const other of [
      did({ subscriberId: '9002', status: 'active' }),
      did({ status: 'suspended' }),
      did({ status: 'terminated' }),
    ]) {
      expect(catchRefusal(() => planLink(systems.default, observed([other]), wanted))).toBe('conflict');
    }
    expect(catchRefusal(() => planLink(systems.default, observed([did(), did({ id: '2' })]), wanted))).toBe(
      'ambiguous',
    );
    expect(catchRefusal(() => planLink(systems.default, { ...observed([mine]), line: null }, wanted))).toBe(
      'not_found',
    );
  });

  it('is unlinked by the way of the profile', () => {
    const mine = did({ subscriberId: '9001', status: 'active' });
    expect(planUnlink(systems.magnus, [mine], mine.number).steps).toMatchObject([{ type: 'unlink-did' }]);
    expect(planUnlink(systems.pt, [mine], mine.number).steps).toMatchObject([
      { type: 'update-did', payload: { changes: { subscriberId: null } } },
    ]);
    expect(planUnlink(systems.pt, [did()], mine.number).steps).toEqual([]);
    expect(catchRefusal(() => planUnlink(systems.pt, [], mine.number))).toBe('not_found');
  });
});
