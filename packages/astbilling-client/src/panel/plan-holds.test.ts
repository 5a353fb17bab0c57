import { describe, expect, it } from '@jest/globals';
import type { Plan, TargetState } from '@sluice/panel-kind';
import type { Did, Subscriber } from '@sluice/quota-core/telephony';
import { did, line } from '../test/lines.js';
import { codesOf, didEvidence, evidence, hold, planOf, stepsOf } from '../test/plans.js';
import type { LineState } from './state.js';

const NUMBER = '+551140001234';
const own = (changes: Partial<Did> = {}): Did => did({ subscriberId: '9001', status: 'active', ...changes });
const suspended = (changes: Partial<Subscriber> = {}): Subscriber => line({ status: 'suspended', ...changes });
const wide = hold({ id: 'hold-2', restriction: 'suspend-with-dids' });
const both = [evidence(), didEvidence()];
const dropped = (...ids: string[]) => ids.map((id) => ({ evidence: id, outcome: 'dropped' }));
/** All that a plan changes, now or in the store. */
const changesOf = (plan: Plan) => ({ steps: stepsOf(plan), ended: plan.endedEvidence, moves: plan.moves });
const nothing = { steps: [], ended: [], moves: [] };
const plan = (wanted: Partial<TargetState>, shown: Partial<LineState> = {}) => planOf(wanted, shown);

describe('a hold', () => {
  it('suspends the line, and remembers that it was active', () => {
    expect(plan({ holds: [hold()] }, { dids: [own()] })).toMatchObject({
      steps: [
        {
          ...{ type: 'suspend-subscriber', target: '9001', hold: 'hold-1', prior: { status: 'active' }, ends: [] },
          begins: { kind: 'line', target: '9001', prior: { status: 'active' } },
        },
      ],
      drift: [],
    });
    expect(plan({ holds: [hold()] }).steps[0]?.prior).not.toHaveProperty('number');
  });

  it('that asks for it suspends active numbers too, whatever other hold is older', () => {
    const dids = [own({ id: '6002', number: '+551140005678', status: 'suspended' }), own()];
    const prior = { status: 'active', number: NUMBER };
    expect(plan({ holds: [hold(), wide] }, { dids }).steps).toMatchObject([
      { type: 'suspend-did', target: '6001', hold: 'hold-2', prior, begins: { kind: 'did', target: '6001', prior } },
      { type: 'suspend-subscriber', target: '9001', hold: 'hold-2', begins: { kind: 'line' } },
    ]);
  });

  it('suspends again what somebody made active, and reports the drift', () => {
    const again = plan({ holds: [wide], evidence: both }, { dids: [own()] });
    expect(again.steps).toMatchObject([
      { type: 'suspend-did', begins: null, prior: { status: 'active', number: NUMBER } },
      { type: 'suspend-subscriber', begins: null, prior: { status: 'active' } },
    ]);
    expect(again.drift).toEqual([expect.stringMatching(/^did 6001 /), expect.stringMatching(/^line 9001 /)]);
  });

  it.each([
    ['another number', didEvidence({ target: '6002' })],
    ['a line with the id of the number', evidence({ target: '6001' })],
  ])('begins its own evidence beside that of %s', (_, item) => {
    const [step] = plan({ holds: [wide], evidence: [item] }, { dids: [own()], left: ['6002'] }).steps;
    expect(step?.begins).toMatchObject({ kind: 'did', target: '6001' });
  });

  it('leaves what is suspended already, whoever did it', () => {
    expect(changesOf(plan({ holds: [hold()] }, { line: suspended() }))).toEqual(nothing);
    const held = { holds: [hold({ restriction: 'suspend-with-dids' })], evidence: both };
    const shown = { line: suspended(), dids: [own({ status: 'suspended' })] };
    expect(changesOf(plan(held, shown))).toEqual(nothing);
  });
});

