import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import { did, line, systems } from '../test/lines.js';
import { action, codesOf, didEvidence, evidence, planOf, service, stepsOf, unnamed } from '../test/plans.js';
import type { LineState } from './state.js';

const end = (wanted: Partial<TargetState>, shown: Partial<LineState> = {}, system = systems.magnus) =>
  planOf({ scope: 'command', command: { verb: 'terminate' }, ...wanted }, shown, { system });
const linked = (changes: object = {}) => did({ subscriberId: '9001', status: 'active', ...changes });
const dropped = (...ids: string[]) => ids.map((id) => ({ evidence: id, outcome: 'dropped' }));
const BEFORE = '2026-11-01T12:00:00.000Z';
const GONE = { line: null, isGone: true };

describe('the end of a line', () => {
  it('releases its numbers first, and ends with it what was suspended', () => {
    const dids = [linked({ status: 'suspended' }), linked({ id: '6002' })];
    const plan = end({ evidence: [evidence(), didEvidence()] }, { dids });
    expect(plan.steps).toMatchObject([
      { type: 'unsuspend-did', target: '6001', ends: ['ev-did'] },
      { type: 'terminate-did', target: '6001', ends: [], needs: ['unsuspend-did-6001'] },
      { type: 'terminate-did', target: '6002', ends: [] },
      {
        ...{ type: 'terminate-subscriber', target: '9001', ends: ['ev-line'] },
        needs: ['unsuspend-did-6001', 'terminate-did-6001', 'terminate-did-6002'],
      },
    ]);
    expect(plan).toMatchObject({ counts: true, problems: [], endedEvidence: [] });
  });

  it('ends with each number its own evidence, whatever has the same id', () => {
    const dids = ['6001', '6002'].map((id) => linked({ id, status: 'suspended' }));
    const items = [evidence({ target: '6001' }), didEvidence({ id: 'ev-2', target: '6002' }), didEvidence()];
    const ends = end({ evidence: items }, { dids }).steps.map(({ type, target, ends: of }) => [type, target, of]);
    expect(ends).toEqual([
      ['unsuspend-did', '6001', ['ev-did']],
      ['terminate-did', '6001', []],
      ['unsuspend-did', '6002', ['ev-2']],
      ['terminate-did', '6002', []],
      ['terminate-subscriber', '9001', ['ev-line']],
    ]);
  });

  it('leaves a number suspended that staff suspended', () => {
    const plan = end({}, { dids: [linked({ status: 'suspended' })] });
    expect(stepsOf(plan)).toEqual(['terminate-did 6001', 'terminate-subscriber 9001']);
  });

  it('is done once it is gone, and nothing is left to undo', () => {
    const plan = end({ evidence: [evidence(), didEvidence()] }, { ...GONE, left: ['6001'] });
    expect([stepsOf(plan), plan.problems, plan.endedEvidence]).toEqual([[], [], dropped('ev-line', 'ev-did')]);
    const ended = end({ evidence: [evidence()] }, { line: line({ status: 'terminated' }) });
    expect([stepsOf(ended), ended.endedEvidence]).toEqual([[], dropped('ev-line')]);
    expect(end({ evidence: [evidence()] }, {}).endedEvidence).toEqual([]);
  });

  it('is left to the service whose reference the line has now', () => {
    const plan = end(
      { evidence: [evidence()] },
      { line: line({ externalRef: 'whmcs:service:999' }), dids: [linked()] },
    );
    expect([stepsOf(plan), codesOf(plan), plan.endedEvidence]).toEqual([[], ['not_ours'], []]);
    expect(plan.counts).toBeUndefined();
  });
});

describe('a line that is not found by its id', () => {
  const gone = (row: Partial<ActionRecord>) =>
    codesOf(end({ recent: [action({ type: 'terminate-subscriber', target: '9001', ...row })] }, { line: null }));

  it('is not known to be gone', () => {
    const plan = end({ evidence: [evidence()] }, { line: null, dids: [linked()] });
    expect([stepsOf(plan), codesOf(plan), plan.endedEvidence]).toEqual([[], ['line_missing'], []]);
    expect(plan.problems[0]?.message).toContain('line 9001 of "svc-1"');
  });

  it('is gone where Sluice itself has ended it', () => {
    expect(gone({})).toEqual([]);
    for (const row of [{ state: 'failed' }, { target: '9002' }, { type: 'suspend-subscriber' }] as const)
      expect(gone(row)).toEqual(['line_missing']);
  });
});

