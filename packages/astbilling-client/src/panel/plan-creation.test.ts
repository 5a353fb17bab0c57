import { describe, expect, it } from '@jest/globals';
import type { Plan, TargetState } from '@sluice/panel-kind';
import { customer, line, systems } from '../test/lines.js';
import {
  action,
  codesOf,
  create,
  didEvidence,
  evidence,
  hold,
  planOf,
  product,
  service,
  stepsOf,
  unnamed,
} from '../test/plans.js';
import type { LineState } from './state.js';

const creation = (wanted: Partial<TargetState> = {}, shown: Partial<LineState> = {}, system = systems.default): Plan =>
  planOf({ scope: 'command', service: unnamed(), command: create(), ...wanted }, { line: null, ...shown }, { system });
const REFS = { astbilling_subscriber_id: '9001', astbilling_username: 'joao1042' };
const made = action({
  ...{ type: 'create-subscriber', target: 'joao1042' },
  payload: { payload: { values: { username: 'joao1042', externalRef: 'whmcs:service:311' } } },
});

describe('a line that does not exist', () => {
  it('is made after its customer, whose id is read first', () => {
    const plan = creation();
    expect(plan).toMatchObject({ again: true, counts: true, problems: [] });
    expect(plan.refs).toBeUndefined();
    expect(plan.steps).toMatchObject([
      { type: 'create-customer', target: 'João da Silva' },
      { type: 'create-subscriber', target: 'joao1042', later: true, needsPassword: true },
    ]);
    expect(plan.steps[0]).not.toHaveProperty('later');
  });

  it('is made at once where its customer exists', () => {
    const [step, ...others] = creation({}, { customers: [customer()] }).steps;
    expect(others).toEqual([]);
    expect(step).toMatchObject({ type: 'create-subscriber', payload: { customerId: '501' }, ends: [] });
    expect(step).not.toHaveProperty('later');
  });

  it('has the area code of the service in Brazil, and none elsewhere', () => {
    const valuesIn = (country: string): unknown => {
      const wanted = { scope: 'command', service: unnamed(), command: create() } as const;
      return planOf(wanted, { line: null, customers: [customer()] }, { country }).steps[0]?.payload;
    };
    expect(valuesIn('BR')).toHaveProperty('values.areaCode', '11');
    expect(valuesIn('PT')).not.toHaveProperty('values.areaCode');
  });

  it('forgets what was suspended of the line before, but not its numbers, once it is made', () => {
    const former = { service: service(), evidence: [evidence(), didEvidence()] };
    expect(creation(former, { customers: [customer()] })).toMatchObject({
      steps: [{ type: 'create-subscriber', ends: ['ev-line'] }],
      endedEvidence: [],
    });
    expect(creation(former).steps).toMatchObject([{ type: 'create-customer', ends: [] }, { ends: [] }]);
  });
});

describe('a line that an earlier run has made', () => {
  const named = { service: service() };

  it('is read by its id before anything is planned', () => {
    for (const shown of [{ byReference: [line()] }, { byUsername: [line()] }])
      expect(creation(named, shown)).toEqual({
        ...{ steps: [], problems: [], endedEvidence: [], moves: [], drift: [] },
        again: true,
      });
  });

  it('is another one than a line with another id, which becomes that of the service', () => {
    const other = line({ id: '9002', channels: 1 });
    expect(creation(named, { byReference: [other] })).toMatchObject({
      refs: { ...REFS, astbilling_subscriber_id: '9002' },
      steps: [{ type: 'update-subscriber', target: '9002' }],
    });
  });
});