describe('a hold that ends while another one begins', () => {
  const shown = { line: suspended(), dids: [own({ status: 'suspended' })] };

  it('passes on the line, and releases numbers that the other one does not need', () => {
    const newer = hold({ id: 'hold-3' });
    expect(changesOf(plan({ holds: [newer], evidence: both }, shown))).toEqual({
      ...{ steps: ['unsuspend-did 6001'], ended: [] },
      moves: [{ evidence: 'ev-line', hold: 'hold-3' }],
    });
  });

  it('passes on the numbers to one that needs them', () => {
    expect(changesOf(plan({ holds: [hold({ id: 'hold-3' }), wide], evidence: both }, shown))).toEqual({
      ...{ steps: [], ended: [] },
      moves: [
        { evidence: 'ev-line', hold: 'hold-2' },
        { evidence: 'ev-did', hold: 'hold-2' },
      ],
    });
  });

  it('passes on nothing of a hold that goes on', () => {
    expect(plan({ holds: [hold(), wide], evidence: both }, shown).moves).toEqual([]);
  });
});

describe('the end of the last hold', () => {
  it('makes the line active first, then its numbers, by the state that is shown', () => {
    const shown = { line: suspended({ statusValue: '0' }), dids: [own({ status: 'suspended' })] };
    expect(plan({ evidence: both }, shown).steps).toMatchObject([
      {
        type: 'unsuspend-subscriber',
        hold: 'hold-1',
        ends: ['ev-line'],
        payload: { id: '9001', was: '0' },
        begins: null,
      },
      { type: 'unsuspend-did', hold: 'hold-1', ends: ['ev-did'], payload: { id: '6001' } },
    ]);
  });

  it('drops what is active already, and evidence of a line that the service had before', () => {
    const other = evidence({ id: 'ev-old', target: '9000' });
    expect(changesOf(plan({ evidence: [other, ...both] }, { dids: [own()] }))).toEqual({
      ...nothing,
      ended: dropped('ev-line', 'ev-old', 'ev-did'),
    });
    const released = plan({ evidence: [other, evidence()] }, { line: suspended() });
    expect(changesOf(released)).toEqual({
      ...{ steps: ['unsuspend-subscriber 9001'], moves: [] },
      ended: dropped('ev-old'),
    });
  });

  it('leaves numbers that staff suspended, or that have no evidence', () => {
    const dids = [own({ status: 'suspended' }), own({ id: '6002', status: 'suspended' })];
    expect(stepsOf(plan({ evidence: [didEvidence()] }, { dids }))).toEqual(['unsuspend-did 6001']);
  });
});

describe('a number with the id of its line', () => {
  const number = own({ id: '9001' });
  const ofNumber = didEvidence({ target: '9001', hold: 'hold-2' });

  it('is not taken for the line when both are suspended', () => {
    const [step, ...others] = plan({ holds: [hold()] }, { dids: [number] }).steps;
    expect([step?.type, others]).toEqual(['suspend-subscriber', []]);
    expect(step?.prior).not.toHaveProperty('number');
  });

  it('is not taken for the line when both are released', () => {
    const shown = { line: suspended(), dids: [{ ...number, status: 'suspended' as const }] };
    expect(plan({ evidence: [ofNumber, evidence()] }, shown).steps).toMatchObject([
      { type: 'unsuspend-subscriber', hold: 'hold-1', ends: ['ev-line'] },
      { type: 'unsuspend-did', hold: 'hold-2', ends: ['ev-did'] },
    ]);
  });
});

describe('a line that somebody else suspended', () => {
  const abused = suspended({ statusValue: '2' });
  const ours = evidence({ prior: { status: 'active', suspendedAs: '0' } });

  it('stays suspended, which a change of holds reports as a problem', () => {
    const stays = plan({}, { line: suspended() });
    expect(stays).toMatchObject({ steps: [], stops: [expect.stringContaining('line 9001 ("joao1042")')] });
    expect(codesOf(stays)).toEqual(['suspended_elsewhere']);
    expect(stays.notices).toBeUndefined();
  });

  it('stays suspended in other runs, which report only the stop', () => {
    const quiet = plan({ scope: 'poll' }, { line: suspended() });
    expect(quiet).toMatchObject({ steps: [], problems: [], stops: [expect.any(String)] });
    expect(quiet.notices).toBeUndefined();
  });

  it('in another way since our suspension ends the evidence, and is reported once', () => {
    const polled = plan({ scope: 'poll', evidence: [ours] }, { line: abused });
    expect(changesOf(polled)).toEqual({ ...nothing, ended: dropped('ev-line') });
    expect(polled).toMatchObject({
      problems: [],
      notices: [
        {
          code: 'suspended_elsewhere',
          key: 'suspended_elsewhere:ev-line',
          message: expect.stringMatching(/^svc-1: ./),
        },
      ],
    });
    expect(codesOf(plan({ evidence: [ours] }, { line: abused }))).toEqual(['suspended_elsewhere']);
  });

  it('as we did is released', () => {
    const same = plan({ evidence: [ours] }, { line: suspended({ statusValue: '0' }) });
    expect(same).toMatchObject({ steps: [{ type: 'unsuspend-subscriber' }], problems: [] });
    expect(same.stops).toBeUndefined();
  });

  it('is made active by an operator who asks for it', () => {
    const asked = { command: { verb: 'unsuspend' } } as const;
    expect(plan(asked, { line: suspended({ statusValue: '2' }) }).steps).toEqual([
      {
        ...{ type: 'unsuspend-subscriber', target: '9001', hold: null, prior: null, payload: { id: '9001' } },
        ...{ ends: [], begins: null },
      },
    ]);
    expect(plan({ ...asked, evidence: [ours] }, { line: abused }).steps).toMatchObject([
      { payload: { id: '9001' }, hold: 'hold-1', ends: ['ev-line'] },
    ]);
    expect(changesOf(plan(asked))).toEqual(nothing);
  });
});

