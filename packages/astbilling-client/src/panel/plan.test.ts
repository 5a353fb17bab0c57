import { describe, expect, it } from '@jest/globals';
import type { AccountCommand, Sharer, TargetState } from '@sluice/panel-kind';
import { customer, did, line, plan as panelPlan, systemWith } from '../test/lines.js';
import {
  codesOf,
  create,
  didEvidence,
  evidence,
  hold,
  planOf,
  seen,
  service,
  stepsOf,
  target,
  unnamed,
} from '../test/plans.js';
import { planService } from './plan.js';
import type { LineState } from './state.js';

const nothing = { steps: [], problems: [], endedEvidence: [], moves: [], drift: [] };
const command = (changes: Partial<TargetState> = {}): Partial<TargetState> => ({ scope: 'command', ...changes });

describe('a line that could not be read', () => {
  it.each<[string, Partial<TargetState>, string[]]>([
    ['is a problem of a command', { scope: 'command' }, ['not_observed']],
    ['is a problem of a change of its password', { command: { verb: 'change-password' } }, ['not_observed']],
    ['is a problem while it is held', { holds: [hold()] }, ['not_observed']],
    ['is a problem while something has to be undone', { evidence: [evidence()] }, ['not_observed']],
    ['is none where nothing is to be done', {}, []],
  ])('%s', (_, wanted, codes) => {
    const plan = planOf(wanted, null);
    expect(plan).toEqual({
      ...nothing,
      problems: codes.map((code) => ({ code, message: expect.stringMatching(/./) })),
    });
  });

  it('is reported with the error of the panel', () => {
    const error = { code: 'PANEL_UNREACHABLE', message: 'no answer' };
    expect(planOf({ holds: [hold()] }, null, { error }).problems).toEqual([error]);
  });
});

describe('a line that two services name', () => {
  const sharer = (id: string, status: Sharer['service']['status']): Sharer => ({
    ...{
      service: service({ id, status }),
      action: 'suspend',
      allowSharedPorts: false,
      holds: [],
      shared: ['line:9001'],
    },
  });

  it.each<[string, Sharer[], string]>([
    ['both active', [sharer('svc-2', 'active')], 'shared_line'],
    ['one of two has ended', [sharer('svc-2', 'terminated'), sharer('svc-3', 'active')], 'shared_line'],
    ['the other has ended', [sharer('svc-2', 'terminated')], 'restricted_for_ended'],
  ])('is not changed for either: %s', (_, sharers, code) => {
    const plan = planOf({ sharers, holds: [hold()] });
    expect([stepsOf(plan), codesOf(plan)]).toEqual([[], [code]]);
  });
});

type Refused = [string, string, Partial<TargetState>, Partial<LineState>];

const link: Extract<AccountCommand, { verb: 'did' }> = { verb: 'did', operation: 'link', number: '+551140001234' };
const creation = (refs: Record<string, string>, changes: object = {}): Partial<TargetState> =>
  command({ service: unnamed({ refs }), command: create(changes) });
const SYNCED = { whmcs_service_id: '311', order_id: '1042' };

describe('why nothing was changed', () => {
  it.each<Refused>([
    ['line_conflict', 'a line that ended', command(), { line: line({ status: 'terminated' }) }],
    [
      'foreign_line',
      'a line of another installation',
      creation({ order_id: '1042' }),
      { line: null, byReference: [line({ username: 'maria7', externalRef: 'sluice:service:svc-1' })] },
    ],
    [
      'line_unproven',
      'a line that only an order names',
      creation(SYNCED, { ordered: true }),
      { line: null, byUsername: [line({ externalRef: null })], customers: [customer()] },
    ],
    [
      'line_of_reseller',
      'a line of a reseller',
      command({ command: create() }),
      { line: line({ extra: { reseller_id: '7' } }) },
    ],
    [
      'did_of_other',
      'a number of another addon',
      command({ command: { ...link, addon: '8' } }),
      { number: [did({ subscriberId: '9001', status: 'active', externalRef: 'whmcs:addon:7' })] },
    ],
    [
      'ambiguous_line',
      'two lines with the reference',
      creation(SYNCED),
      { line: null, byReference: [line(), line({ id: '9002' })] },
    ],
    ['line_not_found', 'a number for no line', command({ command: link }), { line: null }],
    ['no_number', 'a number that the line lacks', command({ command: { ...link, operation: 'unlink' } }), {}],
    ['line_invalid', 'channels that are none', command({ service: service({ fields: { channels: '0' } }) }), {}],
    [
      'plan_inactive',
      'a plan that is sold no more',
      command(),
      { line: line({ planId: '12' }), plans: [{ ...panelPlan, status: 'inactive' }] },
    ],
    ['unsupported', 'a carrier for a profile without numbers', command({ command: link }), {}],
    ['order_id_missing', 'a username that nothing states', creation({ whmcs_service_id: '311' }), { line: null }],
  ])('is %s: %s', (code, _, wanted, shown) => {
    const system = code === 'unsupported' ? systemWith({ dids: { operations: { create: false } } }) : undefined;
    const plan = planOf(wanted, shown, system === undefined ? {} : { system });
    expect(plan).toMatchObject({ steps: [], problems: [{ code, message: expect.stringMatching(/^"svc-1": ./) }] });
    expect(plan.problems).toHaveLength(1);
  });

  it('is no mistake of the program, which is reported as it is', () => {
    const system = {
      ...systemWith({}),
      supports: (): boolean => {
        throw new TypeError('a mistake');
      },
    };
    const observation = { service: 'svc-1', at: '', state: seen(), error: null };
    const held = target({ holds: [hold()] });
    expect(() => planService({ system, country: 'BR' }, held, observation)).toThrow(TypeError);
  });

  it('takes back what was planned before the refusal', () => {
    const cannot = (resources: object) => ({ system: systemWith(resources) });
    const repaired = planOf(
      command({ holds: [hold()] }),
      { line: line({ channels: 1 }) },
      cannot({ subscribers: { operations: { suspend: false } } }),
    );
    expect([stepsOf(repaired), codesOf(repaired)]).toEqual([[], ['unsupported']]);
    const released = planOf(
      { evidence: [evidence(), didEvidence()] },
      { dids: [did({ subscriberId: '9001', status: 'suspended' })] },
      cannot({ dids: { operations: { unsuspend: false } } }),
    );
    expect([released.endedEvidence, codesOf(released)]).toEqual([[], ['unsupported']]);
  });
});

