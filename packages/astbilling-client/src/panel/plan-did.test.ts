import { describe, expect, it } from '@jest/globals';
import type { DidCommand, TargetState } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import type { Did } from '@sluice/quota-core/telephony';
import { carrier, did, line, systems, systemWith } from '../test/lines.js';
import { action, codesOf, didEvidence, evidence, hold, planOf, stepsOf } from '../test/plans.js';
import type { LineState } from './state.js';

const number = '+551140001234';
const own = (changes: Partial<Did> = {}): Did => did({ subscriberId: '9001', status: 'active', ...changes });
const suspended = own({ status: 'suspended' });

interface Asked extends Partial<DidCommand> {
  operation: DidCommand['operation'];
}

function command(
  asked: Asked,
  shown: Partial<LineState> = {},
  { system = systems.magnus, ...wanted }: Partial<TargetState> & { system?: typeof systems.magnus } = {},
) {
  const target = { scope: 'command', command: { verb: 'did', number, ...asked }, ...wanted } as const;
  return planOf(target, shown, { system });
}
/** What an operation does to a number of the line. */
const change = (operation: DidCommand['operation'], shown: Did, wanted: Partial<TargetState> = {}) =>
  command({ operation }, { dids: [shown], number: [shown] }, wanted);
const dropped = [{ evidence: 'ev-did', outcome: 'dropped' }];
/** An action as the journal has it. */
const journal = (type: string, payload: object = {}, changes: Partial<ActionRecord> = {}): ActionRecord =>
  action({ type, payload: { payload }, ...changes });

describe('a number that is linked', () => {
  it('gets all that the command states', () => {
    const destination = { type: 'number', value: '+551133330000' } as const;
    const asked = {
      operation: 'link',
      carrier: 'EXA',
      channels: 4,
      areaCode: '11',
      addon: '7',
      values: { destination },
    } as const;
    const plan = command(asked, { carriers: [carrier] }, { system: systems.default });
    expect(plan.steps).toMatchObject([
      {
        type: 'create-did',
        payload: {
          values: {
            ...{ number, areaCode: '11', carrierId: '21', channels: 4, destination, subscriberId: '9001' },
            externalRef: 'whmcs:addon:7',
          },
        },
      },
    ]);
    expect(plan.again).toBe(false);
  });

  it('without an addon gets no reference', () => {
    const plan = command({ operation: 'link' }, {}, { system: systems.default });
    expect(plan.steps[0]?.payload).toEqual({ values: { number, subscriberId: '9001' } });
  });

  it('is read between its steps', () => {
    const plan = command({ operation: 'link' });
    expect(plan).toMatchObject({ again: true, steps: [{ type: 'create-did' }, { type: 'link-did', later: true }] });
    expect(plan.steps[0]).not.toHaveProperty('later');
  });

  it('and has all already needs nothing', () => {
    const plan = command({ operation: 'link' }, { number: [own()] });
    expect([stepsOf(plan), plan.again]).toEqual([[], undefined]);
  });

  it('in another form on the panel is refused', () => {
    const otherForms = [own({ id: '6009', number: '1140001234' })];
    expect(codesOf(command({ operation: 'link' }, { otherForms }))).toEqual(['line_conflict']);
  });

  it('with the reference of a service keeps that, with a warning', () => {
    const plan = command({ operation: 'link', addon: '7' }, { number: [own({ externalRef: 'whmcs:service:3' })] });
    expect(plan.notices).toMatchObject([{ code: 'line_warning', message: expect.stringMatching(/^svc-1: ./) }]);
  });
});

describe('an addon', () => {
  const other = own({ id: '6002', number: '+551140005678', externalRef: 'whmcs:addon:7' });
  const codes = (shown: Did, addon?: string) =>
    codesOf(
      command({ operation: 'link', ...(addon === undefined ? {} : { addon }) }, { dids: [shown], number: [did()] }),
    );

  it('has one number of a line', () => {
    expect(codes(other, '7')).toEqual(['did_of_other']);
  });

  it.each<[string, Did, string | undefined]>([
    ['of another addon', other, '8'],
    ['while none is named', other, undefined],
    ['that ended', { ...other, status: 'terminated' }, '7'],
    ['that is the same', { ...other, number }, '7'],
  ])('is not blocked by a number %s', (_, shown, addon) => {
    expect(codes(shown, addon)).toEqual([]);
  });

  it('ends no number of another one', () => {
    const shown = own({ externalRef: 'whmcs:addon:7' });
    const release = (addon: string) => command({ operation: 'release', addon }, { dids: [shown], number: [shown] });
    expect(codesOf(release('8'))).toEqual(['did_of_other']);
    expect(stepsOf(release('7'))).toEqual(['terminate-did 6001']);
    expect(stepsOf(change('release', shown))).toEqual(['terminate-did 6001']);
  });
});