describe('a number that Sluice suspended', () => {
  const item = didEvidence({ prior: { status: 'active', number: NUMBER, suspendedAs: '0' } });

  it('and staff suspended in another way since stays suspended', () => {
    const stays = plan({ evidence: [item] }, { dids: [own({ status: 'suspended', statusValue: '2' })] });
    expect(changesOf(stays)).toEqual({ ...nothing, ended: dropped('ev-did') });
    expect(stays.notices).toMatchObject([
      { code: 'suspended_elsewhere', key: 'suspended_elsewhere:ev-did', message: expect.stringContaining(NUMBER) },
    ]);
  });

  it('and that has another line now is left as it is, with a notice', () => {
    const moved = plan({ evidence: [item] }, { left: ['6001'] });
    expect(changesOf(moved)).toEqual({ ...nothing, ended: dropped('ev-did') });
    expect(moved.notices).toMatchObject([
      {
        code: 'line_warning',
        key: 'line_warning:ev-did',
        message: expect.stringMatching(`^svc-1: number \\${NUMBER}`),
      },
    ]);
    const unknown = plan({ evidence: [didEvidence({ prior: {} })] }, { left: ['6001'] });
    expect(unknown.notices).toMatchObject([{ message: expect.stringContaining('6001') }]);
  });

  it('and that the panel does not show is kept until it is there again', () => {
    const missing = plan({ evidence: [item] }, { dids: [own({ id: '6002' })], left: ['6003'] });
    expect(changesOf(missing)).toEqual(nothing);
    expect(missing.problems).toMatchObject([
      { code: 'number_missing', message: expect.stringMatching(`^"svc-1": number \\${NUMBER}`) },
    ]);
    expect(missing.notices).toBeUndefined();
  });

  it('and is active again ends its evidence without a notice', () => {
    const active = plan({ evidence: [item] }, { dids: [own({ statusValue: '2' })] });
    expect(changesOf(active)).toEqual({ ...nothing, ended: dropped('ev-did') });
    expect([active.notices, active.problems]).toEqual([undefined, []]);
  });

  it('is released by its own evidence among several', () => {
    const items = [didEvidence({ id: 'ev-2', target: '6002' }), item];
    const dids = ['6003', '6001', '6002'].map((id) => own({ id, status: 'suspended', statusValue: '0' }));
    expect(plan({ evidence: items }, { dids }).steps).toMatchObject([
      { target: '6002', ends: ['ev-2'] },
      { target: '6001', ends: ['ev-did'] },
    ]);
    const other = own({ id: '6003', status: 'suspended', statusValue: '2' });
    expect(stepsOf(plan({ evidence: [item] }, { dids: [other, ...dids] }))).toEqual(['unsuspend-did 6001']);
  });

  it('reports each of several', () => {
    const items = [item, didEvidence({ id: 'ev-2', target: '6002' })];
    expect(plan({ evidence: items }, { left: ['6001', '6002'] }).notices).toHaveLength(2);
    const dids = items.map(({ target: id }) => own({ id, status: 'suspended', statusValue: '2' }));
    const foreign = items.map((each) => ({ ...each, prior: { suspendedAs: '0' } }));
    expect(plan({ evidence: foreign }, { dids }).notices).toHaveLength(2);
  });
});