describe('a line that the panel does not show', () => {
  const absent = (wanted: Partial<TargetState>) => {
    const { problems, endedEvidence, steps } = planOf(wanted, { line: null });
    return { codes: problems.map(({ code }) => code), ended: endedEvidence, steps };
  };
  const ended = [{ evidence: 'ev-line', outcome: 'dropped' }];
  const terminated = service({ status: 'terminated' });

  it.each<[string, Partial<TargetState>, string[], object[]]>([
    ['nothing is to be done', {}, [], []],
    ['it is held', { holds: [hold()] }, ['line_gone'], []],
    ['it was suspended', { evidence: [evidence()] }, ['line_gone'], []],
    ['it was suspended for a service that ended', { service: terminated, evidence: [evidence()] }, [], ended],
    ['it is held although its service ended', { service: terminated, holds: [hold()] }, ['line_gone'], []],
    ['it is compared', { scope: 'reconcile' }, ['line_gone'], []],
    [
      'it is compared after its service ended',
      { service: terminated, evidence: [evidence()], scope: 'reconcile' },
      ['line_gone'],
      ended,
    ],
    ['there is none yet', { service: unnamed(), holds: [hold()] }, ['no_account'], []],
  ])('where %s', (_, wanted, codes, dropped) => {
    expect(absent(wanted)).toEqual({ codes, ended: dropped, steps: [] });
  });
});

describe('a line that the panel shows', () => {
  const differing = line({ channels: 1 });
  const foreign = line({ externalRef: 'whmcs:service:999', channels: 1 });

  it('needs nothing while it is as it should be', () => {
    expect(planOf({})).toEqual(nothing);
    expect(planOf({ scope: 'reconcile' })).toEqual(nothing);
  });

  it.each<[TargetState['scope'], string[]]>([
    ['hold', []],
    ['poll', []],
    ['reconcile', ['update-subscriber 9001']],
    ['command', ['update-subscriber 9001']],
  ])('has its values written in the scope %s', (scope, steps) => {
    expect(stepsOf(planOf({ scope }, { line: differing }))).toEqual(steps);
  });

  it('that the service only names is changed by a command, and by no other run', () => {
    const named = service({ ownRefs: [] });
    expect(stepsOf(planOf({ scope: 'reconcile', service: named }, { line: differing }))).toEqual([]);
    expect(planOf({ scope: 'command', service: named }, { line: differing })).toMatchObject({
      steps: [{ type: 'update-subscriber', target: '9001' }],
      drift: [],
    });
  });

  it('is suspended for a hold although its values cannot be written', () => {
    const shown = { line: line({ planId: '12' }), plans: [] };
    const plan = planOf(command({ holds: [hold()] }), shown);
    expect([stepsOf(plan), codesOf(plan)]).toEqual([['suspend-subscriber 9001'], ['line_not_found']]);
  });

  it('that ended is not compared', () => {
    const { problems, drift } = planOf({ scope: 'reconcile' }, { line: { ...differing, status: 'terminated' } });
    expect([problems, drift]).toMatchObject([[{ code: 'line_conflict' }], []]);
  });

  it('of another service is neither suspended nor changed', () => {
    for (const wanted of [{ holds: [hold()] }, command(), { scope: 'reconcile' } as const]) {
      const plan = planOf(wanted, { line: foreign });
      expect([stepsOf(plan), codesOf(plan)]).toEqual([[], ['line_conflict']]);
    }
  });

  it('is released although it is of another service now', () => {
    const plan = planOf({ evidence: [evidence()] }, { line: { ...foreign, status: 'suspended' } });
    expect([stepsOf(plan), codesOf(plan)]).toEqual([['unsuspend-subscriber 9001'], []]);
  });

  it('gets a new password and nothing else', () => {
    const wanted = command({ command: { verb: 'change-password' }, holds: [hold()] });
    expect(planOf(wanted, { line: differing }).steps).toMatchObject([
      { type: 'update-subscriber', needsPassword: true, payload: { password: true, changes: {} } },
    ]);
    const other = planOf({ ...wanted, holds: [] }, { line: foreign });
    expect([stepsOf(other), codesOf(other)]).toEqual([[], ['line_conflict']]);
  });

  it('that has used up its credit is reported while its service runs', () => {
    const poor = line({ extra: { credit: '-95', credit_limit: '100' } });
    const codes = (wanted: Partial<TargetState>) => planOf(wanted, { line: poor }).notices?.map(({ code }) => code);
    expect(codes({})).toEqual(['credit_nearly_used']);
    expect(codes({ service: service({ status: 'terminated' }) })).toBeUndefined();
  });
});