describe('an operation on a number', () => {
  it.each<[DidCommand['operation'], Did, string[]]>([
    ['suspend', own(), ['suspend-did 6001']],
    ['suspend', suspended, []],
    ['unsuspend', suspended, ['unsuspend-did 6001']],
    ['unsuspend', own(), []],
    ['unlink', own(), ['unlink-did 6001']],
    ['unlink', suspended, ['unlink-did 6001']],
    ['release', own(), ['terminate-did 6001']],
    ['release', suspended, ['terminate-did 6001']],
  ])('does what it is called: %s', (operation, shown, steps) => {
    expect(stepsOf(change(operation, shown))).toEqual(steps);
  });

  it('sets fields, with what they were before', () => {
    const asked = { operation: 'set', values: { channels: 4, note: 'x' } } as const;
    const plan = command(asked, { number: [own({ channels: 2 })] });
    expect(plan.steps).toMatchObject([
      {
        ...{ type: 'update-did', target: '6001', hold: null, prior: { channels: 2, note: null }, ends: [] },
        payload: { id: '6001', changes: { channels: 4, note: 'x' }, prior: { channels: 2, note: null } },
      },
    ]);
  });

  it.each<[DidCommand['operation'], string]>([
    ['suspend', 'suspend'],
    ['unsuspend', 'unsuspend'],
    ['set', 'update'],
    ['release', 'terminate'],
  ])('is refused where the profile cannot: %s', (operation, lacking) => {
    const system = systemWith({ dids: { operations: { [lacking]: false } } });
    const shown = own({ status: operation === 'unsuspend' ? 'suspended' : 'active' });
    expect(codesOf(change(operation, shown, { system } as object))).toEqual(['unsupported']);
  });

  it.each<[string, Partial<LineState>]>([
    ['another line has', { number: [own({ subscriberId: '9002' })] }],
    ['no line has', { number: [did()] }],
    ['no line has while there is no line', { number: [did()], line: null }],
    ['another line has while this one is not there', { number: [own()], line: null }],
    ['the panel does not show', {}],
  ])('is refused of a number that %s', (_, shown) => {
    expect(codesOf(command({ operation: 'suspend' }, shown))).toEqual(['no_number']);
  });

  it('is one on the record of the line, where the number has several', () => {
    const plan = command({ operation: 'suspend' }, { number: [did({ id: '6009' }), own()] });
    expect(stepsOf(plan)).toEqual(['suspend-did 6001']);
  });
});