describe('a number that Sluice suspended and the panel does not show', () => {
  const ending = (row: Partial<ActionRecord> | null, changes: object = {}) =>
    end({
      evidence: [didEvidence(changes)],
      recent: row === null ? [] : [action({ type: 'terminate-did', target: '6001', ...row })],
    });

  it.each<[string, Partial<ActionRecord> | null]>([
    ['nothing became of it', null],
    ['another number was released', { target: '6002' }],
    ['its release failed', { state: 'failed' }],
    ['it was released before it was suspended', { plannedAt: BEFORE }],
    ['it was changed in another way', { type: 'suspend-did' }],
  ])('keeps the line where %s', (_, row) => {
    const plan = ending(row);
    expect([stepsOf(plan), codesOf(plan)]).toEqual([[], ['number_missing']]);
  });

  it.each<[string, Partial<ActionRecord>]>([
    ['released', {}],
    ['unlinked', { type: 'unlink-did' }],
    ['released later', { plannedAt: '2026-11-03T12:00:00.000Z' }],
  ])('does not where Sluice has %s it since', (_, row) => {
    expect(ending(row).steps).toMatchObject([{ type: 'terminate-subscriber', ends: ['ev-did'] }]);
  });

  it('is not asked for among the evidence of lines', () => {
    expect(codesOf(end({ evidence: [evidence({ target: '9000' })] }))).toEqual([]);
  });
});

describe('the end of a service that names no line', () => {
  const made = action({
    ...{ type: 'create-subscriber', target: 'joao1042' },
    payload: { payload: { values: { username: 'joao1042', externalRef: 'whmcs:service:311' } } },
  });
  const interrupted = { service: unnamed(), command: { verb: 'terminate', earlier: [made] } } as const;
  const REFS = { astbilling_subscriber_id: '9001', astbilling_username: 'joao1042' };
  const older = { service: unnamed(), evidence: [evidence()] };

  it.each<[string, Partial<LineState>]>([
    ['reference', { byReference: [line()] }],
    ['username', { byUsername: [line({ externalRef: 'whmcs:service:311 | VIP' })] }],
  ])('names the line that an interrupted creation made, found by its %s', (_, shown) => {
    const plan = end(interrupted, { line: null, ...shown });
    expect(plan).toMatchObject({ refs: REFS, again: true, steps: [], problems: [] });
  });

  it('is done where there is none, or only one that ended', () => {
    for (const byReference of [[], [line({ status: 'terminated' })]]) {
      const plan = end({ ...older, ...interrupted }, { line: null, byReference });
      expect([plan.refs, codesOf(plan), plan.endedEvidence]).toEqual([undefined, [], dropped('ev-line')]);
    }
  });

  it('leaves a line with its reference that nothing shows to be its own', () => {
    const other = { service: unnamed(), command: { verb: 'terminate', earlier: [action()] } } as const;
    for (const wanted of [older, { ...older, ...other }]) {
      const plan = end(wanted, { line: null, byReference: [line()] });
      expect([plan.refs, plan.again, codesOf(plan), plan.endedEvidence]).toEqual([
        undefined,
        undefined,
        ['not_ours'],
        [],
      ]);
    }
  });

  it('does not ask for a line by its username alone', () => {
    const plan = end(older, { line: null, byUsername: [line({ externalRef: null })] });
    expect([codesOf(plan), plan.endedEvidence]).toEqual([[], dropped('ev-line')]);
  });
});

it('the credit of a line does not matter at its end', () => {
  const poor = line({ extra: { credit: '-95', credit_limit: '100' } });
  const plan = end({ service: service({ status: 'terminated' }) }, { line: poor });
  expect([stepsOf(plan), plan.notices]).toEqual([['terminate-subscriber 9001'], undefined]);
});