describe('a line that is found', () => {
  it('by its reference becomes that of the service, and is read again', () => {
    const plan = creation({ evidence: [evidence(), didEvidence()] }, { byReference: [line({ channels: 1 })] });
    expect(plan).toMatchObject({ refs: REFS, hasReference: true, again: true });
    expect(plan.counts).toBeUndefined();
    expect(plan.steps).toMatchObject([{ type: 'update-subscriber', payload: { changes: { channels: 2 } } }]);
    expect(plan.steps[0]).not.toHaveProperty('later');
    expect(plan.endedEvidence).toEqual([{ evidence: 'ev-line', outcome: 'dropped' }]);
  });

  it('by its username has no reference yet, and its warning is reported', () => {
    const free = line({ externalRef: null, status: 'suspended' });
    const plan = creation({}, { byUsername: [free], customers: [customer()] });
    expect(plan).toMatchObject({ refs: REFS, hasReference: false });
    expect(plan.notices).toMatchObject([
      {
        code: 'line_warning',
        key: expect.stringMatching(/^line_warning:svc-1:9001:/),
        message: expect.stringMatching(/^svc-1: /),
      },
    ]);
    const other = line({ id: '9002', username: 'maria7', externalRef: 'whmcs:service:3' });
    const both = creation({}, { byReference: [other], byUsername: [free], customers: [customer()] });
    expect(both).toMatchObject({ refs: REFS, hasReference: false });
  });

  it('gets its password once it is read by its id', () => {
    const wanted = { command: create({ setPassword: true, earlier: [made] }) };
    const found = creation(wanted, { byReference: [line()] }).steps;
    expect(found).toMatchObject([{ type: 'update-subscriber', needsPassword: true, later: true }]);
    const [known] = creation({ ...wanted, service: service() }, { line: line() }).steps;
    expect(known).toMatchObject({ type: 'update-subscriber', needsPassword: true });
    expect(known).not.toHaveProperty('later');
  });

  it('with a password that nobody knows is not taken for the service', () => {
    const wanted = { command: create({ setPassword: true, earlier: [made] }), evidence: [evidence()] };
    const plan = creation(wanted, { byReference: [line({ channels: 1 })] }, systems.magnus);
    expect([stepsOf(plan), codesOf(plan), plan.endedEvidence, plan.refs]).toEqual([
      [],
      ['password_unknown'],
      [],
      undefined,
    ]);
  });
});

describe('a line that the service names', () => {
  const known = (wanted: Partial<TargetState> = {}, shown: Partial<LineState> = {}) =>
    creation({ service: service(), ...wanted }, { line: line(), ...shown });

  it('is compared, and needs no other run', () => {
    const plan = known({}, { line: line({ channels: 1 }) });
    expect(stepsOf(plan)).toEqual(['update-subscriber 9001']);
    expect([plan.again, plan.refs, plan.counts]).toEqual([undefined, undefined, undefined]);
  });

  it('becomes one that Sluice has made or taken over', () => {
    expect(known({ service: service({ ownRefs: [] }) })).toMatchObject({ refs: REFS, hasReference: false });
    expect(known({ service: service({ ownRefs: [] }) }, { byReference: [line()] })).toMatchObject({ again: true });
  });

  it('is suspended for a hold, or released after one', () => {
    expect(stepsOf(known({ holds: [hold()] }))).toEqual(['suspend-subscriber 9001']);
    const suspended = { line: line({ status: 'suspended' }) };
    const released = known({ evidence: [evidence()] }, suspended);
    expect([stepsOf(released), released.endedEvidence]).toEqual([['unsuspend-subscriber 9001'], []]);
  });

  it.each([
    ['without its SIP account', line({ extra: { sip_accounts: '0' } }), 'line_conflict'],
    ['of a reseller', line({ extra: { reseller_id: '7' } }), 'line_of_reseller'],
    ['of another service', line({ externalRef: 'whmcs:service:999' }), 'line_conflict'],
    ['that ended', line({ status: 'terminated', channels: 1 }), 'line_conflict'],
  ])('is refused: one %s', (_, shown, code) => {
    const plan = known({}, { line: shown });
    expect([stepsOf(plan), codesOf(plan)]).toEqual([[], [code]]);
  });

  it('gets the credit limit of its product', () => {
    const plan = creation(
      { service: service(), product: product({ creditLimit: '50' }) },
      { line: line({ extra: { credit_limit: '40' } }) },
      systems.magnus,
    );
    expect(plan.steps).toMatchObject([{ payload: { changes: { extra: { credit_limit: '50' } } } }]);
  });
});