describe('a number that a hold suspended', () => {
  const withDids = hold({ restriction: 'suspend-with-dids' });
  const held = { evidence: [didEvidence()] };

  it('stays suspended while the hold is in force', () => {
    const plan = change('unsuspend', suspended, { holds: [withDids], ...held });
    expect([stepsOf(plan), codesOf(plan)]).toEqual([[], ['line_conflict']]);
    expect(stepsOf(change('unsuspend', suspended, { holds: [hold()] }))).toEqual(['unsuspend-did 6001']);
  });

  it('is made active before it goes back to the pool, which ends the evidence', () => {
    expect(change('release', suspended, held).steps).toMatchObject([
      { type: 'unsuspend-did', hold: 'hold-1', ends: ['ev-did'] },
      { type: 'terminate-did', hold: null, ends: [], needs: ['unsuspend-did-6001'] },
    ]);
    expect(change('release', suspended, held).steps[0]).not.toHaveProperty('needs');
    expect(stepsOf(change('unlink', suspended, held))).toEqual(['unsuspend-did 6001', 'unlink-did 6001']);
  });

  it('is not suspended again or released by that hold after an operation by name', () => {
    expect(change('release', own(), held).steps).toMatchObject([{ type: 'terminate-did', ends: ['ev-did'] }]);
    const kept = change('suspend', suspended, held);
    expect([stepsOf(kept), kept.endedEvidence]).toEqual([[], dropped]);
  });

  it('ends all evidence of it, and only of it', () => {
    const others = [evidence({ target: '6001' }), didEvidence({ id: 'ev-2', target: '6002' })];
    const older = didEvidence({ id: 'ev-older' });
    const plan = change('release', suspended, { evidence: [...others, didEvidence(), older] });
    expect(plan.steps.map(({ ends }) => ends)).toEqual([['ev-did'], ['ev-older']]);
    expect(change('suspend', suspended, { evidence: others }).endedEvidence).toEqual([]);
  });

  it('keeps its evidence where only its fields are set', () => {
    const plan = command({ operation: 'set', values: { channels: 4 } }, { number: [suspended] }, held);
    expect([plan.steps[0]?.ends, plan.endedEvidence]).toEqual([[], []]);
    const empty = command({ operation: 'set' }, { number: [suspended] }, held);
    expect(empty.steps[0]?.payload).toEqual({ id: '6001', changes: {}, prior: {} });
  });

  it('is not one whose evidence is of the line with its id', () => {
    const ofLine = { evidence: [evidence({ target: '6001' })] };
    expect(stepsOf(change('release', suspended, ofLine))).toEqual(['terminate-did 6001']);
    expect(stepsOf(change('release', suspended, { evidence: [didEvidence({ target: '6002' })] }))).toEqual([
      'terminate-did 6001',
    ]);
  });
});

describe('a number that a command suspended', () => {
  it('is made active before it goes back to the pool', () => {
    expect(change('release', suspended, { recent: [journal('suspend-did')] }).steps).toMatchObject([
      { type: 'unsuspend-did', hold: null, ends: [] },
      { type: 'terminate-did', needs: ['unsuspend-did-6001'] },
    ]);
  });
});

describe('the release of a number that the line does not have', () => {
  const released = (recent: ActionRecord[], shown: Did[] = [], addon?: string) => {
    const plan = command(
      { operation: 'release', ...(addon === undefined ? {} : { addon }) },
      { number: shown },
      { recent },
    );
    return codesOf(plan).length === 0 && plan.steps.length === 0;
  };
  const terminated = journal('terminate-did', { id: '6001', number });

  it.each<[string, ActionRecord[], boolean]>([
    ['released', [terminated], true],
    ['unlinked only', [journal('unlink-did', { id: '6001', number })], false],
    ['released, then linked again', [terminated, journal('link-did', {}, { target: number })], false],
    ['linked, then released', [journal('link-did', {}, { target: number }), terminated], true],
    ['not released after all', [{ ...terminated, state: 'failed' }], false],
    ['never changed', [], false],
  ])('is done where the journal has it as %s', (_, recent, expected) => {
    expect(released(recent)).toBe(expected);
  });

  it('does not take another number for it', () => {
    const other = journal('terminate-did', { id: '6002', number: '+551140005678' });
    expect(released([other])).toBe(false);
    expect(released([terminated, other])).toBe(true);
    expect(released([action({ type: 'terminate-did', payload: null })])).toBe(false);
    expect(released([action({ type: 'terminate-did', payload: {} }), terminated])).toBe(true);
  });

  it('is done for an addon where no line has the number, or where it lost it', () => {
    expect(released([], [did()], '7')).toBe(true);
    expect(released([], [did({ subscriberId: '9001', status: 'terminated' })], '7')).toBe(true);
    expect(released([], [], '7')).toBe(false);
    expect(released([journal('unlink-did', { id: '6001', number })], [], '7')).toBe(true);
    expect(released([journal('link-did', {}, { target: number })], [], '7')).toBe(false);
  });

  it('is refused while another line has it', () => {
    expect(released([terminated], [own({ subscriberId: '9002' })])).toBe(false);
    expect(released([terminated], [did()])).toBe(true);
    expect(released([], [did()])).toBe(false);
  });

  it('is the only operation that is done by that', () => {
    const plan = command({ operation: 'unlink' }, {}, { recent: [terminated] });
    expect(codesOf(plan)).toEqual(['no_number']);
  });
});

it('a line that does not exist has no numbers', () => {
  expect(codesOf(command({ operation: 'link' }, { line: null }))).toEqual(['line_not_found']);
  expect(codesOf(command({ operation: 'link' }, { line: line({ status: 'terminated' }) }))).toEqual(['line_conflict']);
});
